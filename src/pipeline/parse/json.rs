//! JSON Feed 1 and 1.1 (jsonfeed.org), with what publishers make of it: numeric ids, relative addresses, a document cut in two.

use crate::{
    domain::entry::{Author, Entry, NotAFeed, ParsedFeed, RefusedEntry},
    pipeline::{
        familiar::Familiar,
        parse::{
            MAX_ENTRIES, MAX_REFUSED_BYTES, bodies,
            construct::Construct,
            context::Context,
            elsewhere::Links,
            people,
            recogniser::{Around, Recogniser, recognisable},
            text,
            tree::bounded,
        },
        references::Definitions,
    },
};
use serde_json::{Map, Value};

/// What the values of a document may cost in memory, beside its strings. Bytes.
const MAX_MEMORY: usize = 24 << 20;
/// How many tags of an item are read.
const MAX_TAGS: usize = 100;
/// What one value costs in a list that grows by doubling.
const PER_VALUE: usize = 64;
/// What the first node of an object's tree costs.
const PER_OBJECT: usize = 700;

/// Whether the text is JSON rather than XML.
pub(super) fn looks_like(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads a JSON Feed.
pub(super) fn read(text: &str, context: &Context, familiar: Option<&Familiar>) -> Result<ParsedFeed, NotAFeed> {
    let (document, truncated) = document(text).map_err(NotAFeed)?;
    let version = string(&document, "version").unwrap_or_default();
    let items = match document.get("items") {
        Some(Value::Array(items)) => items.as_slice(),
        _ if version.contains("jsonfeed.org") => &[],
        _ => return Err(NotAFeed("this JSON is no JSON Feed: it has no list of `items`".to_owned())),
    };
    let link = string(&document, "home_page_url").and_then(|link| context.resolve(&link));
    let site = link.as_deref().and_then(|link| url::Url::parse(link).ok());
    let context = Context { base: context.base.clone().or(site), ..context.clone() };
    let authors = authors(&document, "feed author");
    let mut feed = ParsedFeed {
        format: "json",
        title: string(&document, "title").map(|title| text::line(&title)).filter(|title| !title.is_empty()),
        description: string(&document, "description").map(|description| text::paragraphs(&description)),
        link,
        language: string(&document, "language").and_then(|tag| text::language(&tag)),
        authors: authors.iter().map(|author| author.name.clone()).collect(),
        elsewhere: links(&document, &context).finish(),
        truncated,
        ..ParsedFeed::default()
    };
    let around = Around { context: &context, feed: &feed, authors: &authors, definitions: &Definitions::new() };
    let mut recogniser = Recogniser::new(familiar, &around);
    for item in items.iter().take(MAX_ENTRIES) {
        match item {
            Value::Object(object) => {
                let hash = recogniser.hash(|bytes| bytes.extend(item.to_string().into_bytes()));
                let known = recogniser.known(hash);
                feed.entries.push(known.unwrap_or_else(|| recognisable(entry(object, &authors, &context), hash)));
            }
            other => feed.refused.push(refused(other)),
        }
    }
    if items.len() > MAX_ENTRIES {
        feed.warnings.push(format!("{} entries beyond {MAX_ENTRIES} were left out", items.len() - MAX_ENTRIES));
    }
    Ok(feed)
}

/// `next_url`, `feed_url` and the hubs of WebSub.
fn links(document: &Map<String, Value>, context: &Context) -> Links {
    let address = |object, key| string(object, key).and_then(|address| context.resolve(&address));
    let mut links = Links::default();
    links.take("next", address(document, "next_url"));
    links.take("self", address(document, "feed_url"));
    let hubs = document.get("hubs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for hub in hubs.iter().filter_map(Value::as_object) {
        let speaks = string(hub, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("websub"));
        links.take("hub", address(hub, "url").filter(|_| speaks));
    }
    links
}

fn refused(item: &Value) -> RefusedEntry {
    let bytes = item.to_string().into_bytes();
    RefusedEntry {
        bytes: bytes.into_iter().take(MAX_REFUSED_BYTES).collect(),
        reason: "an item that is no JSON object".to_owned(),
    }
}

fn entry(item: &Map<String, Value>, feed_authors: &[Author], context: &Context) -> Entry {
    let address = |key| string(item, key).and_then(|address| context.resolve(&address));
    let (mut unreadable_date, mut early) = (None, false);
    let mut date = |key| {
        let written = string(item, key)?;
        context
            .date(&written)
            .map_err(|text| {
                early |= context.is_early(&written);
                unreadable_date = Some(text).filter(|text| !text.is_empty());
            })
            .ok()
    };
    let (published, updated) = (date("date_published"), date("date_modified"));
    let mut authors = authors(item, "json author");
    if authors.is_empty() {
        authors = feed_authors.to_vec();
    }
    let attachment = item.get("attachments").and_then(|list| list.get(0)).and_then(Value::as_object);
    let mut entry = Entry {
        id: string(item, "id").and_then(|id| text::address(&id)),
        title: string(item, "title").map(|title| text::line_of_html(&title)).unwrap_or_default(),
        link: address("url")
            .or_else(|| address("external_url"))
            .or_else(|| attachment.and_then(|file| string(file, "url")).and_then(|address| context.resolve(&address))),
        authors,
        unreadable_date: unreadable_date.filter(|_| published.is_none()),
        published,
        updated,
        early,
        language: string(item, "language").and_then(|tag| text::language(&tag)),
        categories: strings(item, "tags"),
        ..Entry::default()
    };
    let summary = string(item, "summary").map(Construct::Text);
    let html = string(item, "content_html").filter(|html| !html.trim().is_empty()).map(Construct::Html);
    let content = html.or_else(|| string(item, "content_text").map(Construct::Text));
    bodies::fill(&mut entry, summary.map(|text| (text, None)), content.map(|body| (body, context.base.clone())));
    entry
}

/// `authors` of version 1.1, else `author` of version 1.
fn authors(object: &Map<String, Value>, place: &'static str) -> Vec<Author> {
    let listed = object.get("authors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let named = listed.iter().take(people::MAX_AUTHORS).chain(object.get("author")).filter_map(|author| match author {
        Value::Object(author) => {
            let url = string(author, "url");
            people::signature(&string(author, "name").or_else(|| url.clone())?, place, url)
        }
        Value::String(name) => people::signature(name, place, None),
        _ => None,
    });
    people::distinct(named.collect())
}

/// A string, or a number as one.
fn string(object: &Map<String, Value>, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => Some(bounded(text).to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn strings(object: &Map<String, Value>, key: &str) -> Vec<String> {
    let list = object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let texts = list.iter().take(MAX_TAGS).filter_map(Value::as_str);
    texts.map(|text| text::line(bounded(text))).filter(|text| !text.is_empty()).collect()
}

/// The object, and whether it had to be closed for a document that breaks off or holds more than is read.
fn document(text: &str) -> Result<(Map<String, Value>, bool), String> {
    let text = text.trim_start();
    let read = affordable(text);
    if read.len() < text.len() {
        let closed = closed_after_last_item(read).and_then(|closed| whole(&closed).ok());
        return closed.map(|object| (object, true)).ok_or_else(|| "this JSON holds more values than are read".to_owned());
    }
    let first = match whole(text) {
        Ok(object) => return Ok((object, false)),
        Err(error) => error,
    };
    // Control characters inside strings are the commonest fault.
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if let Ok(object) = whole(&clean) {
        return Ok((object, false));
    }
    match closed_after_last_item(&clean).and_then(|closed| whole(&closed).ok()) {
        Some(object) => Ok((object, true)),
        None => Err(format!("this JSON cannot be read: {first}")),
    }
}

/// The part of the text whose values cost no more memory than [`MAX_MEMORY`]: three bytes, `{},`, become a hundred.
fn affordable(text: &str) -> &str {
    let (mut spent, mut in_string, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        spent += match byte {
            _ if escaped => {
                escaped = false;
                0
            }
            b'\\' if in_string => {
                escaped = true;
                0
            }
            b'"' => {
                in_string = !in_string;
                0
            }
            _ if in_string => 0,
            b',' | b'[' => PER_VALUE,
            b'{' => PER_OBJECT,
            _ => 0,
        };
        if spent > MAX_MEMORY {
            return &text[..text.floor_char_boundary(at)];
        }
    }
    text
}

/// The first value of the text; what follows it does not count.
fn whole(text: &str) -> Result<Map<String, Value>, serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>();
    values.next().unwrap_or_else(|| serde_json::from_str(""))
}

/// The document cut after the last complete object of a list directly inside the root, and closed there.
fn closed_after_last_item(text: &str) -> Option<String> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    let mut last = None;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if byte == b'}' && depth == 2 {
                    last = Some(at + 1);
                }
            }
            _ => {}
        }
    }
    last.map(|end| format!("{}]}}", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_document_keeps_its_complete_items() {
        let text = r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":1,"title":"a \"}"},{"id":"2","ti"#;
        let (document, truncated) = document(text).unwrap();
        assert!(truncated);
        assert_eq!(document["items"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn deep_nesting_is_an_error_not_an_abort() {
        assert!(document(&"[".repeat(100_000)).is_err());
        assert!(document(&format!("{{\"items\":{}", "[".repeat(100_000))).is_err());
    }
}
