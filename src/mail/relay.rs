//! A relay: how a conversation with it begins (RFC 5321, 3207, 4954), and which of its extensions are of use.

use crate::{
    mail::{
        answer::Reply,
        dialogue::{Broken, Dialogue},
        reply::{Phase, Refusal, printable},
        wire::Wire,
    },
    settings::{Authorities, MailSettings, SmtpSecurity, SmtpSettings},
};
use anyhow::{Context, anyhow};
use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    commands::{Auth, Ehlo, Quit, Starttls},
    extension::ClientId,
    response::{Category, Code, Detail, Response, Severity},
};
use rustls_platform_verifier::Verifier;
use std::{
    fmt::{self, Display},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::rustls::{
    ClientConfig,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

/// A login needs two questions at most.
const MOST_QUESTIONS: usize = 3;

/// A relay and how to speak with it.
pub(super) struct Relay {
    settings: SmtpSettings,
    deadline: Duration,
    hello: ClientId,
    /// `None`: nothing is encrypted.
    tls: Option<Tls>,
}

/// As whom the relay proves itself, and who vouches for it.
struct Tls {
    name: ServerName<'static>,
    settings: Arc<ClientConfig>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{})", self.settings.host, self.settings.port)
    }
}

/// A conversation in which messages can be announced.
pub(super) struct Conversation {
    pub(super) dialogue: Dialogue,
    pub(super) extensions: Extensions,
}

/// What a relay offers, as far as it matters here. Keywords are read whatever their case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Extensions {
    /// The name that it gives itself.
    name: String,
    starttls: bool,
    /// Several commands may be said at once (RFC 2920).
    pub(super) pipelining: bool,
    mechanisms: Vec<String>,
}

impl Extensions {
    fn read(hello: &Reply) -> Self {
        let Some((greeting, offers)) = hello.lines.split_first() else { return Self::default() };
        let name = greeting.split_whitespace().next().unwrap_or_default().to_owned();
        let mut found = Self { name, ..Self::default() };
        for line in offers.iter().map(|line| line.to_ascii_uppercase()) {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("STARTTLS") => found.starttls = true,
                Some("PIPELINING") => found.pipelining = true,
                Some("AUTH") => found.mechanisms.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        found
    }

    fn mechanism(&self) -> Option<Mechanism> {
        let offered = |name: &str| self.mechanisms.iter().any(|mechanism| mechanism == name);
        [("PLAIN", Mechanism::Plain), ("LOGIN", Mechanism::Login)].into_iter().find_map(|(name, it)| offered(name).then_some(it))
    }
}

/// Why a conversation did not go on.
pub(super) enum Stop {
    /// The relay said no.
    Refused(Phase, Refusal),
    /// Cut, silent, or not speaking SMTP.
    Broken(String),
}

impl Stop {
    fn reason(&self) -> String {
        match self {
            Self::Refused(phase, refusal) => {
                format!("{} {} (at {})", refusal.code, printable(&refusal.text), phase.name())
            }
            Self::Broken(why) => why.clone(),
        }
    }
}

impl From<Broken> for Stop {
    fn from(Broken(why): Broken) -> Self {
        Self::Broken(printable(&why))
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Broken::from(error).into()
    }
}

impl Relay {
    /// Errors: the name is none that a certificate can hold, or an authority's certificate cannot be used.
    pub(super) fn new(settings: SmtpSettings, mail: &MailSettings) -> anyhow::Result<Self> {
        let encrypted = settings.security != SmtpSecurity::Plain;
        let tls = encrypted.then(|| Tls::new(&settings.host, mail.authorities.as_ref())).transpose()?;
        Ok(Self { settings, deadline: mail.phase_timeout, hello: ClientId::default(), tls })
    }

    /// The deadline of one phase.
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Connects, encrypts, logs in and leaves again.
    pub(super) async fn check(&self) -> anyhow::Result<String> {
        let Conversation { mut dialogue, extensions } = self.connect().await.map_err(|stop| anyhow!(stop.reason()))?;
        let how = match self.settings.security {
            SmtpSecurity::Plain => "not encrypted",
            SmtpSecurity::StartTls => "encrypted by STARTTLS",
            SmtpSecurity::Tls => "encrypted by TLS",
        };
        self.goodbye(&mut dialogue).await;
        Ok(format!("{}:{} answers as {}, {how}", self.settings.host, self.settings.port, printable(&extensions.name)))
    }

    /// QUIT; whatever the answer.
    pub(super) async fn goodbye(&self, dialogue: &mut Dialogue) {
        let _answer = self.ask(dialogue, Quit).await;
    }

    /// Everything up to the point where a message can be announced.
    pub(super) async fn connect(&self) -> Result<Conversation, Stop> {
        let tcp = self.phase(TcpStream::connect((self.settings.host.as_str(), self.settings.port))).await?;
        let peer = tcp.peer_addr()?.ip();
        let mut dialogue = Dialogue::new(Wire::new(tcp)?);
        if self.settings.security == SmtpSecurity::Tls {
            dialogue = self.encrypt(dialogue).await?;
        }
        expect(self.phase(dialogue.hear()).await?)?;
        let mut extensions = self.say_hello(&mut dialogue).await?;
        if self.settings.security == SmtpSecurity::StartTls {
            if !extensions.starttls {
                return Err(Stop::Broken("the relay offers no STARTTLS and nothing is sent in clear".to_owned()));
            }
            expect(self.ask(&mut dialogue, Starttls).await?)?;
            dialogue = self.encrypt(dialogue).await?;
            extensions = self.say_hello(&mut dialogue).await?; // what was offered in clear counts for nothing (RFC 3207, 4.2)
        }
        self.log_in(&mut dialogue, &extensions, peer).await?;
        Ok(Conversation { dialogue, extensions })
    }

    async fn say_hello(&self, dialogue: &mut Dialogue) -> Result<Extensions, Stop> {
        Ok(Extensions::read(&expect(self.ask(dialogue, Ehlo::new(self.hello.clone())).await?)?))
    }

    async fn encrypt(&self, dialogue: Dialogue) -> Result<Dialogue, Stop> {
        let Some(Tls { name, settings }) = &self.tls else { return Err(Stop::Broken("nothing to encrypt with".to_owned())) };
        self.phase(dialogue.encrypt(Arc::clone(settings), name.clone())).await
    }

    async fn log_in(&self, dialogue: &mut Dialogue, extensions: &Extensions, peer: IpAddr) -> Result<(), Stop> {
        let Some((user, password)) = &self.settings.login else { return Ok(()) };
        if self.settings.security == SmtpSecurity::Plain && !peer.to_canonical().is_loopback() {
            return Err(Stop::Broken(
                "the password is not sent in clear; use smtps:// or smtp+starttls:// in [mail] url".to_owned(),
            ));
        }
        let Some(mechanism) = extensions.mechanism() else {
            return Err(Stop::Broken("the relay offers no login by PLAIN or LOGIN".to_owned()));
        };
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        let unspeakable = |_| Stop::Broken("the relay's login question makes no sense".to_owned());
        let mut command = Auth::new(mechanism, credentials.clone(), None).map_err(unspeakable)?;
        for _ in 0..MOST_QUESTIONS {
            let reply = self.ask(dialogue, command).await?;
            if reply.code != 334 {
                return expect(reply).map(|_| ()).map_err(|stop| match stop {
                    Stop::Refused(_, refusal) => Stop::Refused(Phase::Login, refusal),
                    broken @ Stop::Broken(_) => broken,
                });
            }
            let question = Response::new(QUESTION, reply.lines);
            command = Auth::new_from_response(mechanism, credentials.clone(), &question).map_err(unspeakable)?;
        }
        Err(Stop::Broken("the relay's login asks without end".to_owned()))
    }

    /// One command and its reply, under the deadline of a phase.
    pub(super) async fn ask(&self, dialogue: &mut Dialogue, command: impl Display) -> Result<Reply, Stop> {
        self.phase(async {
            dialogue.say(&command.to_string()).await?;
            dialogue.hear().await
        })
        .await
    }

    /// One phase, under its deadline.
    pub(super) async fn phase<T, E: Into<Stop>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Stop> {
        match timeout(self.deadline, work).await {
            Ok(done) => done.map_err(Into::into),
            Err(_) => Err(Stop::Broken(format!("no answer within {:?}", self.deadline))),
        }
    }
}

/// 334, in the words of the library that answers it.
const QUESTION: Code = Code { severity: Severity::PositiveIntermediate, category: Category::Unspecified3, detail: Detail::Four };

/// A reply that lets the conversation go on.
fn expect(reply: Reply) -> Result<Reply, Stop> {
    match reply {
        reply if reply.positive() => Ok(reply),
        reply if reply.negative() => Err(Stop::Refused(Phase::Connect, Refusal { code: reply.code, text: reply.text() })),
        reply => Err(Stop::Broken(format!("the answer {} makes no sense here", reply.code))),
    }
}

impl Tls {
    fn new(host: &str, authorities: Option<&Authorities>) -> anyhow::Result<Self> {
        let name = ServerName::try_from(host.to_owned())
            .with_context(|| format!("[mail] url: \"{host}\" is no name that a certificate can hold"))?;
        Ok(Self { name, settings: Arc::new(tls_settings(authorities)?) })
    }
}

/// The system's trusted roots and the operator's own; TLS 1.2 and 1.3.
fn tls_settings(authorities: Option<&Authorities>) -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier = match authorities {
        Some(own) => {
            let unusable = || format!("[mail] ca_file: {} holds no certificate in PEM that can be used", own.file.display());
            let roots: Vec<_> =
                CertificateDer::pem_slice_iter(own.pem.as_bytes()).collect::<Result<_, _>>().with_context(unusable)?;
            anyhow::ensure!(!roots.is_empty(), unusable());
            Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).with_context(unusable)?
        }
        None => Verifier::new(Arc::clone(&provider)).context("the system's trusted certificates cannot be read")?,
    };
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
