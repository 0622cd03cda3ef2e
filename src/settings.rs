//! The operator's settings: plain data, with the defaults of `veille.toml`. Reading and checking them is `config`'s work.

pub use crate::domain::secret::Secret;

use crate::domain::{document, email_address::EmailAddress};
use ipnet::IpNet;
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use url::Url;

/// Everything that `veille.toml`, the environment and the flags may set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `[fetch]`.
    pub fetch: FetchSettings,
    /// `[mail]`.
    pub mail: MailSettings,
    /// `[web]`.
    pub web: WebSettings,
    /// `[storage]`.
    pub storage: StorageSettings,
}

/// `[fetch]`: how publishers' servers are treated.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchSettings {
    /// Networks that may be reached although forbidden by default.
    pub allow_networks: Vec<IpNet>,
    /// The DNS server that says where names lead; `None`: as the system is set.
    pub resolver: Option<SocketAddr>,
    /// Spacing between two requests to one host:port.
    pub host_interval: Duration,
    /// Requests under way at once, over all hosts.
    pub concurrency: usize,
    /// Whether connections are kept for the next request to the same host; not where few files may be open.
    pub keep_connections: bool,
    /// No source is asked more often.
    pub floor: Duration,
    /// Further pages of a feed (RFC 5005) that are read at its first fetch, and after a gap. 0: none.
    pub archive_pages: u32,
    /// robots.txt is obeyed for pages.
    pub respect_robots: bool,
    /// Name, version and contact address sent with each request.
    pub user_agent: String,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time for a whole request, redirects included.
    pub total_timeout: Duration,
    /// Largest body as received.
    pub max_compressed: u64,
    /// Largest body decompressed.
    pub max_decoded: u64,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            resolver: None,
            host_interval: Duration::from_secs(1),
            concurrency: 64,
            keep_connections: true,
            floor: Duration::from_secs(60 * 60),
            archive_pages: 10,
            respect_robots: true,
            user_agent: format!("veille/{} (+https://veille.invalid/about; feed reader)", env!("CARGO_PKG_VERSION")),
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            max_compressed: 4 << 20,
            max_decoded: document::LONGEST,
        }
    }
}

/// `[mail]`: how editions leave.
#[derive(Debug, Clone, PartialEq)]
pub struct MailSettings {
    /// Where mail goes.
    pub transport: Transport,
    /// `From`, as written: a name and an address.
    pub from: String,
    /// `Reply-To`: also where "unsubscribe" mails go until the web end exists.
    pub reply_to: String,
    /// Where messages that cannot be delivered come back: each leaves with a tag of its own in it. None: they come back to `from`,
    /// unread.
    pub bounce_address: Option<EmailAddress>,
    /// How many SMTP conversations at once.
    pub connections: usize,
    /// Certificate authorities that vouch for the relay, beside those of the system.
    pub authorities: Option<Authorities>,
    /// The selector under which messages are signed (DKIM), by the relay or, with a key, by veille.
    pub dkim_selector: Option<String>,
    /// The keys that sign; several during a change of key. None: the relay signs.
    pub dkim: Vec<DkimSettings>,
    /// Deadline of one SMTP phase (RFC 5321, 4.5.3.2, allows up to ten minutes after the final dot).
    pub phase_timeout: Duration,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            transport: Transport::Folder(PathBuf::from("outbox")),
            from: "Veille IA <veille@example.org>".to_owned(),
            reply_to: "veille@example.org".to_owned(),
            bounce_address: None,
            connections: 2,
            authorities: None,
            dkim_selector: None,
            dkim: Vec::new(),
            phase_timeout: Duration::from_secs(60),
        }
    }
}

/// `[mail] ca_file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorities {
    /// The file, as the setting names it.
    pub file: PathBuf,
    /// What it holds: PEM.
    pub pem: String,
}

/// A key that signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimSettings {
    /// Under which its public half is published.
    pub selector: String,
    /// The file, as the setting names it.
    pub key_file: PathBuf,
    /// What it holds: PEM.
    pub key: Secret,
}

/// What `[mail] url` says.
#[derive(Debug, Clone, PartialEq)]
pub enum Transport {
    /// `file:FOLDER`: one `.eml` a message; relative to the home folder.
    Folder(PathBuf),
    /// `smtp://`, `smtps://`, `smtp+starttls://`.
    Smtp(SmtpSettings),
}

/// A relay.
#[derive(Debug, Clone, PartialEq)]
pub struct SmtpSettings {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the conversation is protected.
    pub security: SmtpSecurity,
    /// User and password.
    pub login: Option<(String, Secret)>,
}

/// How an SMTP conversation is protected. There is no "if offered": what is asked for happens, or nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// None.
    Plain,
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// `[web]`.
#[derive(Debug, Clone, PartialEq)]
pub struct WebSettings {
    /// Address and port to listen on.
    pub listen: String,
    /// How the outside reaches it.
    pub public_url: Url,
    /// Somebody wrote `public_url`: it is no mere default.
    pub is_public: bool,
    /// Whether hubs (WebSub) are asked to tell of changes; `None`: when they can reach us.
    pub websub: Option<bool>,
}

impl WebSettings {
    /// Whether hubs are asked to tell of changes.
    pub fn hears_hubs(&self) -> bool {
        self.websub.unwrap_or(self.is_public)
    }
}

impl Default for WebSettings {
    #[expect(clippy::expect_used, reason = "a constant that a test parses")]
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8400".to_owned(),
            public_url: Url::parse("http://127.0.0.1:8400").expect("invariant: a valid constant"),
            is_public: false,
            websub: None,
        }
    }
}

/// `[storage]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageSettings {
    /// The database file; relative to the home folder.
    pub path: PathBuf,
    /// Days that an item is kept after its source stopped listing it, if no edition holds it and nobody decided on it.
    pub keep_items_days: u32,
    /// Days that addresses stay in ended deliveries.
    pub keep_deliveries_days: u32,
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self { path: PathBuf::from("db/veille.sqlite3"), keep_items_days: 730, keep_deliveries_days: 365 }
    }
}
