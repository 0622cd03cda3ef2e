//! The entries of a source's last document, as far as nobody need read them again.
//!
//! An entry that comes again as it came (same nodes, same surroundings, same reader) says what it said: of it only what tells
//! which item it is is needed, and the row of that item holds it. Cleaning, language, references and the comparison of contents
//! are spared. A trace is believed only while its row holds what it held when the trace was made; else the entry is read.

use crate::{
    domain::{
        fetching::{DatePrecision, StatedDate},
        item::{ItemKey, NewItem},
        recognition::{EntryHash, EntryMark, Recognition, Trace, TracedItem},
        source::Source,
    },
    pipeline::identity,
};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use rustc_hash::FxHashMap;

/// Changes with the code that reads (`build.rs`).
const READER: &str = env!("VEILLE_READER");

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Familiar {
    /// What the reading of any entry depends on, beside its document.
    surroundings: String,
    entries: FxHashMap<EntryHash, (EntryMark, NewItem)>,
}

impl Familiar {
    /// Nothing is known yet.
    pub fn nothing(source: &Source) -> Self {
        let surroundings = format!("{READER}\n{}", source.language.as_deref().unwrap_or_default());
        Self { surroundings, entries: FxHashMap::default() }
    }

    /// What was kept, without what no longer agrees with its row, and without dates still to come: the day decides whether those are
    /// believed.
    pub fn of(source: &Source, kept: Vec<TracedItem>, now: DateTime<Utc>) -> Self {
        let past = |kept: &TracedItem| [kept.published, kept.updated].into_iter().flatten().all(|at| at <= now);
        let entries = kept.into_iter().filter(past).filter_map(|kept| {
            let mark = kept.trace.mark;
            Some((mark.hash, (mark, remembered(kept)?)))
        });
        Self { entries: entries.collect(), ..Self::nothing(source) }
    }

    /// Nobody need read nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn surroundings(&self) -> &str {
        &self.surroundings
    }

    pub(super) fn mark(&self, hash: EntryHash) -> Option<EntryMark> {
        self.entries.get(&hash).map(|(mark, _)| *mark)
    }

    /// As much of the item as says which it is; the rest of it is empty.
    pub(super) fn item(&self, recognition: Recognition) -> Option<&NewItem> {
        let Recognition::Known(mark) = recognition else { return None };
        self.entries.get(&mark.hash).map(|(_, item)| item)
    }
}

/// What to keep of an entry whose item has that key from now on. `None` for one that cannot be recognised.
pub fn trace(recognition: Recognition, item: &NewItem, key: &ItemKey) -> Option<Trace> {
    let (Recognition::Read(mark) | Recognition::Known(mark)) = recognition else { return None };
    let exact = *key != item.key;
    if exact && identity::base_of_exact(&key.0) != Some(&item.key.0) {
        return None;
    }
    let fractions = [item.published, item.updated].map(|date| date.map_or(0, |date| date.at.timestamp_subsec_nanos()));
    Some(Trace { mark, exact, fractions, seal: seal(item) })
}

fn remembered(kept: TracedItem) -> Option<NewItem> {
    let Trace { exact, fractions, seal: sealed, .. } = kept.trace;
    let key = if exact { identity::base_of_exact(&kept.key)?.to_owned() } else { kept.key };
    let item = NewItem {
        key: ItemKey(key),
        url: kept.url,
        title: kept.title,
        authors: Vec::new(),
        published: kept.published.map(|at| whole(at, fractions[0])),
        updated: kept.updated.map(|at| whole(at, fractions[1])),
        unreadable_date: None,
        language: None,
        summary: kept.summary,
        content_html: None,
        content_text: None,
        categories: Vec::new(),
        links: Vec::new(),
        identifiers: Vec::new(),
        content_hash: kept.content_hash,
    };
    (seal(&item) == sealed).then_some(item)
}

/// How exact a date was said to be counts for nothing that is known.
fn whole(second: DateTime<Utc>, nanoseconds: u32) -> StatedDate {
    let at = DateTime::from_timestamp(second.timestamp(), nanoseconds).unwrap_or(second);
    StatedDate { at, precision: DatePrecision::Zoned }
}

/// Over what the row must hold: the content hash stands for title, dates and summary.
fn seal(item: &NewItem) -> [u8; 8] {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend(item.content_hash);
    for part in [Some(&item.key.0), item.url.as_ref()] {
        bytes.extend(part.map_or(usize::MAX, String::len).to_le_bytes());
        bytes.extend(part.map(String::as_bytes).unwrap_or_default());
    }
    let hash = digest(&SHA256, &bytes);
    std::array::from_fn(|at| hash.as_ref()[at])
}

#[cfg(test)]
mod tests {
    use super::{Familiar, trace};
    use crate::{
        domain::{
            document::Document,
            recognition::{Recognition, TracedItem},
            slug::Slug,
            source::{Source, SourceKind},
        },
        pipeline::reading::Reading,
    };
    use chrono::{DateTime, TimeDelta, Utc};

    fn source() -> Source {
        Source {
            slug: Slug::parse("s").unwrap(),
            name: String::new(),
            kind: SourceKind::Feed,
            url: "https://s.example/feed".parse().unwrap(),
            language: None,
            themes: Vec::new(),
            publisher: None,
            paused: false,
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_420_800, 0).unwrap()
    }

    fn read(text: &str, familiar: &Familiar) -> Reading {
        let document = Document { bytes: text.as_bytes().into(), content_type: None, url: Some(source().url) };
        Reading::of(&document, &source(), familiar, now()).unwrap()
    }

    /// What the rows say of all items of a document.
    fn kept(text: &str) -> Vec<TracedItem> {
        let reading = read(text, &Familiar::nothing(&source()));
        let row = |(item, recognition): (&crate::domain::item::NewItem, &Recognition)| {
            Some(TracedItem {
                trace: trace(*recognition, item, &item.key)?,
                key: item.key.0.clone(),
                url: item.url.clone(),
                title: item.title.clone(),
                summary: item.summary.clone(),
                published: item.published.map(|date| date.at),
                updated: item.updated.map(|date| date.at),
                content_hash: item.content_hash,
            })
        };
        reading.items.iter().zip(&reading.recognitions).filter_map(row).collect()
    }

    fn recognised(before: &str, after: &str) -> Vec<bool> {
        let reading = read(after, &Familiar::of(&source(), kept(before), now()));
        reading.recognitions.iter().map(|recognition| matches!(recognition, Recognition::Known(_))).collect()
    }

    fn rss(head: &str, items: &str) -> String {
        format!(
            "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>F</title>{head}{items}</channel></rss>"
        )
    }

    fn item(n: u32, more: &str) -> String {
        format!(
            "<item><guid>id-{n}</guid><title>Titre {n}</title><link>https://s.example/{n}</link><description>Texte {n}.</description>{more}</item>"
        )
    }

    #[test]
    fn an_entry_is_recognised_when_and_only_when_nothing_that_it_means_changed() {
        let before = rss("<language>fr</language>", &item(1, ""));
        for (now, known) in [
            (rss("<language>fr</language><lastBuildDate>Wed, 25 Nov 2026 08:00:00 GMT</lastBuildDate>", &item(1, "")), true),
            (rss("<language>fr</language>", &format!("<!-- new -->\n{}", item(1, "<!-- new -->"))), true),
            (rss("<language>en</language>", &item(1, "")), false),
            (rss("<language>fr</language><managingEditor>Ada</managingEditor>", &item(1, "")), false),
            (rss("<language>fr</language>", &item(1, "<dc:creator>Ada</dc:creator>")), false),
            (
                rss("<language>fr</language>", &item(1, "")).replace("<channel>", "<channel xml:base=\"https://t.example/\">"),
                false,
            ),
            (rss("<language>fr</language>", &item(1, "")).replace("Texte", "Textes"), false),
            (rss("<language>fr</language>", &item(1, "")).replace("<rss", "<!DOCTYPE rss [<!ENTITY x \"y\">]><rss"), false),
        ] {
            assert_eq!(recognised(&before, &now), [known], "{now}");
        }
        let prefixed = before.replace("</description>", "</description><dc:creator>Ada</dc:creator>");
        assert_eq!(recognised(&prefixed, &prefixed.replace("purl.org/dc/elements/1.1/", "search.yahoo.com/mrss/")), [false]);
        let json = |text: &str| {
            format!("{{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{{\"id\": 1, \"title\": \"{text}\"}}]}}")
        };
        assert_eq!((recognised(&json("a"), &json("a")), recognised(&json("a"), &json("b"))), (vec![true], vec![false]));
    }

    #[test]
    fn what_depends_on_the_day_or_on_other_entries_is_read_each_time() {
        let early = (now() + TimeDelta::days(9)).to_rfc2822();
        let early = rss("", &item(1, &format!("<pubDate>{early}</pubDate>")));
        assert_eq!(recognised(&early, &early), [false], "its date will be believed one day");
        let lacking = rss("", &(item(1, "") + "<item><title>Sans adresse</title><author>a@s.example (Ada)</author></item>"));
        assert_eq!(recognised(&lacking, &lacking), [false, false], "a second reading may add to each of them");
        let full = item(2, "<dc:creator>Ada</dc:creator><category>IA</category>");
        let lacking = rss("", &(full + "<item><title>Sans adresse</title></item>"));
        assert_eq!(recognised(&lacking, &lacking), [false, true], "nothing can be added to what is full");
    }

    #[test]
    fn a_row_that_says_something_else_is_not_believed() {
        let text = rss("", &item(1, ""));
        for change in [
            (|kept| kept.url = None) as fn(&mut TracedItem),
            |kept| kept.key.push('x'),
            |kept| kept.content_hash[0] ^= 1,
            |kept| kept.trace.exact = true,
        ] {
            let mut kept = kept(&text);
            change(&mut kept[0]);
            assert!(Familiar::of(&source(), kept, now()).is_empty());
        }
    }
}
