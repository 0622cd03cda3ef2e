//! The settings, each a row: where it stands, whether it is a secret, how it is read and how it is shown.
//!
//! A new setting is a new row (and a line of `starter_veille.toml`): from the file, from `VEILLE_SECTION_KEY` and from
//! `VEILLE_SECTION_KEY_FILE` it is then read, checked, listed by `config check`, and, with `secret: true`, searched for in everything
//! that leaves the program by the tests of row G02.

use super::{Draft, shapes};
use crate::{
    domain::localised::Words,
    settings::{Secret, Settings, Transport},
};
use std::{ops::RangeInclusive, time::Duration};

/// The sections, in the order in which they are listed.
pub(super) const SECTIONS: &[&str] = &["fetch", "mail", "web", "storage"];

/// One setting.
pub(super) struct Setting {
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    /// It holds a secret, or may.
    pub(super) secret: bool,
    pub(super) value: Value,
    /// As it would be written; a secret hidden.
    pub(super) show: fn(&Settings) -> String,
}

type Checked = Result<(), Words>;

/// What kind of value a setting has, and where it goes. What a function refuses, it tells with the remedy.
pub(super) enum Value {
    /// A text of one line.
    Text(fn(&mut Draft, String) -> Checked),
    /// A text of one line; an empty one means that there is none.
    Optional(fn(&mut Draft, Option<String>) -> Checked),
    /// Texts: how the list is emptied, and how one is added.
    List(fn(&mut Draft), fn(&mut Draft, &str) -> Checked),
    /// A whole number.
    Whole(RangeInclusive<u64>, fn(&mut Draft, u64)),
    /// True or false.
    Flag(fn(&mut Draft, bool)),
}

/// A row without a secret.
const fn plain(section: &'static str, key: &'static str, value: Value, show: fn(&Settings) -> String) -> Setting {
    Setting { section, key, secret: false, value, show }
}

/// A row whose value must never be seen; `show` hides it.
const fn secret(section: &'static str, key: &'static str, value: Value, show: fn(&Settings) -> String) -> Setting {
    Setting { section, key, secret: true, value, show }
}

/// All of them, in the order in which `config check` lists them.
pub(super) const SETTINGS: &[Setting] = &[
    plain(
        "fetch",
        "allow_networks",
        Value::List(
            |draft| draft.settings.fetch.allow_networks.clear(),
            |draft, text| shapes::network(text).map(|network| draft.settings.fetch.allow_networks.push(network)),
        ),
        |settings| format!("{:?}", settings.fetch.allow_networks.iter().map(ToString::to_string).collect::<Vec<_>>()),
    ),
    plain(
        "fetch",
        "resolver",
        Value::Optional(|draft, text| {
            let server = text.as_deref().map(shapes::dns_server).transpose();
            server.map(|server| draft.settings.fetch.resolver = server)
        }),
        |settings| settings.fetch.resolver.map(|server| format!("\"{server}\"")).unwrap_or_default(),
    ),
    plain(
        "fetch",
        "host_interval_ms",
        Value::Whole(0..=3_600_000, |draft, number| draft.settings.fetch.host_interval = Duration::from_millis(number)),
        |settings| settings.fetch.host_interval.as_millis().to_string(),
    ),
    plain(
        "fetch",
        "concurrency",
        Value::Whole(1..=1024, |draft, number| draft.settings.fetch.concurrency = usize::try_from(number).unwrap_or(1)),
        |settings| settings.fetch.concurrency.to_string(),
    ),
    plain(
        "fetch",
        "floor_minutes",
        Value::Whole(0..=525_600, |draft, number| draft.settings.fetch.floor = Duration::from_secs(number * 60)),
        |settings| (settings.fetch.floor.as_secs() / 60).to_string(),
    ),
    plain("fetch", "respect_robots", Value::Flag(|draft, flag| draft.settings.fetch.respect_robots = flag), |settings| {
        settings.fetch.respect_robots.to_string()
    }),
    plain(
        "fetch",
        "user_agent",
        Value::Text(|draft, text| shapes::user_agent(&text).map(|()| draft.settings.fetch.user_agent = text)),
        |settings| format!("{:?}", settings.fetch.user_agent),
    ),
    plain(
        "fetch",
        "connect_timeout_s",
        Value::Whole(1..=600, |draft, number| draft.settings.fetch.connect_timeout = Duration::from_secs(number)),
        |settings| settings.fetch.connect_timeout.as_secs().to_string(),
    ),
    plain(
        "fetch",
        "total_timeout_s",
        Value::Whole(1..=600, |draft, number| draft.settings.fetch.total_timeout = Duration::from_secs(number)),
        |settings| settings.fetch.total_timeout.as_secs().to_string(),
    ),
    plain(
        "fetch",
        "archive_pages",
        Value::Whole(0..=1000, |draft, number| draft.settings.fetch.archive_pages = u32::try_from(number).unwrap_or(u32::MAX)),
        |settings| settings.fetch.archive_pages.to_string(),
    ),
    secret(
        "mail",
        "url",
        Value::Text(|draft, text| {
            shapes::transport(&text, &mut draft.login).map(|transport| draft.settings.mail.transport = transport)
        }),
        |settings| format!("{:?}", shapes::shown(&settings.mail.transport)),
    ),
    plain(
        "mail",
        "user",
        Value::Text(|draft, text| {
            draft.login.user = Some(text);
            Ok(())
        }),
        |settings| login(settings, |(user, _)| format!("{user:?}")),
    ),
    secret(
        "mail",
        "password",
        Value::Text(|draft, text| {
            draft.login.password = Some(Secret::new(text));
            Ok(())
        }),
        |settings| login(settings, |(_, password)| format!("{password:?}")),
    ),
    plain(
        "mail",
        "from",
        Value::Text(|draft, text| shapes::mailbox(&text).map(|()| draft.settings.mail.from = text)),
        |settings| format!("{:?}", settings.mail.from),
    ),
    plain(
        "mail",
        "reply_to",
        Value::Text(|draft, text| shapes::mailbox(&text).map(|()| draft.settings.mail.reply_to = text)),
        |settings| format!("{:?}", settings.mail.reply_to),
    ),
    plain(
        "mail",
        "bounce_address",
        Value::Optional(|draft, text| {
            let address = text.as_deref().map(shapes::bounce_address).transpose();
            address.map(|address| draft.settings.mail.bounce_address = address)
        }),
        |settings| settings.mail.bounce_address.as_ref().map(ToString::to_string).unwrap_or_default(),
    ),
    plain(
        "mail",
        "connections",
        Value::Whole(1..=32, |draft, number| draft.settings.mail.connections = usize::try_from(number).unwrap_or(1)),
        |settings| settings.mail.connections.to_string(),
    ),
    plain(
        "mail",
        "ca_file",
        Value::Text(|draft, text| shapes::file(&text).map(|()| draft.files.authorities = Some(text.into()))),
        |settings| settings.mail.authorities.as_ref().map(|ca| ca.file.display().to_string()).unwrap_or_default(),
    ),
    plain(
        "mail",
        "dkim_selector",
        Value::Optional(|draft, text| {
            let checked = text.as_deref().map_or(Ok(()), shapes::selector);
            checked.map(|()| draft.settings.mail.dkim_selector = text)
        }),
        |settings| settings.mail.dkim_selector.clone().unwrap_or_default(),
    ),
    plain(
        "mail",
        "dkim_key_file",
        Value::Text(|draft, text| shapes::file(&text).map(|()| draft.files.key = Some(text.into()))),
        |settings| key_file(settings, 0),
    ),
    plain(
        "mail",
        "dkim_second_selector",
        Value::Text(|draft, text| shapes::selector(&text).map(|()| draft.files.second_selector = Some(text))),
        |settings| settings.mail.dkim.get(1).map(|key| key.selector.clone()).unwrap_or_default(),
    ),
    plain(
        "mail",
        "dkim_second_key_file",
        Value::Text(|draft, text| shapes::file(&text).map(|()| draft.files.second_key = Some(text.into()))),
        |settings| key_file(settings, 1),
    ),
    plain(
        "mail",
        "phase_timeout_s",
        Value::Whole(1..=3600, |draft, number| draft.settings.mail.phase_timeout = Duration::from_secs(number)),
        |settings| settings.mail.phase_timeout.as_secs().to_string(),
    ),
    plain(
        "web",
        "listen",
        Value::Text(|draft, text| shapes::listen(&text).map(|()| draft.settings.web.listen = text)),
        |settings| format!("{:?}", settings.web.listen),
    ),
    plain(
        "web",
        "public_url",
        Value::Text(|draft, text| {
            draft.settings.web.is_public = true;
            shapes::public_url(&text).map(|url| draft.settings.web.public_url = url)
        }),
        |settings| format!("{:?}", settings.web.public_url.as_str()),
    ),
    plain("web", "websub", Value::Flag(|draft, flag| draft.settings.web.websub = Some(flag)), |settings| {
        settings.web.hears_hubs().to_string()
    }),
    plain(
        "storage",
        "path",
        Value::Text(|draft, text| shapes::file(&text).map(|()| draft.settings.storage.path = text.into())),
        |settings| format!("{:?}", settings.storage.path),
    ),
    plain(
        "storage",
        "keep_items_days",
        Value::Whole(0..=36_500, |draft, number| {
            draft.settings.storage.keep_items_days = u32::try_from(number).unwrap_or(u32::MAX)
        }),
        |settings| settings.storage.keep_items_days.to_string(),
    ),
    plain(
        "storage",
        "keep_deliveries_days",
        Value::Whole(0..=36_500, |draft, number| {
            draft.settings.storage.keep_deliveries_days = u32::try_from(number).unwrap_or(u32::MAX);
        }),
        |settings| settings.storage.keep_deliveries_days.to_string(),
    ),
];

/// The file of a key that signs, if there is one.
fn key_file(settings: &Settings, place: usize) -> String {
    settings.mail.dkim.get(place).map(|key| key.key_file.display().to_string()).unwrap_or_default()
}

/// A part of the relay's login, if there is one.
fn login(settings: &Settings, shown: fn(&(String, Secret)) -> String) -> String {
    match &settings.mail.transport {
        Transport::Smtp(smtp) => smtp.login.as_ref().map(shown).unwrap_or_default(),
        Transport::Folder(_) => String::new(),
    }
}
