//! An entry becomes an item: one line of title, canonical address, key, language, summary, references, and a hash of it all.

use crate::{
    domain::{
        entry::{Author, Entry, ParsedFeed, RefusedEntry},
        item::{ItemKey, NewItem},
        recognition::Recognition,
        source::Source,
    },
    pipeline::{
        canonical_url::canonical_url,
        excerpt::{clean, shorten},
        familiar::Familiar,
        identifiers::identifiers,
        identity::base_key,
        language::language,
        sanitize,
    },
};

/// A summary is about that long. Characters.
const SUMMARY: usize = 500;
/// A publisher's own summary may be a little longer before it is cut.
const OWN_SUMMARY: usize = 700;
/// Longer titles are texts put in the wrong place.
const TITLE: usize = 300;
/// A title made from a text that has none.
const MADE_TITLE: usize = 100;
/// Links kept of a body.
const LINKS: usize = 100;
/// Bytes of an empty entry kept in quarantine.
const REFUSED: usize = 64 << 10;

/// What a document holds.
#[derive(Debug, Default)]
pub struct Normalized {
    /// Its items, oldest first. One that was recognised holds only what tells which it is.
    pub items: Vec<NewItem>,
    /// What recognition says of each.
    pub recognitions: Vec<Recognition>,
    /// The entries that say nothing at all, and those that could not be read.
    pub refused: Vec<RefusedEntry>,
}

/// The items of a document, oldest first, and the entries that say nothing at all.
pub fn normalize(feed: ParsedFeed, source: &Source) -> (Vec<NewItem>, Vec<RefusedEntry>) {
    let Normalized { items, refused, .. } = normalize_unfamiliar(feed, source, &Familiar::nothing(source));
    (items, refused)
}

/// As [`normalize`]; the items of the entries that were recognised are those that `familiar` remembers.
///
/// Order: by publication date where every entry has one, else the reverse of the document's, which lists the newest first.
pub fn normalize_unfamiliar(feed: ParsedFeed, source: &Source, familiar: &Familiar) -> Normalized {
    let ParsedFeed { entries, mut refused, language, authors, .. } = feed;
    let signed = FeedFacts { language: language.or_else(|| source.language.clone()), authors };
    let mut items = Vec::with_capacity(entries.len());
    for entry in entries.into_iter().rev() {
        let recognition = entry.recognition;
        let item = familiar.item(recognition).cloned().map_or_else(|| normalized(entry, &signed, source), Ok);
        match item {
            Ok(item) => items.push((item, recognition)),
            Err(empty) => refused.push(empty),
        }
    }
    if items.iter().all(|(item, _)| item.published.is_some()) {
        items.sort_by_key(|(item, _)| item.published.map(|date| date.at));
    }
    let (items, recognitions) = items.into_iter().unzip();
    Normalized { items, recognitions, refused }
}

/// What an entry that does not say inherits.
struct FeedFacts {
    language: Option<String>,
    authors: Vec<String>,
}

fn normalized(entry: Entry, feed: &FeedFacts, source: &Source) -> Result<NewItem, RefusedEntry> {
    // A feed service that counts clicks says where the page really is.
    let url = [&entry.original_link, &entry.link].into_iter().flatten().find_map(|link| canonical_url(link));
    let (content_html, content_text) = body(&entry);
    let own_summary = entry.summary.as_deref().map(own_summary).unwrap_or_default();
    let summary = match &content_text {
        _ if !own_summary.is_empty() => own_summary,
        Some(text) => shorten(&clean(beginning(text)), SUMMARY),
        None => String::new(),
    };
    let Some(title) = title(&entry.title, &summary, url.as_deref()) else { return Err(empty(&entry)) };
    let links = content_html.as_deref().map(links).unwrap_or_default();
    let text = content_text.as_deref().unwrap_or(&summary);
    let mut item = NewItem {
        key: ItemKey(String::new()),
        identifiers: identifiers(&title, text, &with_address(&links, url.as_deref())),
        language: language(entry.language.as_deref().or(feed.language.as_deref()), &format!("{title}\n{text}")),
        authors: authors(entry.authors, feed),
        published: entry.published,
        updated: entry.updated,
        unreadable_date: entry.unreadable_date.as_deref().map(|date| shorten(&clean(date), 100)),
        categories: categories(&entry.categories),
        content_hash: [0; 32],
        url,
        title,
        summary,
        content_html,
        content_text,
        links,
    };
    item.key = base_key(entry.id.as_deref(), &item, source);
    item.content_hash = item.hash();
    Ok(item)
}

/// The body; a summary too long to be one is kept whole as the body of an entry that has none.
fn body(entry: &Entry) -> (Option<String>, Option<String>) {
    let html = entry.content_html.clone().filter(|html| !html.trim().is_empty());
    let text = entry.content_text.clone().filter(|text| !text.trim().is_empty());
    match (html, text, &entry.summary) {
        (None, None, Some(summary)) if summary.chars().nth(OWN_SUMMARY).is_some() => {
            (Some(paragraphs(summary)), Some(summary.clone()))
        }
        (None, Some(text), _) => (Some(paragraphs(&text)), Some(text)),
        (html, text, _) => (html, text),
    }
}

fn paragraphs(text: &str) -> String {
    let paragraph = |line: &str| format!("<p>{}</p>", html_escape::encode_text(line.trim()));
    text.lines().filter(|line| !line.trim().is_empty()).map(paragraph).collect()
}

/// A publisher's own summary. Some give the whole text under that name: its beginning will do.
fn own_summary(stated: &str) -> String {
    let is_long = |text: &str| text.chars().nth(OWN_SUMMARY).is_some();
    let head = clean(beginning(stated));
    let cleaned = if is_long(&head) || beginning(stated).len() == stated.len() { head } else { clean(stated) };
    shorten(&cleaned, if is_long(&cleaned) { SUMMARY } else { OWN_SUMMARY })
}

/// No summary needs more of a body than that, however long it is.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(SUMMARY * 4)]
}

/// The title as stated, else the beginning of the text, else the address. `None` when the entry says nothing.
fn title(stated: &str, summary: &str, url: Option<&str>) -> Option<String> {
    let cleaned = clean(stated);
    let title = if cleaned.is_empty() { shorten(summary, MADE_TITLE) } else { shorten(&cleaned, TITLE) };
    if title.is_empty() { url.map(str::to_owned) } else { Some(title) }
}

fn empty(entry: &Entry) -> RefusedEntry {
    // Whatever it did say, for whoever asks the publisher: an id, keywords.
    let said = entry.id.iter().chain(&entry.categories).map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut bytes = said.into_bytes();
    bytes.truncate(REFUSED);
    RefusedEntry { bytes, reason: "the entry has no title, no text and no address".to_owned() }
}

fn links(html: &str) -> Vec<String> {
    let web = |link: &String| link.starts_with("https://") || link.starts_with("http://");
    sanitize::links(html).into_iter().filter(web).take(LINKS).collect()
}

fn with_address(links: &[String], url: Option<&str>) -> Vec<String> {
    url.map(str::to_owned).into_iter().chain(links.iter().cloned()).collect()
}

fn authors(stated: Vec<Author>, feed: &FeedFacts) -> Vec<Author> {
    let inherited = || feed.authors.iter().map(|name| Author { name: name.clone(), place: "feed author", url: None }).collect();
    let all = if stated.is_empty() { inherited() } else { stated };
    let mut kept: Vec<Author> = Vec::with_capacity(all.len());
    for author in all {
        let name = shorten(&clean(&author.name), 200);
        if !name.is_empty() && kept.iter().all(|known| known.name != name) {
            kept.push(Author { name, ..author });
        }
    }
    kept
}

fn categories(stated: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(stated.len());
    for category in stated.iter().map(|category| shorten(&clean(category), 100)) {
        if !category.is_empty() && !kept.contains(&category) {
            kept.push(category);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::normalize;
    use crate::domain::{
        entry::{Author, Entry, ParsedFeed},
        fetching::{DatePrecision, StatedDate},
        item::NewItem,
        slug::Slug,
        source::{Source, SourceKind},
    };
    use chrono::DateTime;

    fn source() -> Source {
        Source {
            slug: Slug::parse("s").unwrap(),
            name: "S".to_owned(),
            kind: SourceKind::Feed,
            url: "https://s.example/feed".parse().unwrap(),
            language: Some("fr".to_owned()),
            themes: Vec::new(),
            publisher: None,
            paused: false,
        }
    }

    fn one(entry: Entry) -> NewItem {
        let feed = ParsedFeed { entries: vec![entry], authors: vec!["La rédaction".to_owned()], ..ParsedFeed::default() };
        normalize(feed, &source()).0.pop().unwrap()
    }

    fn entry(title: &str) -> Entry {
        Entry { title: title.to_owned(), link: Some("https://s.example/1?utm_source=x#top".to_owned()), ..Entry::default() }
    }

    #[test]
    fn every_field_is_fit_to_be_shown() {
        let stated = Author { name: " Ada\u{202e} Byron ".to_owned(), place: "dc:creator", url: None };
        let item = one(Entry {
            authors: vec![stated.clone(), stated],
            categories: vec!["IA".to_owned(), " IA ".to_owned(), String::new()],
            content_html: Some("<p>Voir <a href=\"https://eur-lex.europa.eu/eli/reg/2024/1689/oj\">le texte</a>.</p>".to_owned()),
            content_text: Some("Voir le règlement (UE) 2024/1689.".to_owned()),
            ..entry("🚀 Un\u{0} titre")
        });
        assert_eq!((item.title.as_str(), item.url.as_deref()), ("Un titre", Some("https://s.example/1")));
        assert_eq!(item.authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["Ada Byron"]);
        assert_eq!(item.categories, ["IA"]);
        assert_eq!(item.summary, "Voir le règlement (UE) 2024/1689.");
        assert_eq!(item.links, ["https://eur-lex.europa.eu/eli/reg/2024/1689/oj"]);
        assert!(!item.identifiers.is_empty());
        assert_eq!(one(entry("Sans auteur")).authors[0].place, "feed author");
    }

    #[test]
    fn what_is_missing_is_made_from_what_is_there() {
        let untitled = Entry { content_text: Some("Une brève. Rien de plus.".to_owned()), ..entry("") };
        assert_eq!(one(untitled).title, "Une brève. Rien de plus.");
        assert_eq!(one(entry("")).title, "https://s.example/1");
        let long = "Une phrase qui se répète. ".repeat(100);
        let item = one(Entry { summary: Some(long.clone()), ..entry("Long") });
        assert!(item.summary.chars().count() <= 500 && item.summary.ends_with("répète."), "{}", item.summary);
        assert_eq!(item.content_text.as_deref(), Some(long.as_str()), "nothing of a long summary is lost");
        let (items, refused) = normalize(ParsedFeed { entries: vec![Entry::default()], ..ParsedFeed::default() }, &source());
        assert_eq!((items.len(), refused.len()), (0, 1), "an entry that says nothing is refused, not dropped");
    }

    #[test]
    fn the_hash_changes_when_and_only_when_something_shown_does() {
        let at =
            |day: i64| Some(StatedDate { at: DateTime::from_timestamp(day * 86_400, 0).unwrap(), precision: DatePrecision::Day });
        let base = Entry { summary: Some("Résumé.".to_owned()), published: at(1), ..entry("Titre") };
        let hash = one(base.clone()).content_hash;
        for same in [
            Entry { link: Some("https://s.example/1?utm_campaign=y".to_owned()), ..base.clone() },
            Entry { id: Some("7".to_owned()), ..base.clone() },
            Entry { title: "Titre ".to_owned(), ..base.clone() },
        ] {
            assert_eq!(one(same).content_hash, hash);
        }
        for other in [
            Entry { title: "Titres".to_owned(), ..base.clone() },
            Entry { summary: Some("Résumé !".to_owned()), ..base.clone() },
            Entry { published: at(2), ..base.clone() },
            Entry { updated: at(2), ..base.clone() },
            Entry { content_html: Some("<p>x</p>".to_owned()), content_text: Some("x".to_owned()), ..base.clone() },
        ] {
            assert_ne!(one(other).content_hash, hash);
        }
    }

    #[test]
    fn items_come_oldest_first() {
        let dated = |title: &str, day: i64| Entry {
            published: Some(StatedDate { at: DateTime::from_timestamp(day * 86_400, 0).unwrap(), precision: DatePrecision::Day }),
            ..entry(title)
        };
        let titles = |entries: Vec<Entry>| -> Vec<String> {
            let feed = ParsedFeed { entries, ..ParsedFeed::default() };
            normalize(feed, &source()).0.into_iter().map(|item| item.title).collect()
        };
        assert_eq!(titles(vec![dated("b", 2), dated("c", 3), dated("a", 1)]), ["a", "b", "c"]);
        assert_eq!(titles(vec![entry("new"), dated("old", 9)]), ["old", "new"], "without all dates, the document's order");
    }
}
