//! JSON-LD (schema.org): the objects of a page, and which of them describes the page.

mod repair;

use super::tree::select;
use scraper::Html;
use serde_json::{Map, Value};

/// JSON-LD beyond that is no description of one page.
const MOST_BYTES: usize = 512 * 1024;
/// Nor are more objects than that.
const MOST_OBJECTS: usize = 2_000;

/// The objects of a page's JSON-LD, nested graphs included.
pub(super) struct Structured(Vec<Map<String, Value>>);

/// How well a type describes one text, the best first.
const TYPES: &[&[&str]] = &[
    &["article", "posting", "report", "review", "opinionnewsarticle", "publication", "legislation", "thesis", "chapter"],
    &["recipe", "videoobject", "audioobject", "podcastepisode", "episode", "event", "course", "dataset", "creativework", "howto"],
    &["qapage", "faqpage", "webpage", "itempage", "product", "profilepage"],
];

impl Structured {
    pub(super) fn of(document: &Html) -> Self {
        let mut objects = Vec::new();
        for script in select(document, "script[type*='ld+json']") {
            let text: String = script.text().collect();
            if text.len() <= MOST_BYTES {
                repair::documents(&text).into_iter().for_each(|value| flatten(value, &mut objects));
            }
        }
        Self(objects)
    }

    /// All objects.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.0.iter()
    }

    /// The objects that describe a text, the best first; in document order among equals.
    pub(super) fn works(&self) -> Vec<&Map<String, Value>> {
        let mut works: Vec<(usize, &Map<String, Value>)> =
            self.0.iter().filter_map(|object| rank(object).map(|rank| (rank, object))).collect();
        works.sort_by_key(|(rank, _)| *rank);
        works.into_iter().map(|(_, object)| object).collect()
    }

    /// The value, or the object of the page that it only points at.
    pub(super) fn resolved<'a>(&'a self, value: &'a Value) -> Resolved<'a> {
        let Value::Object(object) = value else { return Resolved::Other(value) };
        let pointed = || {
            let id = object.get("@id")?.as_str()?;
            self.0.iter().find(|known| known.len() > 1 && known.get("@id").and_then(Value::as_str) == Some(id))
        };
        let named = object.contains_key("name") || object.contains_key("familyName");
        Resolved::Object(if named { object } else { pointed().unwrap_or(object) })
    }
}

/// A value of JSON-LD after its reference was followed.
pub(super) enum Resolved<'a> {
    Object(&'a Map<String, Value>),
    Other(&'a Value),
}

fn flatten(value: Value, objects: &mut Vec<Map<String, Value>>) {
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| flatten(value, objects)),
        Value::Object(mut object) if objects.len() < MOST_OBJECTS => {
            for graph in ["@graph", "mainEntity", "mainEntityOfPage"] {
                if object.get(graph).is_some_and(|inner| inner.is_array() || inner.is_object())
                    && let Some(inner) = object.remove(graph)
                {
                    flatten(inner, objects);
                }
            }
            objects.push(object);
        }
        _ => {}
    }
}

/// The types of an object, lower case, without their vocabulary's address.
pub(super) fn types(object: &Map<String, Value>) -> Vec<String> {
    let plain = |value: &Value| value.as_str().map(|name| name.rsplit(['/', ':', '#']).next().unwrap_or(name).to_lowercase());
    match object.get("@type") {
        Some(Value::Array(types)) => types.iter().filter_map(plain).collect(),
        Some(other) => plain(other).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Its place in [`TYPES`]; last what states a work's properties and no type.
fn rank(object: &Map<String, Value>) -> Option<usize> {
    let types = types(object);
    let untyped = || {
        let stated = ["author", "datePublished", "headline", "publisher"].iter().any(|key| object.contains_key(*key));
        (types.is_empty() && stated).then_some(TYPES.len())
    };
    TYPES.iter().position(|group| types.iter().any(|kind| group.iter().any(|end| kind.ends_with(end)))).or_else(untyped)
}

/// A text of an object: a string, or the first string of a list; entities decoded, white space folded.
pub(super) fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    plain(object.get(key)?)
}

/// The same of a value.
pub(super) fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Array(values) => return values.iter().find_map(plain),
        Value::Object(object) => return object.get("@value").or_else(|| object.get("name")).and_then(plain),
        _ => return None,
    };
    let decoded = html_escape::decode_html_entities(text);
    let line = decoded.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// The values of a property that may hold one or several.
pub(super) fn several(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}
