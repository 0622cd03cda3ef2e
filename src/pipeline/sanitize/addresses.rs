//! Addresses inside HTML: which may stay, what they are relative to, and what in them only follows readers.

use crate::pipeline::tracking::is_tracking_parameter;
use std::borrow::Cow;
use url::Url;

/// The address as it may stand in our HTML: absolute where `base` allows, without tracking parameters. `None` when its scheme
/// is none that only names a page, a picture or a mailbox.
pub(super) fn address(written: &str, base: Option<&Url>) -> Option<String> {
    let trimmed = written.trim_matches(|c: char| c <= ' ');
    let cleaned = if trimmed.chars().any(char::is_control) {
        trimmed.chars().filter(|c| !c.is_control()).collect()
    } else {
        trimmed.to_owned()
    };
    let address = match scheme(&cleaned) {
        Some(scheme) if ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => cleaned,
        Some(_) => return None,
        None => match base.and_then(|base| base.join(&cleaned).ok()) {
            Some(joined) => return address(joined.as_str(), None),
            None if cleaned.starts_with("//") => format!("https:{cleaned}"),
            None => cleaned,
        },
    };
    Some(match without_tracking(&address) {
        Cow::Owned(shorter) => shorter,
        Cow::Borrowed(_) => address,
    })
}

/// What stands before the first colon, unless a slash, a question mark or a hash comes before it.
fn scheme(address: &str) -> Option<&str> {
    let end = address.find([':', '/', '?', '#', '\\'])?;
    (address.as_bytes()[end] == b':').then(|| &address[..end])
}

/// The address without its tracking parameters, everything else untouched.
fn without_tracking(address: &str) -> Cow<'_, str> {
    let (rest, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let Some((page, query)) = rest.split_once('?') else { return Cow::Borrowed(address) };
    let follows = |parameter: &&str| is_tracking_parameter(parameter.split('=').next().unwrap_or_default());
    if !query.split('&').any(|parameter| follows(&parameter)) {
        return Cow::Borrowed(address);
    }
    let kept: Vec<&str> = query.split('&').filter(|parameter| !follows(parameter)).collect();
    let separator = if kept.is_empty() { "" } else { "?" };
    Cow::Owned(format!("{page}{separator}{}{fragment}", kept.join("&")))
}

/// Whether a picture is there to count readers: no larger than a dot, or from a host that does only that.
pub(super) fn is_pixel(source: &str, width: Option<&str>, height: Option<&str>) -> bool {
    let dot = |size: Option<&str>| size.is_some_and(|size| matches!(size.trim().trim_end_matches("px"), "0" | "1"));
    if dot(width) && dot(height) {
        return true;
    }
    let rest = source.split_once("//").map_or(source, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    COUNTERS.iter().any(|counter| host == *counter || host.strip_suffix(counter).is_some_and(|rest| rest.ends_with('.')))
        || (host.ends_with("feedburner.com") && path.starts_with("/~r/"))
        || path.ends_with("/mf.gif")
}

/// Hosts that serve pixels and nothing else.
const COUNTERS: [&str; 18] = [
    "2o7.net",
    "b.scorecardresearch.com",
    "doubleclick.net",
    "facebook.com",
    "feedsportal.com",
    "google-analytics.com",
    "googletagmanager.com",
    "imrworldwide.com",
    "list-manage.com",
    "open.substack.com",
    "pi.feedsportal.com",
    "pixel.quantserve.com",
    "pixel.wp.com",
    "quantserve.com",
    "stats.wordpress.com",
    "statcounter.com",
    "sb.scorecardresearch.com",
    "xiti.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_what_acts_and_what_follows() {
        let base = Url::parse("https://ex.fr/a/b").unwrap();
        for (written, expected) in [
            ("c?x=1&utm_source=rss&y=2#z", Some("https://ex.fr/a/c?x=1&y=2#z")),
            ("https://o.fr/?fbclid=1", Some("https://o.fr/")),
            ("//o.fr/p", Some("https://o.fr/p")),
            ("mailto:a@b.fr", Some("mailto:a@b.fr")),
            ("javascript:alert(1)", None),
            (" java\nscript:alert(1)", None),
            ("data:text/html,x", None),
            ("?q=a:b", Some("https://ex.fr/a/b?q=a:b")),
        ] {
            assert_eq!(address(written, Some(&base)).as_deref(), expected, "{written}");
        }
        assert_eq!(address("img/a.png", None).as_deref(), Some("img/a.png"));
    }
}
