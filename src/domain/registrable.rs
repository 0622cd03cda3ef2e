//! The part of a host name that somebody registered: "example.co.uk" of "www.example.co.uk", by the Public Suffix List.

use psl::{Info, Psl};

/// The list, asked by one kind of iterator: it is compiled to code, once for each kind, and that is a fiftieth of the program.
struct Suffixes;

impl Psl for Suffixes {
    fn find<'a, T: Iterator<Item = &'a [u8]>>(&self, mut labels: T) -> Info {
        let labels: &mut dyn Iterator<Item = &'a [u8]> = &mut labels;
        psl::List.find(labels)
    }
}

/// The registrable domain of a host name in lower case, without its final dot. `None` for a public suffix by itself, and for an address: it
/// belongs to nobody's domain.
///
/// ```
/// use veille::domain::registrable::registrable_domain;
/// assert_eq!(registrable_domain("www.example.co.uk"), Some("example.co.uk"));
/// assert_eq!(registrable_domain("someone.github.io"), Some("someone.github.io"));
/// for none in ["co.uk", "127.0.0.1", "[::1]", ""] {
///     assert_eq!(registrable_domain(none), None, "{none}");
/// }
/// ```
pub fn registrable_domain(host: &str) -> Option<&str> {
    let is_address = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
    let domain = if is_address { None } else { Suffixes.domain(host.as_bytes()) };
    domain.and_then(|domain| std::str::from_utf8(domain.trim().as_bytes()).ok())
}

/// The registrable domain of a host name, or the whole name where there is none.
pub fn registrable_or_whole(host: &str) -> &str {
    registrable_domain(host).unwrap_or(host)
}
