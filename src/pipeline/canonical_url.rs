//! One spelling for one address.
//!
//! Only what never changes the page is touched: see RFC 3986, section 6.2.2 and 6.2.3, and the URL Standard for parsing. `http` and
//! `https`, `www.`, mobile and AMP hosts, a final slash, `index.html` and the order of parameters are kept, since a site may answer
//! differently.
//!
//! ```
//! use veille::pipeline::canonical_url::canonical_url;
//! let url = canonical_url("HTTPS://Example.ORG:443/a/../actu?id=7&utm_source=rss#suite");
//! assert_eq!(url.as_deref(), Some("https://example.org/actu?id=7"));
//! ```

use crate::pipeline::tracking::is_tracking_parameter;
use url::Url;

/// The canonical spelling of an absolute http(s) address: lower-case scheme and host (in ASCII, as IDNA says), no default port,
/// user name, fragment (except `#!`, which chooses a page) or tracking parameter, dot segments resolved, percent-encoding only where
/// needed and in capitals. Idempotent. `None` for anything else.
pub fn canonical_url(url: &str) -> Option<String> {
    let mut url = Url::parse(url.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    without_final_dot(&mut url)?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let path = normal_escapes(without_session(url.path()));
    url.set_path(&path);
    let query = url.query().map(|query| kept_parameters(&normal_escapes(query))).filter(|query| !query.is_empty());
    url.set_query(query.as_deref());
    let fragment = url.fragment().filter(|fragment| fragment.starts_with('!')).map(normal_escapes);
    url.set_fragment(fragment.as_deref());
    Some(url.into())
}

/// `example.org.` is `example.org`.
fn without_final_dot(url: &mut Url) -> Option<()> {
    let host = url.host_str()?;
    let bare = host.trim_end_matches('.');
    if bare.len() < host.len() {
        let bare = bare.to_owned();
        url.set_host(Some(&bare)).ok()?;
    }
    Some(())
}

/// Java servers write the visitor's session into the path.
fn without_session(path: &str) -> &str {
    match path.to_ascii_lowercase().find(";jsessionid=") {
        Some(at) if !path[at..].contains('/') => &path[..at],
        _ => path,
    }
}

fn kept_parameters(query: &str) -> String {
    let kept =
        |parameter: &&str| !parameter.is_empty() && !is_tracking_parameter(parameter.split('=').next().unwrap_or_default());
    query.split('&').filter(kept).collect::<Vec<_>>().join("&")
}

/// RFC 3986, 6.2.2: escapes in capitals, none for unreserved characters; a `%` that begins none is escaped itself.
fn normal_escapes(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        normal.push_str(before);
        let escaped = after.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => normal.push(char::from(byte)),
            Some(byte) => normal.push_str(&format!("%{byte:02X}")),
            None => normal.push_str("%25"),
        }
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    normal.push_str(rest);
    normal
}

#[cfg(test)]
mod tests {
    use super::canonical_url;
    use proptest::prelude::*;

    fn check(url: &str, expect: &str) {
        assert_eq!(canonical_url(url).as_deref(), Some(expect), "{url}");
    }

    #[test]
    fn writes_one_address_one_way() {
        for (url, expect) in [
            ("HTTP://Example.ORG", "http://example.org/"),
            ("  https://example.org:443/a\n", "https://example.org/a"),
            ("http://example.org:8080/a", "http://example.org:8080/a"),
            ("https://example.org./a", "https://example.org/a"),
            ("https://user:word@example.org/a", "https://example.org/a"),
            ("https://example.org/a/./b/../c", "https://example.org/a/c"),
            ("https://example.org/%7euser/%c3%a9t%C3%A9", "https://example.org/~user/%C3%A9t%C3%A9"),
            ("https://example.org/été", "https://example.org/%C3%A9t%C3%A9"),
            ("https://économie.gouv.fr/a", "https://xn--conomie-9xa.gouv.fr/a"),
            ("https://example.org/a#suite", "https://example.org/a"),
            ("https://example.org/a#!/b", "https://example.org/a#!/b"),
            ("https://example.org/a?", "https://example.org/a"),
            ("https://example.org/a?&", "https://example.org/a"),
            ("https://example.org/a?utm_source=rss&id=7&FBCLID=x&b=1", "https://example.org/a?id=7&b=1"),
            ("https://example.org/a?utm%5fsource=rss", "https://example.org/a"),
            ("https://example.org/a;jsessionid=0A1B?id=2", "https://example.org/a?id=2"),
            ("https://example.org/100%-pur?q=50%", "https://example.org/100%25-pur?q=50%25"),
            ("https://example.org/%2%65", "https://example.org/%252e"),
            ("https://example.org/?xtor=RSS-1", "https://example.org/"),
        ] {
            check(url, expect);
        }
    }

    #[test]
    fn keeps_different_pages_apart() {
        for page in [
            "https://example.org/index.php?id=7",
            "https://example.org/index.php?id=8",
            "https://example.org/index.php?ID=7",
            "https://example.org/a?b=1&a=2",
            "https://example.org/a?a=2&b=1",
            "https://example.org/a?p=",
            "https://example.org/a?p",
            "https://example.org/a?q=x%26y",
            "https://example.org/a?q=x&y",
            "https://example.org/a%2Fb",
            "https://example.org/a/b",
            "https://example.org/a/b/",
            "https://example.org/A/b",
            "https://www.example.org/a",
            "https://m.example.org/a",
            "http://example.org/a",
            "https://wired.com/a",
            "https://eur-lex.europa.eu/legal-content/FR/TXT/?uri=CELEX:32024R1689",
            "https://example.org/a?ref=2&source=3",
        ] {
            check(page, page);
        }
    }

    #[test]
    fn refuses_what_is_no_web_address() {
        for other in
            ["", "a", "/a", "//example.org/a", "mailto:a@example.org", "ftp://example.org/", "data:,x", "https://", "urn:isbn:1"]
        {
            assert_eq!(canonical_url(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn is_idempotent(path in r"[a-zA-Z0-9/%.~é;?&=#! +_:-]{0,40}", host in r"[a-zA-Zé.-]{1,12}") {
            if let Some(once) = canonical_url(&format!("https://{host}/{path}")) {
                prop_assert_eq!(canonical_url(&once), Some(once.clone()));
            }
        }

        #[test]
        fn never_panics(text in r"\PC{0,60}") {
            if let Some(once) = canonical_url(&text) {
                prop_assert_eq!(canonical_url(&once), Some(once.clone()));
            }
        }

        #[test]
        fn never_merges_the_pages_of_a_query(a in 0_u32..1000, b in 0_u32..1000, name in "(id|p|page|article|ref|q)") {
            let page = |n: u32| canonical_url(&format!("https://example.org/?{name}={n}"));
            prop_assert_eq!(page(a) == page(b), a == b);
        }
    }
}
