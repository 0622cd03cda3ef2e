//! robots.txt (RFC 9309): what a site asks of programs that read its pages.

use crate::{
    domain::fetching::{FailureKind, FetchFailure, sayable},
    fetch::{
        Inner, Trail, failure,
        walk::{Accept, MOST_REDIRECTS, Walk},
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use url::Url;

/// Section 2.5: at least this much of a file is read.
const READ_AT_MOST: usize = 500 << 10;
/// Section 2.4: no longer than this is a file believed.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// A site that could not be asked is asked again sooner.
const KEPT_UNREACHABLE: Duration = Duration::from_secs(60 * 60);
const REMEMBERED: usize = 1024;

/// What sites said lately, by origin.
pub(crate) struct RobotsCache {
    /// The product token of our `User-Agent`.
    token: String,
    known: Mutex<HashMap<String, Known>>,
}

struct Known {
    rules: Arc<Rules>,
    until: Instant,
}

impl RobotsCache {
    /// `user_agent` is what requests are signed with.
    pub(crate) fn new(user_agent: &str) -> Self {
        let token = user_agent.chars().take_while(|character| character.is_ascii_alphabetic() || "-_".contains(*character));
        Self { token: token.collect(), known: Mutex::default() }
    }

    fn get(&self, origin: &str) -> Option<Arc<Rules>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(origin).filter(|known| known.until > Instant::now()).map(|known| Arc::clone(&known.rules))
    }

    fn put(&self, origin: String, rules: &Arc<Rules>, kept: Duration) {
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, known| known.until > now);
        }
        known.insert(origin, Known { rules: Arc::clone(rules), until: now + kept });
    }
}

impl Inner {
    /// May this page be fetched?
    pub(crate) async fn check_robots(&self, url: &Url) -> Result<(), FetchFailure> {
        let origin = url.origin().ascii_serialization();
        let rules = match self.robots.get(&origin) {
            Some(rules) => rules,
            None => {
                let (rules, kept) = self.fetch_robots(url).await;
                let rules = Arc::new(rules);
                self.robots.put(origin, &rules, kept);
                rules
            }
        };
        if rules.allow(path_of(url)) {
            return Ok(());
        }
        let reason = match *rules {
            Rules::NothingAllowed => {
                format!("{}: robots.txt could not be read, so no page is; it is tried again", failure::host(url))
            }
            _ => format!(
                "{} forbids this page to programs (robots.txt); ask its publisher, or pause the source",
                failure::host(url)
            ),
        };
        Err(FetchFailure { kind: FailureKind::Refused, reason })
    }

    /// Section 2.3.1: found, unavailable (all is allowed), unreachable (nothing is).
    async fn fetch_robots(&self, url: &Url) -> (Rules, Duration) {
        let Ok(address) = url.join("/robots.txt") else { return (Rules::NothingAllowed, KEPT_UNREACHABLE) };
        let mut trail = Trail::default();
        let arrival = match Walk::new(self, address, Accept::ROBOTS).arrive(&mut trail).await {
            Ok(arrival) => arrival,
            Err(_) if trail.redirects.len() > MOST_REDIRECTS => return (Rules::AllAllowed, KEPT),
            Err(failure) => {
                tracing::debug!(url = sayable(url), "robots.txt not read: {failure}");
                return (Rules::NothingAllowed, KEPT_UNREACHABLE);
            }
        };
        match arrival.response.status().as_u16() {
            200..=299 => match tokio::time::timeout(arrival.budget, read_start(arrival.response)).await {
                Ok(Ok(text)) => (Rules::parse(&text, &self.robots.token), KEPT),
                Ok(Err(_)) | Err(_) => (Rules::NothingAllowed, KEPT_UNREACHABLE),
            },
            400..=499 => (Rules::AllAllowed, KEPT),
            _ => (Rules::NothingAllowed, KEPT_UNREACHABLE),
        }
    }
}

async fn read_start(mut response: reqwest::Response) -> reqwest::Result<Vec<u8>> {
    let mut text = Vec::new();
    while text.len() < READ_AT_MOST {
        let Some(chunk) = response.chunk().await? else { break };
        text.extend_from_slice(&chunk);
    }
    text.truncate(READ_AT_MOST);
    Ok(text)
}

fn path_of(url: &Url) -> &str {
    &url[url::Position::BeforePath..url::Position::AfterQuery]
}

/// The rules of one site that concern us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rules {
    /// No file, or no rule for us.
    AllAllowed,
    /// The file could not be read.
    NothingAllowed,
    /// Those of our group.
    Listed(Vec<Rule>),
}

/// One `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    verdict: Verdict,
    /// Percent-encoded in one way, `*` and a final `$` still in it.
    pattern: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Disallow,
    Allow,
}

impl Rules {
    /// Reads a file. All groups that name `token` count together; those for `*` count when none does.
    pub(crate) fn parse(file: &[u8], token: &str) -> Self {
        let text = String::from_utf8_lossy(file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file));
        let (mut ours, mut everybodys): (Vec<Rule>, Vec<Rule>) = (Vec::new(), Vec::new());
        let (mut named, mut in_ours, mut in_everybodys, mut heads_a_group) = (false, false, false, false);
        for (key, value) in text.split(['\n', '\r']).filter_map(key_and_value) {
            if key.eq_ignore_ascii_case("user-agent") {
                if !heads_a_group {
                    (in_ours, in_everybodys, heads_a_group) = (false, false, true);
                }
                in_ours |= names(value, token);
                in_everybodys |= value == "*";
                named |= in_ours;
                continue;
            }
            let verdict = match key {
                _ if key.eq_ignore_ascii_case("allow") => Verdict::Allow,
                _ if key.eq_ignore_ascii_case("disallow") => Verdict::Disallow,
                _ => continue,
            };
            heads_a_group = false;
            if value.is_empty() || !(in_ours || in_everybodys) {
                continue;
            }
            let rule = Rule { verdict, pattern: normalise(value) };
            if in_everybodys {
                everybodys.push(rule.clone());
            }
            if in_ours {
                ours.push(rule);
            }
        }
        let rules = if named { ours } else { everybodys };
        if rules.is_empty() { Self::AllAllowed } else { Self::Listed(rules) }
    }

    /// Section 2.2.2: the longest pattern that matches decides, `Allow` when two are as long; robots.txt itself is always allowed.
    pub(crate) fn allow(&self, path_and_query: &str) -> bool {
        match self {
            Self::AllAllowed => true,
            Self::NothingAllowed => path_and_query == "/robots.txt",
            Self::Listed(_) if path_and_query == "/robots.txt" => true,
            Self::Listed(rules) => {
                let path = normalise(path_and_query);
                let matching = rules.iter().filter(|rule| matches(&rule.pattern, &path));
                matching.map(|rule| (rule.pattern.len(), rule.verdict)).max().is_none_or(|(_, verdict)| verdict == Verdict::Allow)
            }
        }
    }
}

fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let content = line.split('#').next().unwrap_or_default();
    let (key, value) = content.split_once(':')?;
    Some((key.trim(), value.trim()))
}

/// The product token, up to the first character that cannot be in one, whatever its case.
fn names(value: &str, token: &str) -> bool {
    let end = value.find(|character: char| !character.is_ascii_alphabetic() && !"-_".contains(character)).unwrap_or(value.len());
    !token.is_empty() && value[..end].eq_ignore_ascii_case(token)
}

/// One spelling of percent-encoding: octets outside ASCII encoded, unreserved ones decoded, the rest in upper case.
fn normalise(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut normal = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let encoded = bytes.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        let octet = encoded.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match octet {
            Some(octet) if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) => normal.push(char::from(octet)),
            Some(octet) => normal.push_str(&format!("%{octet:02X}")),
            None if byte.is_ascii() => normal.push(char::from(byte)),
            None => normal.push_str(&format!("%{byte:02X}")),
        }
        at += if octet.is_some() { 3 } else { 1 };
    }
    normal
}

/// `*` stands for any characters, a final `$` for the end. Linear but for the stars, each of which takes the leftmost match.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return !anchored || rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if anchored && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, path: &str, allowed: bool) {
        assert_eq!(Rules::parse(file.as_bytes(), "veille").allow(path), allowed, "{path} under {file:?}");
    }

    #[test]
    fn f22_groups() {
        check("", "/x", true);
        check("User-agent: *\nDisallow: /", "/x", false);
        check("User-agent: *\nDisallow: /", "/robots.txt", true);
        check("User-agent: *\nDisallow:", "/x", true);
        check("User-agent: *\nDisallow: /\n\nUser-agent: Veille\nDisallow: /private", "/x", true);
        check("User-agent: *\nDisallow: /\n\nUser-agent: Veille\nDisallow: /private", "/private/x", false);
        check("User-agent: veille\n\nUser-agent: other\nDisallow: /x", "/x", false);
        check("User-agent: veille\nUser-agent: other\nDisallow: /x", "/x", false);
        check("User-agent: other\nDisallow: /\nUser-agent: *\nAllow: /", "/x", true);
        check("User-agent: veille/1.0\nDisallow: /x", "/x", false);
        check("User-agent: veilleuse\nDisallow: /x", "/x", true);
        check("User-agent: veille\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: veille\nDisallow: /c", "/c", false);
        check("User-agent: veille\nAllow: /\nUser-agent: *\nDisallow: /", "/x", true);
        check("User-agent: veille\nDisallow:\nUser-agent: *\nDisallow: /", "/x", true);
        check("\u{feff}User-agent: *\nDisallow: /x", "/x", false);
        check("USER-AGENT : *\r\nDISALLOW : /x # why", "/x", false);
        check("User-agent: *\nSitemap: https://x/s.xml\nDisallow: /x", "/x", false);
        check("Disallow: /x", "/x", true);
        check("<html><body>not a robots file</body></html>", "/x", true);
    }

    #[test]
    fn f22_the_longest_match_decides() {
        let file = "User-agent: *\nDisallow: /page\nAllow: /page/open\nDisallow: /*.pdf$\nDisallow: /q?secret=\nAllow: /same\nDisallow: /same";
        for (path, allowed) in [
            ("/page", false),
            ("/pages", false),
            ("/page/open", true),
            ("/page/open/x", true),
            ("/a.pdf", false),
            ("/a.pdf?x", true),
            ("/a.pdfx", true),
            ("/q?secret=1", false),
            ("/q?public=1", true),
            ("/same", true),
            ("/Page", true),
            ("/other", true),
        ] {
            check(file, path, allowed);
        }
    }

    #[test]
    fn f22_percent_encoding_has_one_meaning() {
        check("User-agent: *\nDisallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", false);
        check("User-agent: *\nDisallow: /foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", false);
        check("User-agent: *\nDisallow: /foo/bar/%62%61%7A", "/foo/bar/baz", false);
        check("User-agent: *\nDisallow: /a%2Fb", "/a/b", true);
        check("User-agent: *\nDisallow: /fish*", "/fish.html", false);
        check("User-agent: *\nDisallow: /a*b*c$", "/aXbYcZc", false);
        check("User-agent: *\nDisallow: /a*b*c$", "/aXbYcZ", true);
        check("User-agent: *\nDisallow: *", "/x", false);
        check("User-agent: *\nDisallow: /x$", "/x", false);
        check("User-agent: *\nDisallow: /x$", "/xy", true);
        check("User-agent: *\nDisallow: /$", "/", false);
        check("User-agent: *\nDisallow: /%", "/%", false);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(file: Vec<u8>, lines in "([Uu]ser-agent: [*a-z]{0,3}\n(Disallow|Allow): /[*$%é]{0,8}\n){0,4}", path in "/.{0,20}") {
            let _ = Rules::parse(&file, "veille").allow(&path);
            let _ = Rules::parse(lines.as_bytes(), "veille").allow(&path);
        }
    }
}
