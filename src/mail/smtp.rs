//! One conversation with a relay, phase by phase, each with its own deadline and its own meaning (RFC 5321).
//!
//! lettre's own `send` hides in which phase a conversation broke and waits for ever after the final dot; so its parts are
//! driven here one by one.

use crate::{
    domain::delivery::SendOutcome,
    mail::{
        Outgoing, Permission,
        reply::{Phase, Refusal, classify, printable},
        wire::{TlsWire, Unsent, Wire},
    },
    settings::{SmtpSecurity, SmtpSettings},
};
use anyhow::{Context, anyhow};
use lettre::{
    Address,
    address::AddressError,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters},
        commands::{Data, Mail, Quit, Rcpt, Rset},
        extension::ClientId,
        response::Response,
    },
};
use std::{error::Error, fmt, net::IpAddr, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, crypto::ring, pki_types::ServerName},
};

/// After the final dot a relay may work for long (RFC 5321, 4.5.3.2.6); giving up early makes duplicates.
const PATIENCE_AFTER_DOT: u32 = 5;

/// A relay and how to speak with it.
pub(super) struct Relay {
    settings: SmtpSettings,
    deadline: Duration,
    hello: ClientId,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{})", self.settings.host, self.settings.port)
    }
}

impl Relay {
    /// `deadline` is that of one phase.
    pub(super) fn new(settings: SmtpSettings, deadline: Duration) -> anyhow::Result<Self> {
        if settings.security != SmtpSecurity::Plain {
            server_name(&settings.host)?;
        }
        Ok(Self { settings, deadline, hello: ClientId::default() })
    }

    /// Connects, encrypts, logs in and leaves again.
    pub(super) async fn check(&self) -> anyhow::Result<String> {
        let mut conversation = self.connect().await.map_err(|stop| anyhow!(stop.reason()))?;
        let name = printable(conversation.smtp.server_info().name());
        let how = match self.settings.security {
            SmtpSecurity::Plain => "not encrypted",
            SmtpSecurity::StartTls => "encrypted by STARTTLS",
            SmtpSecurity::Tls => "encrypted by TLS",
        };
        let _goodbye = timeout(self.deadline, conversation.smtp.command(Quit)).await;
        Ok(format!("{}:{} answers as {name}, {how}", self.settings.host, self.settings.port))
    }

    async fn connect(&self) -> Result<Conversation, Stop> {
        let tcp = self.phase(TcpStream::connect((self.settings.host.as_str(), self.settings.port))).await?;
        let peer = tcp.peer_addr().map_err(|error| Stop::Broken(error.to_string()))?.ip();
        let wire = Wire::new(tcp).map_err(|error| Stop::Broken(error.to_string()))?;
        let unsent = wire.unsent();
        let stream: Box<dyn AsyncTokioStream> = match self.settings.security {
            SmtpSecurity::Tls => Box::new(TlsWire(self.encrypt(wire).await?)),
            SmtpSecurity::Plain | SmtpSecurity::StartTls => Box::new(wire),
        };
        let mut smtp = self.phase(AsyncSmtpConnection::connect_with_transport(stream, &self.hello)).await?;
        if self.settings.security == SmtpSecurity::StartTls {
            if !smtp.can_starttls() {
                return Err(Stop::Broken("the relay offers no STARTTLS and nothing is sent in clear".to_owned()));
            }
            let tls = TlsParameters::new(self.settings.host.clone()).map_err(|error| Stop::Broken(chain(&error)))?;
            self.phase(smtp.starttls(tls, &self.hello)).await?;
        }
        self.log_in(&mut smtp, peer).await?;
        Ok(Conversation { smtp, unsent })
    }

    async fn encrypt(&self, wire: Wire) -> Result<tokio_rustls::client::TlsStream<Wire>, Stop> {
        let broken = |error: anyhow::Error| Stop::Broken(format!("{error:#}"));
        let name = server_name(&self.settings.host).map_err(broken)?;
        let connector = TlsConnector::from(Arc::new(tls_settings().map_err(broken)?));
        self.phase(connector.connect(name, wire)).await
    }

    async fn log_in(&self, smtp: &mut AsyncSmtpConnection, peer: IpAddr) -> Result<(), Stop> {
        let Some((user, password)) = &self.settings.login else { return Ok(()) };
        if self.settings.security == SmtpSecurity::Plain && !peer.to_canonical().is_loopback() {
            return Err(Stop::Broken(
                "the password is not sent in clear; use smtps:// or smtp+starttls:// in [mail] url".to_owned(),
            ));
        }
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        match self.phase(smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await {
            Ok(_) => Ok(()),
            Err(Stop::Refused(_, refusal)) => Err(Stop::Refused(Phase::Login, refusal)),
            Err(other) => Err(other),
        }
    }

    /// One phase of connecting, under its deadline.
    async fn phase<T, E: Into<Stop>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Stop> {
        match timeout(self.deadline, work).await {
            Ok(done) => done.map_err(Into::into),
            Err(_) => Err(Stop::Broken(format!("no answer within {:?}", self.deadline))),
        }
    }
}

/// The system's trusted roots; TLS 1.2 and 1.3.
fn tls_settings() -> anyhow::Result<ClientConfig> {
    use rustls_platform_verifier::BuilderVerifierExt;
    let builder =
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier().context("the system's trusted certificates cannot be read")?.with_no_client_auth())
}

fn server_name(host: &str) -> anyhow::Result<ServerName<'static>> {
    ServerName::try_from(host.to_owned())
        .with_context(|| format!("[mail] url: \"{host}\" is no name that a certificate can hold"))
}

struct Conversation {
    smtp: AsyncSmtpConnection,
    unsent: Unsent,
}

/// Why a conversation did not go on.
enum Stop {
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

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(printable(&error.to_string()))
    }
}

impl From<lettre::transport::smtp::Error> for Stop {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        match error.status() {
            Some(code) => {
                let text = error.source().map(ToString::to_string).unwrap_or_default();
                Self::Refused(Phase::Connect, Refusal { code: code.into(), text })
            }
            None => Self::Broken(chain(&error)),
        }
    }
}

fn chain(error: &dyn Error) -> String {
    printable(&error.to_string())
}

/// A conversation that is opened when first needed, kept for many messages, and opened anew when it broke.
pub struct SmtpSession {
    relay: Arc<Relay>,
    from: Address,
    open: Option<Conversation>,
}

impl fmt::Debug for SmtpSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpSession({:?}, open: {})", self.relay, self.open.is_some())
    }
}

/// The envelope of one message.
struct Route {
    from: Address,
    to: Address,
}

impl SmtpSession {
    pub(super) fn new(relay: Arc<Relay>, from: Address) -> Self {
        Self { relay, from, open: None }
    }

    pub(super) async fn send<F, Fut>(&mut self, message: &Outgoing, permission: F) -> Option<SendOutcome>
    where
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Permission> + Send,
    {
        let route = match self.route(message) {
            Ok(route) => route,
            Err(error) => {
                return Some(SendOutcome::RejectedRecipient {
                    reason: format!("the address cannot be written: {error}"),
                    fault: None,
                });
            }
        };
        if let Err(outcome) = self.announce(&route).await {
            return Some(outcome);
        }
        if permission().await == Permission::Withhold {
            self.open = None; // the relay waits for a message: hanging up is the only way not to give one
            return None;
        }
        Some(self.hand_over(&message.bytes).await)
    }

    fn route(&self, message: &Outgoing) -> Result<Route, AddressError> {
        let from = match &message.return_path {
            Some(path) => path.as_str().parse()?,
            None => self.from.clone(),
        };
        Ok(Route { from, to: message.to.as_str().parse()? })
    }

    pub(super) async fn quit(mut self) {
        if let Some(mut conversation) = self.open.take() {
            let _goodbye = timeout(self.relay.deadline, conversation.smtp.command(Quit)).await;
        }
    }

    /// Everything up to the 354. A kept conversation may have died of old age or reached the relay's limit, which is no reason
    /// to put the message off: then once more on a fresh one.
    async fn announce(&mut self, route: &Route) -> Result<(), SendOutcome> {
        let kept = self.open.is_some();
        let outcome = match self.announce_once(route).await {
            Ok(()) => return Ok(()),
            Err((phase, stop)) => {
                let tired = match &stop {
                    Stop::Broken(_) => true,
                    Stop::Refused(_, refusal) => refusal.code == 421,
                };
                if kept && tired && phase == Phase::Sender { self.announce_once(route).await } else { Err((phase, stop)) }
            }
        };
        outcome.map_err(|(phase, stop)| match stop {
            Stop::Refused(at, refusal) => classify(if at == Phase::Connect { phase } else { at }, &refusal),
            Stop::Broken(why) => SendOutcome::Deferred {
                reason: format!("{why} (at {})", phase.name()),
                slow_down: phase == Phase::Connect,
                fault: None,
            },
        })
    }

    async fn announce_once(&mut self, route: &Route) -> Result<(), (Phase, Stop)> {
        if self.open.is_none() {
            self.open = Some(self.relay.connect().await.map_err(|stop| (Phase::Connect, stop))?);
        }
        self.say(Phase::Sender, Mail::new(Some(route.from.clone()), Vec::new())).await?;
        self.say(Phase::Recipient, Rcpt::new(route.to.clone(), Vec::new())).await?;
        let reply = self.say(Phase::Data, Data).await?;
        if !reply.has_code(354) {
            self.open = None;
            return Err((Phase::Data, Stop::Broken(format!("expected 354, got {}", u16::from(reply.code())))));
        }
        Ok(())
    }

    async fn say<C: fmt::Display>(&mut self, phase: Phase, command: C) -> Result<Response, (Phase, Stop)> {
        let Some(conversation) = &mut self.open else { return Err((phase, Stop::Broken("not connected".to_owned()))) };
        let stop = match self.relay.phase(conversation.smtp.command(command)).await {
            Ok(reply) => return Ok(reply),
            Err(stop) => stop,
        };
        // a refusal leaves the transaction half open; RSET ends it without losing the conversation
        let usable = match &stop {
            Stop::Refused(_, refusal) if refusal.code != 421 => self.relay.phase(conversation.smtp.command(Rset)).await.is_ok(),
            Stop::Refused(..) | Stop::Broken(_) => false,
        };
        if !usable {
            self.open = None;
        }
        Err((phase, stop))
    }

    /// The message and its final dot. From here on only an answer, or the certainty that the dot stayed here, is not ambiguous.
    async fn hand_over(&mut self, bytes: &[u8]) -> SendOutcome {
        let Some(mut conversation) = self.open.take() else {
            return SendOutcome::Deferred { reason: "not connected".to_owned(), slow_down: false, fault: None };
        };
        let patience = self.relay.deadline * PATIENCE_AFTER_DOT;
        let why = match timeout(patience, conversation.smtp.message(bytes)).await {
            Ok(Ok(reply)) if u16::from(reply.code()) / 100 == 2 => {
                self.open = Some(conversation);
                return SendOutcome::Accepted(printable(reply.first_line().unwrap_or_default()));
            }
            Ok(Ok(reply)) => format!("the answer {} makes no sense here", u16::from(reply.code())),
            Ok(Err(error)) => match Stop::from(error) {
                Stop::Refused(_, refusal) => {
                    self.open = (refusal.code != 421).then_some(conversation);
                    return classify(Phase::Message, &refusal);
                }
                Stop::Broken(why) => why,
            },
            Err(_) => format!("no answer within {patience:?}"),
        };
        let reason = format!("{why} (at {})", Phase::Message.name());
        if conversation.unsent.bytes() > 0 {
            return SendOutcome::Deferred { reason, slow_down: false, fault: None };
        }
        SendOutcome::Ambiguous(reason)
    }
}
