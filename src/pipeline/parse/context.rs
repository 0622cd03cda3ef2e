//! What the reading of any element depends on.

use crate::{
    domain::fetching::StatedDate,
    pipeline::parse::{
        construct::Dialect,
        dates::{self, DayOrder},
        text,
        tree::Element,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

/// No server must take a longer request line (RFC 9110, section 4.1, asks for 8,000 octets).
const LONGEST_ADDRESS: usize = 8_192;

/// Schemes whose addresses run something, or open something of the reader's own machine, rather than name a page.
const ACTING: [&str; 12] = [
    "javascript",
    "vbscript",
    "livescript",
    "mocha",
    "data",
    "blob",
    "filesystem",
    "file",
    "jar",
    "view-source",
    "about",
    "intent",
];

/// The surroundings of an entry.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// What text elements are when they do not say.
    pub(super) dialect: Dialect,
    /// What relative links are relative to.
    pub(super) base: Option<Url>,
    /// Which of two numbers is the day.
    pub(super) day_order: DayOrder,
    /// To tell impossible dates.
    pub(super) now: DateTime<Utc>,
}

impl Context {
    /// The same inside `element`, with its `xml:base`.
    pub(super) fn inside(&self, element: Element<'_, '_>) -> Self {
        let base = element.attribute("xml:base").and_then(|base| self.resolve(&base)).and_then(|base| Url::parse(&base).ok());
        Self { base: base.or_else(|| self.base.clone()), ..self.clone() }
    }

    /// The address absolute where it can be; `None` when it is empty or endless, or when following it
    /// would run something.
    pub(super) fn resolve(&self, written: &str) -> Option<String> {
        let address = text::address(written).filter(|address| address.len() <= LONGEST_ADDRESS)?;
        if let Some(scheme) = scheme(&address) {
            let acts = ACTING.iter().any(|name| scheme.eq_ignore_ascii_case(name));
            return (!acts).then_some(address);
        }
        let joined = self.base.as_ref().and_then(|base| base.join(&address).ok());
        Some(joined.map_or(address, String::from))
    }

    /// The date that `written` states, or the text again when it states none that is possible.
    pub(super) fn date(&self, written: &str) -> Result<StatedDate, String> {
        let date = dates::parse(written, self.day_order);
        date.filter(|date| self.is_possible(date)).ok_or_else(|| text::line(&written.chars().take(200).collect::<String>()))
    }

    /// Whether it is a date that may become possible as time passes.
    pub(super) fn is_early(&self, written: &str) -> bool {
        dates::parse(written, self.day_order).is_some_and(|date| date.at > self.now)
    }

    /// Nothing was published at the very second from which computers count, nor later than a day from now.
    fn is_possible(&self, date: &StatedDate) -> bool {
        date.at.timestamp() != 0 && date.at <= self.now + TimeDelta::days(1)
    }
}

/// What stands before the first colon, if it has the shape of a scheme: such an address needs no base.
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let shaped = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    shaped.then_some(scheme)
}
