//! A labelled text without its page: what can be observed of it, and what cannot.

use super::reliability::Judge;
use crate::{
    domain::{
        entry::Author,
        evidence::Evidence,
        item::{ItemKey, NewItem},
    },
    pipeline::{canonical_url::canonical_url, identifiers::identifiers, parse::read_date, reliability::observe},
};
use url::Url;

/// What a row says beside its text. `None`: the row does not say, which is no evidence. Empty: it says that there is nothing.
#[derive(Debug, Default)]
pub(super) struct StatedText {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) url: Option<Url>,
    pub(super) authors: Option<Vec<String>>,
    pub(super) published: Option<Option<String>>,
}

pub(super) fn evidence(stated: StatedText, judge: &Judge<'_>) -> Vec<Evidence> {
    let silent = |signal: &str| match signal {
        "author.none" => stated.authors.is_none(),
        "date.first_seen" => stated.published.is_none(),
        _ => false,
    };
    let publisher = stated.url.as_ref().and_then(|url| judge.definitions.publisher_of_host(url.host_str()?));
    let mut evidence = observe(judge.rules, &item(&stated), publisher, judge.now);
    evidence.retain(|line| !silent(&line.signal));
    evidence
}

fn item(stated: &StatedText) -> NewItem {
    let names = stated.authors.iter().flatten();
    let date = stated.published.iter().flatten().next();
    let links = addresses(&stated.text);
    NewItem {
        key: ItemKey("row".to_owned()),
        url: stated.url.as_ref().and_then(|url| canonical_url(url.as_str())),
        title: stated.title.clone(),
        authors: names.map(|name| Author { name: name.clone(), place: "author", url: None }).collect(),
        published: date.and_then(|date| read_date(date)),
        unreadable_date: date.filter(|date| read_date(date).is_none()).cloned(),
        identifiers: identifiers(&stated.title, &stated.text, &links),
        content_text: Some(stated.text.clone()).filter(|text| !text.trim().is_empty()),
        links,
        ..NewItem::default()
    }
}

/// The addresses that the text writes out; those behind its words are lost, and nothing is held against it.
fn addresses(text: &str) -> Vec<String> {
    let web = |word: &&str| word.starts_with("https://") || word.starts_with("http://");
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»' | '(' | ')'));
    words.filter(web).map(|word| word.trim_end_matches(['.', ',', ';', ':', '!', '?']).to_owned()).collect()
}
