//! Namespaces, folded to the few that matter, whatever the spelling of their address.

use std::borrow::Cow;

/// What vocabulary an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// That of the root: the feed's own format.
    Native,
    /// Atom 1.0 or 0.3, by prefix.
    Atom,
    /// Any RSS or the "simple" RDF, by prefix.
    Rss,
    /// RDF syntax.
    Rdf,
    /// Dublin Core elements.
    Dc,
    /// Dublin Core terms.
    DcTerms,
    /// `content:encoded`.
    Content,
    /// `sy:updatePeriod`.
    Syndication,
    /// Apple's podcast elements.
    Itunes,
    /// Media RSS.
    Media,
    /// FeedBurner.
    Feedburner,
    /// Markup.
    Xhtml,
    /// `xml:lang`, `xml:base`.
    Xml,
    /// Anything else.
    Other,
}

impl Ns {
    /// From a namespace address: scheme, case, final slash and hash make no difference.
    pub(super) fn of_uri(uri: &str) -> Option<Self> {
        let uri = fold(uri);
        Some(match uri.as_str() {
            "www.w3.org/2005/atom" | "purl.org/atom/ns" | "www.w3.org/2005/atom/" => Self::Atom,
            "purl.org/rss/1.0" | "purl.org/net/rss1.1" | "purl.org/rss/0.9" | "my.netscape.com/rdf/simple/0.9" => Self::Rss,
            "channel.netscape.com/rdf/simple/0.9" | "blogs.law.harvard.edu/tech/rss" => Self::Rss,
            "my.netscape.com/publish/formats/rss-0.91.dtd" => Self::Rss,
            "www.w3.org/1999/02/22-rdf-syntax-ns" => Self::Rdf,
            "purl.org/dc/terms" => Self::DcTerms,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/rss/1.0/modules/syndication" => Self::Syndication,
            "search.yahoo.com/mrss" | "api.twitter.com/mrss" => Self::Media,
            "rssnamespace.org/feedburner/ext/1.0" => Self::Feedburner,
            "www.w3.org/1999/xhtml" => Self::Xhtml,
            "www.w3.org/xml/1998/namespace" => Self::Xml,
            other if other.starts_with("purl.org/dc/elements") => Self::Dc,
            other if other.starts_with("backend.userland.com/rss") => Self::Rss,
            other if other.ends_with("itunes.com/dtds/podcast-1.0.dtd") || other.ends_with("/dtds/podcast-1.0.dtd") => {
                Self::Itunes
            }
            other if other.starts_with("purl.org/rss/1.0/modules/rss091") => Self::Rss,
            _ => return None,
        })
    }

    /// From a prefix that nothing declares, or that is declared with an address nobody knows: what people mean by it.
    pub(super) fn of_prefix(prefix: &str) -> Self {
        match prefix {
            "atom" | "a10" | "atom10" | "atom03" => Self::Atom,
            "rss" => Self::Rss,
            "rdf" => Self::Rdf,
            "dc" => Self::Dc,
            "dcterms" => Self::DcTerms,
            "content" => Self::Content,
            "sy" => Self::Syndication,
            "itunes" => Self::Itunes,
            "media" => Self::Media,
            "feedburner" => Self::Feedburner,
            "xhtml" => Self::Xhtml,
            "xml" => Self::Xml,
            _ => Self::Other,
        }
    }
}

/// A namespace address without what people vary in it.
pub(super) fn fold(uri: &str) -> String {
    let uri = uri.trim().to_ascii_lowercase();
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")).unwrap_or(&uri);
    rest.trim_end_matches(['/', '#']).to_owned()
}

/// Elements of any feed format that hold text and never another of these: one that opens inside another shows that the end tag
/// of the first is missing.
pub(super) fn is_leaf(name: &str) -> bool {
    matches!(
        name,
        "title"
            | "link"
            | "guid"
            | "pubdate"
            | "description"
            | "summary"
            | "id"
            | "updated"
            | "published"
            | "comments"
            | "category"
            | "language"
            | "copyright"
            | "generator"
            | "docs"
            | "ttl"
            | "managingeditor"
            | "webmaster"
            | "lastbuilddate"
            | "creator"
            | "date"
            | "encoded"
            | "issued"
            | "modified"
            | "created"
            | "tagline"
            | "subtitle"
            | "uri"
            | "email"
    )
}

/// The units of a feed: they never nest.
pub(super) fn is_entry(name: &str) -> bool {
    matches!(name, "item" | "entry")
}

/// Elements that a feed document can have as its root.
pub(super) fn is_root(name: &str) -> bool {
    matches!(name, "rss" | "feed" | "rdf" | "channel" | "entry" | "item")
}

/// The name without its prefix, lower case.
pub(super) fn local_name(raw: &str) -> Cow<'_, str> {
    let local = raw.rsplit_once(':').map_or(raw, |(_, local)| local);
    if local.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(local.to_ascii_lowercase()) } else { Cow::Borrowed(local) }
}
