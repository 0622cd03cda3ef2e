//! What a source's hub was asked and said, in words.

use crate::domain::{hub::HubSubscription, localised::Locale};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A subscription as `--json` shows it: without its secrets.
#[derive(Debug, Serialize)]
pub(super) struct Shown<'a> {
    hub: &'a str,
    topic: &'a str,
    state: &'static str,
    lease_until: Option<DateTime<Utc>>,
    last_push_at: Option<DateTime<Utc>>,
    last_error: Option<&'a str>,
}

impl<'a> Shown<'a> {
    pub(super) fn of(held: &'a HubSubscription, now: DateTime<Utc>) -> Self {
        let state = match (held.is_alive(now), held.pending) {
            (true, _) => "active",
            (false, Some(_)) => "asked",
            (false, None) if held.last_error.is_some() => "refused",
            (false, None) => "waiting",
        };
        Self {
            hub: &held.hub.hub,
            topic: &held.hub.topic,
            state,
            lease_until: held.lease_until,
            last_push_at: held.last_push_at,
            last_error: held.last_error.as_deref(),
        }
    }

    /// One line.
    pub(super) fn said(&self, locale: Locale) -> String {
        let at = |instant: DateTime<Utc>| instant.format("%Y-%m-%d %H:%M UTC");
        let mut said = match (self.state, self.lease_until) {
            ("active", Some(until)) => locale.pick(
                format!("prévient des changements jusqu'au {}", at(until)),
                format!("tells of changes until {}", at(until)),
            ),
            ("asked", _) => {
                locale.pick("interrogé, sa confirmation est attendue", "asked, its confirmation is awaited").to_owned()
            }
            ("refused", _) => locale.pick("ne prévient pas des changements", "does not tell of changes").to_owned(),
            _ => locale.pick("sera interrogé par `veille serve`", "will be asked by `veille serve`").to_owned(),
        };
        if let Some(pushed) = self.last_push_at {
            said += &locale.pick(format!(", la dernière fois le {}", at(pushed)), format!(", the last time on {}", at(pushed)));
        }
        if let Some(error) = self.last_error {
            said += &format!(" ({error})");
        }
        format!("{} {said}", self.hub)
    }
}
