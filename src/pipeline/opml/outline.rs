//! One `<outline>` tag.

use quick_xml::events::BytesStart;
use regex::Regex;
use std::sync::LazyLock;

#[expect(clippy::expect_used, reason = "invariant: a constant pattern, used by a test")]
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\s(text|title|type|xmlurl|htmlurl|url|language|category)\s*=\s*(?:"([^"]*)"|'([^']*)')"#)
        .expect("invariant: a valid pattern")
});

/// The attributes that count, whatever their case.
#[derive(Debug, Default)]
pub(super) struct Outline {
    text: Option<String>,
    title: Option<String>,
    kind: Option<String>,
    feed: Option<String>,
    /// `htmlUrl`.
    pub(super) site: Option<String>,
    url: Option<String>,
    /// `language`.
    pub(super) language: Option<String>,
    category: Option<String>,
}

impl Outline {
    /// Reads a tag.
    pub(super) fn of(element: &BytesStart<'_>) -> Self {
        let mut outline = Self::default();
        // Attributes without value or quotes are passed over, not stumbled on.
        for attribute in element.html_attributes().with_checks(false).filter_map(Result::ok) {
            outline.set(attribute.key.as_ref(), &attribute.value);
        }
        outline
    }

    /// Reads a tag whose quotes do not pair up: what stands between equal quotes right behind a known name.
    pub(super) fn of_broken(tag: &str) -> Self {
        let mut outline = Self::default();
        for found in ATTRIBUTE.captures_iter(tag) {
            let value = found.get(2).or(found.get(3)).map_or("", |value| value.as_str());
            outline.set(&found[1], value);
        }
        outline
    }

    /// `text`, else `title`.
    pub(super) fn title(&self) -> Option<&str> {
        self.text.as_deref().or(self.title.as_deref())
    }

    /// The first value of an attribute counts.
    fn set(&mut self, name: &str, value: &str) {
        let field = match name.to_ascii_lowercase().as_str() {
            "text" => &mut self.text,
            "title" => &mut self.title,
            "type" => &mut self.kind,
            "xmlurl" => &mut self.feed,
            "htmlurl" => &mut self.site,
            "url" => &mut self.url,
            "language" => &mut self.language,
            "category" => &mut self.category,
            _ => return,
        };
        if field.is_none() {
            *field = plain(value);
        }
    }

    /// It was meant to be a feed or a site, not a group.
    pub(super) fn is_subscription(&self) -> bool {
        let kind = self.kind.as_deref().unwrap_or_default();
        self.site.is_some() || ["rss", "atom", "include", "link"].iter().any(|known| kind.eq_ignore_ascii_case(known))
    }

    /// `xmlUrl`; some programs write `url` beside a type that says feed.
    pub(super) fn feed_address(&self) -> Option<&str> {
        let is_feed =
            self.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("rss") || kind.eq_ignore_ascii_case("atom"));
        self.feed.as_deref().or(self.url.as_deref().filter(|_| is_feed))
    }

    /// `category`: paths parted by commas, their steps by slashes.
    pub(super) fn categories(&self) -> Vec<Vec<String>> {
        let paths = self.category.as_deref().unwrap_or_default().split(',');
        let steps = |path: &str| path.split('/').map(str::trim).filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let paths: Vec<Vec<String>> = paths.map(steps).collect();
        paths.into_iter().filter(|path| !path.is_empty()).collect()
    }
}

/// One line of plain text, or nothing.
pub(super) fn plain(raw: &str) -> Option<String> {
    let text = html_escape::decode_html_entities(raw);
    let line =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}
