//! The `Link` field of HTTP (RFC 8288), as far as WebSub needs it: hubs, and the address that a feed gives itself.

use crate::{domain::entry::Elsewhere, pipeline::parse::Links};
use url::Url;

/// The links of the fields of one answer. Relative addresses are resolved against `base`. What cannot be read is left out.
pub fn elsewhere<'a>(fields: impl IntoIterator<Item = &'a str>, base: Option<&Url>) -> Elsewhere {
    let mut links = Links::default();
    for (address, relations) in fields.into_iter().flat_map(links_of) {
        let absolute = match base {
            Some(base) => base.join(address).ok().map(String::from),
            None => Url::parse(address).ok().map(String::from),
        };
        // A hub compares the address of a feed letter by letter: what is absolute stays as it was written.
        let address = if Url::parse(address).is_ok() { Some(address.to_owned()) } else { absolute };
        relations.split_ascii_whitespace().for_each(|relation| links.take(&relation.to_ascii_lowercase(), address.clone()));
    }
    links.finish()
}

/// `<address>; rel="a b"; …, <address>; …`
fn links_of(field: &str) -> Vec<(&str, String)> {
    let mut links = Vec::new();
    let mut rest = field;
    while let Some((address, after)) = rest.split_once('<').and_then(|(_, after)| after.split_once('>')) {
        let (parameters, next) = after.split_at(end_of(b',', after));
        links.push((address.trim(), relation(parameters)));
        rest = next;
    }
    links
}

/// Where the next separator stands; one inside quotes does not count.
fn end_of(separator: u8, text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == separator && !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// Section 3.3: the first `rel` counts.
fn relation(parameters: &str) -> String {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (parameter, next) = rest.split_at(end_of(b';', rest));
        if let Some((_, value)) = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel")) {
            return value.trim().trim_matches('"').to_owned();
        }
        rest = next.strip_prefix(';').unwrap_or_default();
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[&str], hubs: &[&str], own: Option<&str>) {
        let found = elsewhere(fields.iter().copied(), Url::parse("https://a.example/feed").ok().as_ref());
        assert_eq!((found.hubs, found.own.as_deref()), (hubs.iter().map(ToString::to_string).collect(), own), "{fields:?}");
    }

    #[test]
    fn f20_links_in_a_header() {
        let (hub, own) = ("https://hub.example/", "https://a.example/Feed?x=1,2");
        check(&[r#"<https://hub.example/>; rel="hub", <https://a.example/Feed?x=1,2>; rel="self""#], &[hub], Some(own));
        check(&["<https://hub.example/>; REL=hub", "<https://a.example/Feed?x=1,2>;rel=self"], &[hub], Some(own));
        check(&[r#"<https://hub.example/>; title="a, <b>; rel=x"; rel="hub""#], &[hub], None);
        check(&[r#"</feed>; rel="self hub""#], &["https://a.example/feed"], Some("https://a.example/feed"));
        check(&[r#"<https://a.example/style.css>; rel="stylesheet""#], &[], None);
        check(&["<mailto:x@example.org>; rel=hub", "<", "<>", "rel=hub", "<https://x"], &[], None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(field in "[<>;,=\"\\\\ a-zé/:]{0,40}") {
            let _ = elsewhere([field.as_str()], None);
        }
    }
}
