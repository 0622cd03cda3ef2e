//! `veille.toml`, overlaid with the environment.

use crate::{
    config::{ConfigError, Environment},
    settings::{Secret, Settings, SmtpSecurity, SmtpSettings, Transport},
};
use ipnet::IpNet;
use serde::Deserialize;
use std::{
    fmt::Display,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};
use toml::{Table, Value};
use url::Url;

/// The port of DNS.
const DNS: u16 = 53;

/// The keys, by section, in the order in which `config check` lists them.
const KEYS: &[(&str, &[&str])] = &[
    (
        "fetch",
        &[
            "allow_networks",
            "resolver",
            "host_interval_ms",
            "concurrency",
            "floor_minutes",
            "archive_pages",
            "respect_robots",
            "user_agent",
            "connect_timeout_s",
            "total_timeout_s",
        ],
    ),
    ("mail", &["url", "from", "reply_to", "user", "password", "connections", "dkim_selector", "phase_timeout_s"]),
    ("web", &["listen", "public_url", "websub"]),
    ("storage", &["path", "keep_items_days", "keep_deliveries_days"]),
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SettingsFile {
    fetch: Fetch,
    mail: Mail,
    web: Web,
    storage: Storage,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Fetch {
    allow_networks: Option<Vec<IpNet>>,
    resolver: Option<String>,
    host_interval_ms: Option<u64>,
    concurrency: Option<usize>,
    floor_minutes: Option<u64>,
    archive_pages: Option<u32>,
    respect_robots: Option<bool>,
    user_agent: Option<String>,
    connect_timeout_s: Option<u64>,
    total_timeout_s: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Mail {
    url: Option<String>,
    from: Option<String>,
    reply_to: Option<String>,
    user: Option<String>,
    password: Option<String>,
    connections: Option<usize>,
    dkim_selector: Option<String>,
    phase_timeout_s: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Web {
    listen: Option<String>,
    public_url: Option<Url>,
    websub: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Storage {
    path: Option<PathBuf>,
    keep_items_days: Option<u32>,
    keep_deliveries_days: Option<u32>,
}

/// Reads the text of `veille.toml` and overlays the environment.
pub(super) fn parse(text: &str, path: &Path, environment: &Environment) -> Result<Settings, ConfigError> {
    let mut settings = Settings::default();
    let file: SettingsFile = toml::from_str(text).map_err(|error| ConfigError::toml(path, text, &error))?;
    environment.refuse_unknown(KEYS)?;
    let mut login = (file.mail.user.clone(), file.mail.password.clone());
    apply(file, &mut settings)
        .map_err(|(key, problem)| ConfigError::at(path, text, text.find(key).unwrap_or(0), format!("{key}: {problem}")))?;
    for (section, keys) in KEYS {
        for key in *keys {
            let Some((name, value)) = environment.value(section, key)? else { continue };
            let wrong = |problem: String| ConfigError { place: name.clone(), problem };
            let overlay = overlay(section, key, &value).map_err(wrong)?;
            login = (overlay.mail.user.clone().or(login.0), overlay.mail.password.clone().or(login.1));
            apply(overlay, &mut settings).map_err(|(_, problem)| wrong(problem))?;
        }
    }
    if let (Transport::Smtp(smtp), (Some(user), Some(password))) = (&mut settings.mail.transport, login) {
        smtp.login = Some((user, Secret::new(password)));
    }
    Ok(settings)
}

/// A variable holds a TOML value, or a bare text; a list may be written with commas.
fn overlay(section: &str, key: &str, value: &str) -> Result<SettingsFile, String> {
    let text = || Value::String(value.to_owned());
    let parsed = format!("v = {value}").parse::<Table>().ok().and_then(|mut table| table.remove("v"));
    let listed = || Value::Array(value.split(',').map(|part| Value::String(part.trim().to_owned())).collect());
    let value = match (key, parsed) {
        ("allow_networks", None) => listed(),
        ("user" | "password" | "url" | "resolver" | "from" | "reply_to" | "dkim_selector", _) | (_, None) => text(),
        (_, Some(parsed)) => parsed,
    };
    let table = Table::from_iter([(section.to_owned(), Value::Table(Table::from_iter([(key.to_owned(), value)])))]);
    table.try_into().map_err(|error: toml::de::Error| error.message().trim().to_owned())
}

type Wrong = (&'static str, String);

fn apply(file: SettingsFile, settings: &mut Settings) -> Result<(), Wrong> {
    apply_fetch(file.fetch, settings)?;
    apply_mail(file.mail, settings)?;
    if let Some(url) = file.web.public_url.as_ref().filter(|url| !matches!(url.scheme(), "http" | "https")) {
        return Err((
            "public_url",
            format!("\"{}:\" is no address of a web page; write https://veille.example.org", url.scheme()),
        ));
    }
    settings.web.is_public |= file.web.public_url.is_some();
    set(&mut settings.web.public_url, file.web.public_url);
    settings.web.websub = file.web.websub.or(settings.web.websub);
    if let Some(listen) = file.web.listen {
        listen
            .parse::<SocketAddr>()
            .map_err(|_| ("listen", format!("\"{listen}\" is no address and port; write 127.0.0.1:8400")))?;
        settings.web.listen = listen;
    }
    if file.storage.path.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
        return Err(("path", "must name a file, like db/veille.sqlite3".to_owned()));
    }
    set(&mut settings.storage.path, file.storage.path);
    set(&mut settings.storage.keep_items_days, file.storage.keep_items_days);
    set(&mut settings.storage.keep_deliveries_days, file.storage.keep_deliveries_days);
    Ok(())
}

fn apply_fetch(file: Fetch, settings: &mut Settings) -> Result<(), Wrong> {
    let fetch = &mut settings.fetch;
    set(&mut fetch.allow_networks, file.allow_networks);
    if let Some(text) = &file.resolver {
        fetch.resolver = resolver(text).map_err(|problem| ("resolver", problem))?;
    }
    set(&mut fetch.host_interval, file.host_interval_ms.map(Duration::from_millis));
    within("concurrency", file.concurrency, 1..=1024)?;
    set(&mut fetch.concurrency, file.concurrency);
    set(&mut fetch.floor, file.floor_minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))));
    within("archive_pages", file.archive_pages, 0..=1000)?;
    set(&mut fetch.archive_pages, file.archive_pages);
    set(&mut fetch.respect_robots, file.respect_robots);
    if file.user_agent.as_ref().is_some_and(|agent| agent.trim().is_empty() || agent.chars().any(char::is_control)) {
        return Err(("user_agent", "must be one line that names you and how to reach you".to_owned()));
    }
    set(&mut fetch.user_agent, file.user_agent);
    within("connect_timeout_s", file.connect_timeout_s, 1..=600)?;
    within("total_timeout_s", file.total_timeout_s, 1..=600)?;
    set(&mut fetch.connect_timeout, file.connect_timeout_s.map(Duration::from_secs));
    set(&mut fetch.total_timeout, file.total_timeout_s.map(Duration::from_secs));
    Ok(())
}

fn apply_mail(file: Mail, settings: &mut Settings) -> Result<(), Wrong> {
    let mail = &mut settings.mail;
    if let Some(url) = &file.url {
        mail.transport = transport(url).map_err(|problem| ("url", problem))?;
    }
    for (key, value) in [("from", &file.from), ("reply_to", &file.reply_to)] {
        if value.as_ref().is_some_and(|text| !text.contains('@') || text.chars().any(char::is_control)) {
            return Err((key, "must be an address, with or without a name: Veille <veille@example.org>".to_owned()));
        }
    }
    set(&mut mail.from, file.from);
    set(&mut mail.reply_to, file.reply_to);
    within("connections", file.connections, 1..=32)?;
    set(&mut mail.connections, file.connections);
    if file
        .dkim_selector
        .as_ref()
        .is_some_and(|text| text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)))
    {
        return Err(("dkim_selector", "must be the selector alone, like \"mail2026\"".to_owned()));
    }
    mail.dkim_selector = file.dkim_selector.or(mail.dkim_selector.take());
    within("phase_timeout_s", file.phase_timeout_s, 1..=3600)?;
    set(&mut mail.phase_timeout, file.phase_timeout_s.map(Duration::from_secs));
    Ok(())
}

/// An address with or without a port; nothing means the system's own way, so that a variable can undo what the file says.
fn resolver(text: &str) -> Result<Option<SocketAddr>, String> {
    let address = || text.trim_matches(['[', ']']).parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS));
    match text {
        "" => Ok(None),
        _ => text.parse().or_else(|_| address()).map(Some).map_err(|_| {
            format!("\"{text}\" is no address of a DNS server; write 192.0.2.53, or 192.0.2.53:5353 for another port than {DNS}")
        }),
    }
}

fn within<T: PartialOrd + Display>(key: &'static str, value: Option<T>, range: RangeInclusive<T>) -> Result<(), Wrong> {
    match value {
        Some(value) if !range.contains(&value) => Err((key, format!("must be between {} and {}", range.start(), range.end()))),
        _ => Ok(()),
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn transport(text: &str) -> Result<Transport, String> {
    if let Some(folder) = text.strip_prefix("file:") {
        return if folder.is_empty() {
            Err("name the folder: file:outbox".to_owned())
        } else {
            Ok(Transport::Folder(folder.trim_start_matches("//").into()))
        };
    }
    let url = Url::parse(text).map_err(|error| {
        format!(
            "\"{}\" is no address ({error}); write smtp+starttls://host:587 or file:outbox",
            text.split('@').next_back().unwrap_or("")
        )
    })?;
    let (security, default_port) = match url.scheme() {
        "smtp" => (SmtpSecurity::Plain, 25),
        "smtps" => (SmtpSecurity::Tls, 465),
        "smtp+starttls" => (SmtpSecurity::StartTls, 587),
        other => return Err(format!("\"{other}:\" is unknown; use smtp:, smtps:, smtp+starttls: or file:")),
    };
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or("name the host: smtp://host:25")?
        .trim_matches(['[', ']'])
        .to_owned();
    let login = url.password().map(|password| (percent_decoded(url.username()), Secret::new(percent_decoded(password))));
    Ok(Transport::Smtp(SmtpSettings { host, port: url.port().unwrap_or(default_port), security, login }))
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("k={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// One line of `veille config check`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EffectiveSetting {
    /// "fetch.concurrency".
    pub key: String,
    /// As it would be written; secrets hidden.
    pub value: String,
}

/// Every setting in force, secrets hidden.
pub fn effective(settings: &Settings) -> Vec<EffectiveSetting> {
    let (fetch, mail) = (&settings.fetch, &settings.mail);
    let networks: Vec<String> = fetch.allow_networks.iter().map(ToString::to_string).collect();
    [
        ("fetch.allow_networks", format!("{networks:?}")),
        ("fetch.resolver", format!("{:?}", fetch.resolver.map(|server| server.to_string()).unwrap_or_default())),
        ("fetch.host_interval_ms", fetch.host_interval.as_millis().to_string()),
        ("fetch.concurrency", fetch.concurrency.to_string()),
        ("fetch.floor_minutes", (fetch.floor.as_secs() / 60).to_string()),
        ("fetch.archive_pages", fetch.archive_pages.to_string()),
        ("fetch.respect_robots", fetch.respect_robots.to_string()),
        ("fetch.user_agent", format!("{:?}", fetch.user_agent)),
        ("fetch.connect_timeout_s", fetch.connect_timeout.as_secs().to_string()),
        ("fetch.total_timeout_s", fetch.total_timeout.as_secs().to_string()),
        ("mail.url", format!("{:?}", shown(&mail.transport))),
        ("mail.from", format!("{:?}", mail.from)),
        ("mail.reply_to", format!("{:?}", mail.reply_to)),
        ("mail.connections", mail.connections.to_string()),
        ("mail.dkim_selector", mail.dkim_selector.clone().unwrap_or_default()),
        ("mail.phase_timeout_s", mail.phase_timeout.as_secs().to_string()),
        ("web.listen", format!("{:?}", settings.web.listen)),
        ("web.public_url", format!("{:?}", settings.web.public_url.as_str())),
        ("web.websub", settings.web.hears_hubs().to_string()),
        ("storage.path", format!("{:?}", settings.storage.path)),
        ("storage.keep_items_days", settings.storage.keep_items_days.to_string()),
        ("storage.keep_deliveries_days", settings.storage.keep_deliveries_days.to_string()),
    ]
    .into_iter()
    .map(|(key, value)| EffectiveSetting { key: key.to_owned(), value })
    .collect()
}

fn shown(transport: &Transport) -> String {
    match transport {
        Transport::Folder(folder) => format!("file:{}", folder.display()),
        Transport::Smtp(smtp) => {
            let scheme = match smtp.security {
                SmtpSecurity::Plain => "smtp",
                SmtpSecurity::StartTls => "smtp+starttls",
                SmtpSecurity::Tls => "smtps",
            };
            let login = smtp.login.as_ref().map(|(user, _)| format!("{user}:***@")).unwrap_or_default();
            format!("{scheme}://{login}{}:{}", smtp.host, smtp.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{effective, parse};
    use crate::{config::Environment, settings::Transport};
    use std::path::Path;

    fn problem(text: &str) -> String {
        parse(text, Path::new("veille.toml"), &Environment::default()).unwrap_err().to_string()
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
        let text = "[fetch]\nconcurrency = 8\nallow_networks = [\"127.0.0.0/8\"]\n[mail]\nurl = \"smtps://relay.example.org\"\nuser = \"veille\"\n";
        let environment = Environment::from_pairs([("VEILLE_FETCH_CONCURRENCY", "16"), ("VEILLE_MAIL_PASSWORD", "s3cret")]);
        let settings = parse(text, Path::new("veille.toml"), &environment).unwrap();
        assert_eq!((settings.fetch.concurrency, settings.fetch.floor.as_secs()), (16, 3600));
        let Transport::Smtp(smtp) = &settings.mail.transport else { panic!("smtp") };
        assert_eq!((smtp.port, smtp.login.as_ref().unwrap().1.reveal()), (465, "s3cret"));
        let shown = format!("{:?} {:?}", effective(&settings), settings);
        assert!(shown.contains("veille:***@relay.example.org:465") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn mistakes_name_the_line_and_the_remedy() {
        let cases = [
            ("[fetch]\nconcurency = 3\n", "veille.toml:2: unknown key \"concurency\"; did you mean \"concurrency\"?"),
            ("\n[mial]\nurl = \"file:x\"\n", "veille.toml:2: unknown key \"mial\"; did you mean \"mail\"?"),
            (
                "[mail]\nurl = \"ftp://x\"\n",
                "veille.toml:2: url: \"ftp:\" is unknown; use smtp:, smtps:, smtp+starttls: or file:",
            ),
            ("[web]\nlisten = \"here\"\n", "veille.toml:2: listen: \"here\" is no address and port; write 127.0.0.1:8400"),
            ("[fetch]\ntotal_timeout_s = 0\n", "veille.toml:2: total_timeout_s: must be between 1 and 600"),
            ("[storage]\npath = \"\"\n", "veille.toml:2: path: must name a file, like db/veille.sqlite3"),
            (
                "[web]\npublic_url = \"ftp://x.example\"\n",
                "veille.toml:2: public_url: \"ftp:\" is no address of a web page; write https://veille.example.org",
            ),
            (
                "[fetch]\nconcurrency = \"many\"\n",
                "veille.toml:2: invalid type: string \"many\", expected a whole number, 0 or more",
            ),
            (
                "[fetch]\nresolver = \"dns.example.org\"\n",
                "veille.toml:2: resolver: \"dns.example.org\" is no address of a DNS server; write 192.0.2.53, or 192.0.2.53:5353 for another port than 53",
            ),
            ("[fetch]\nconcurrency = 0\n", "veille.toml:2: concurrency: must be between 1 and 1024"),
        ];
        for (text, expected) in cases {
            assert_eq!(problem(text), expected);
        }
    }

    #[test]
    fn g01_a_variable_that_sets_nothing_is_refused() {
        for (name, expected) in [
            ("VEILLE_FETCH_CONCURENCY", "VEILLE_FETCH_CONCURENCY: no such setting; did you mean \"VEILLE_FETCH_CONCURRENCY\"?"),
            ("VEILLE_MAIL_PASWORD_FILE", "VEILLE_MAIL_PASWORD_FILE: no such setting; did you mean \"VEILLE_MAIL_PASSWORD\"?"),
        ] {
            let found = parse("", Path::new("veille.toml"), &Environment::from_pairs([(name, "1")])).unwrap_err().to_string();
            assert_eq!(found, expected);
        }
        let others = Environment::from_pairs([("VEILLE_CORPORA", "/x"), ("VEILLE_LANG", "en")]);
        assert!(parse("", Path::new("veille.toml"), &others).is_ok());
    }

    #[test]
    fn a_resolver_is_an_address_with_or_without_a_port() {
        for (text, expected) in [
            ("127.0.0.1:5353", Some("127.0.0.1:5353")),
            ("127.0.0.1", Some("127.0.0.1:53")),
            ("::1", Some("[::1]:53")),
            ("[::1]", Some("[::1]:53")),
            ("[::1]:5353", Some("[::1]:5353")),
            ("", None),
        ] {
            let settings =
                parse(&format!("[fetch]\nresolver = \"{text}\"\n"), Path::new("veille.toml"), &Environment::default()).unwrap();
            assert_eq!(settings.fetch.resolver.map(|server| server.to_string()).as_deref(), expected, "{text}");
        }
        let environment = Environment::from_pairs([("VEILLE_FETCH_RESOLVER", "127.0.0.1")]);
        assert!(parse("", Path::new("veille.toml"), &environment).unwrap().fetch.resolver.is_some());
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let environment = Environment::from_pairs([("VEILLE_FETCH_CONCURRENCY", "many")]);
        let error = parse("", Path::new("veille.toml"), &environment).unwrap_err();
        assert_eq!(error.place, "VEILLE_FETCH_CONCURRENCY");
    }
}
