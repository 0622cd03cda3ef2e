//! Stories beside those that people see: B-cubed over items put into stories one by one, in the order of their dates.

use super::{Numbered, Skipped, name, read_lines};
use crate::{
    app::Result,
    domain::{
        item::{ItemKey, NewItem},
        story::UngroupedItem,
    },
    pipeline::{
        canonical_url::canonical_url,
        excerpt::{clean, shorten},
        identifiers::identifiers,
        measure::{Clusters, Estimate, Resampling},
        parse::read_date,
        stories::{Fingerprint, StoryIndex},
        text::ItemWords,
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;
use url::Url;

/// The summary that grouping sees, as collecting makes it. Characters.
const SUMMARY: usize = 500;

/// Labelled items.
#[derive(Debug, Default)]
pub struct Told {
    items: Vec<Item>,
    groups: Numbered,
    stories: Numbered,
    skipped: Vec<Skipped>,
}

#[derive(Debug)]
struct Item {
    id: String,
    at: DateTime<Utc>,
    group: usize,
    story: usize,
    content: NewItem,
}

/// One line of the data.
#[derive(Debug, Deserialize)]
struct Labelled {
    id: Option<Value>,
    title: Option<String>,
    text: Option<String>,
    language: Option<String>,
    published: Option<String>,
    url: Option<String>,
    publisher: Option<Value>,
    group: Option<Value>,
    story: Option<Value>,
}

/// Two items by their ids, the earlier first.
pub type Couple = (String, String);

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Items put into stories.
    pub rows: usize,
    /// Publishers, or what stands for them.
    pub groups: usize,
    /// Stories that people see.
    pub stories: usize,
    /// Stories that were found.
    pub found: usize,
    /// B-cubed: of an item's story, the share that belongs there.
    pub precision: Option<Estimate>,
    /// B-cubed: of what belongs with an item, the share in its story.
    pub recall: Option<Estimate>,
    /// Their harmonic mean.
    pub f1: Option<Estimate>,
    /// Pairs of one true story that were torn apart, and strangers that were put together: the first of each, by their ids.
    pub torn: Vec<Couple>,
    /// See `torn`.
    pub mixed: Vec<Couple>,
    /// How the intervals were drawn.
    pub resampling: Resampling,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// Examples of mistakes told.
const EXAMPLES: usize = 20;

impl Told {
    /// Takes every line of `path`.
    pub fn add_file(&mut self, path: &Path) -> Result<()> {
        read_lines(path, |(number, line)| {
            let read = line.and_then(|line| serde_json::from_str(&line).map_err(|error| format!("no JSON object: {error}")));
            match read.and_then(|labelled: Labelled| self.item(labelled, (path, number))) {
                Ok(item) => self.items.push(item),
                Err(reason) => self.skipped.push(Skipped::new(path, number, reason)),
            }
        })
    }

    fn item(&mut self, labelled: Labelled, (path, number): (&Path, usize)) -> std::result::Result<Item, String> {
        let story = labelled.story.as_ref().and_then(name).ok_or("`story` must name the story")?;
        let stated = labelled.published.as_deref().and_then(read_date);
        let at = stated.ok_or("`published` must be a date, as 2026-11-25 or RFC 3339")?;
        let (title, text) = (clean(&labelled.title.unwrap_or_default()), labelled.text.unwrap_or_default());
        if title.is_empty() && text.trim().is_empty() {
            return Err("neither `title` nor `text`".to_owned());
        }
        let url = labelled.url.as_deref().and_then(canonical_url);
        let domain = || url.as_deref().and_then(|url| Url::parse(url).ok()?.host_str().map(str::to_owned));
        let place = format!("{}:{number}", path.display());
        let group = [&labelled.group, &labelled.publisher].into_iter().flatten().find_map(name).or_else(domain);
        Ok(Item {
            id: labelled.id.as_ref().and_then(name).unwrap_or_else(|| place.clone()),
            at: at.at,
            group: self.groups.number(group.unwrap_or(place)),
            story: self.stories.number(story),
            content: NewItem {
                key: ItemKey(String::new()),
                identifiers: identifiers(&title, &text, &url.clone().into_iter().collect::<Vec<_>>()),
                summary: shorten(&clean(&text), SUMMARY),
                content_text: (!text.is_empty()).then_some(text),
                language: labelled.language,
                published: Some(at),
                url,
                title,
                ..NewItem::default()
            },
        })
    }

    /// The figures.
    pub fn report(mut self, resampling: Resampling) -> Report {
        self.items.sort_by_key(|item| item.at);
        let found = assigned(&self.items);
        let pairs: Vec<(usize, usize)> = found.iter().copied().zip(self.items.iter().map(|item| item.story)).collect();
        let clusters = Clusters::new(&pairs);
        let groups: Vec<usize> = self.items.iter().map(|item| item.group).collect();
        let (torn, mixed) = self.mistakes(&found);
        let mut distinct = found;
        distinct.sort_unstable();
        distinct.dedup();
        Report {
            rows: self.items.len(),
            groups: self.groups.len(),
            stories: self.stories.len(),
            found: distinct.len(),
            precision: resampling.estimate(&groups, |weights| clusters.precision(weights)),
            recall: resampling.estimate(&groups, |weights| clusters.recall(weights)),
            f1: resampling.estimate(&groups, |weights| clusters.f1(weights)),
            torn,
            mixed,
            resampling,
            skipped: self.skipped,
        }
    }

    fn mistakes(&self, found: &[usize]) -> (Vec<Couple>, Vec<Couple>) {
        let (mut torn, mut mixed) = (Vec::new(), Vec::new());
        for (index, item) in self.items.iter().enumerate() {
            for (other, earlier) in self.items[..index].iter().enumerate() {
                let pair = || (earlier.id.clone(), item.id.clone());
                match (found[index] == found[other], item.story == earlier.story) {
                    (false, true) if torn.len() < EXAMPLES => torn.push(pair()),
                    (true, false) if mixed.len() < EXAMPLES => mixed.push(pair()),
                    _ => {}
                }
            }
        }
        (torn, mixed)
    }
}

/// The story of each item, as if they came in one by one.
fn assigned(items: &[Item]) -> Vec<usize> {
    let (mut index, mut words) = (StoryIndex::new(), ItemWords::default());
    let assign = |(id, item): (i64, &Item)| {
        words.read(&item.content);
        let fingerprint = Fingerprint::of_item(&item.content, &words, item.at).into_bytes();
        let story = index.assign(&UngroupedItem {
            item: id,
            source: i64::try_from(item.group).unwrap_or_default(),
            at: item.at,
            url: item.content.url.clone(),
            backlog: false,
            title: item.content.title.clone(),
            summary: item.content.summary.clone(),
            identifiers: item.content.identifiers.clone(),
            fingerprint: Some(fingerprint),
        });
        usize::try_from(story.story).unwrap_or_default()
    };
    (1..).zip(items).map(assign).collect()
}
