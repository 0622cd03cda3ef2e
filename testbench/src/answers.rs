//! Pages with known answers: what people, or the readers of single publishers, found in them. Read from the public corpora, where they
//! are, never copied; scored as those who collected them do.

use crate::corpora::Corpora;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::Read,
    path::{Path, PathBuf},
};

/// One page with what is known of it.
#[derive(Debug)]
pub struct Answered {
    /// Which collection it is of.
    pub collection: &'static str,
    /// Its path in the corpora.
    pub name: String,
    /// Where it was read, if known.
    pub url: Option<String>,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
    /// Its main text.
    pub body: Option<String>,
    /// Its headline.
    pub title: Option<String>,
    /// Who signs it; no answer where nobody does.
    pub authors: Option<Vec<String>>,
    /// The day of its publication, `YYYY-MM-DD`.
    pub date: Option<String>,
}

impl Corpora {
    /// All pages with known answers, by collection and name. Every second one is for designing, the others for the final figure.
    #[must_use]
    pub fn answered_pages(&self) -> Vec<Answered> {
        let root = self.root();
        let mut pages = by_ground_truth(root, "article-extraction-benchmark");
        pages.extend(by_ground_truth(root, "htmldate-eval"));
        pages.extend(by_ground_truth(root, "trafilatura-eval"));
        let manifest = fs::read_to_string(root.join("manifest.jsonl")).unwrap();
        for row in manifest.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
            match row["collection"].as_str() {
                Some("fundus") => pages.push(fundus(root, &row)),
                Some("readability") => pages.push(readability(root, &row)),
                _ => {}
            }
        }
        pages.sort_by(|one, other| (one.collection, &one.name).cmp(&(other.collection, &other.name)));
        pages
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn day(value: &Value) -> Option<String> {
    text(value).map(|date| date.chars().take(10).collect())
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Python writes numbers into JSON that are none.
fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap().replace(": NaN", ": null")).unwrap()
}

fn by_ground_truth(root: &Path, collection: &'static str) -> Vec<Answered> {
    let folder = root.join(collection);
    let truth = json(&folder.join("ground-truth.json"));
    let page = |(key, answer): (&String, &Value)| {
        let file = text(&answer["file"]).unwrap_or_else(|| format!("{key}.html"));
        let bytes = unpacked(&folder.join(format!("html/{file}.gz")));
        Answered {
            collection,
            url: text(&answer["url"]).or_else(|| Some(key.clone()).filter(|key| key.starts_with("http"))),
            bytes,
            body: text(&answer["articleBody"]),
            title: text(&answer["title"]),
            authors: text(&answer["author"]).map(|names| names.split(';').map(|name| name.trim().to_owned()).collect()),
            date: day(&answer["date"]),
            name: file,
        }
    };
    truth.as_object().unwrap().iter().map(page).collect()
}

/// A publisher's answers are in one file, by version of its pages: the one of the day nearest to the capture.
fn fundus(root: &Path, row: &Value) -> Answered {
    let name = text(&row["file"]).unwrap();
    let file = name.rsplit('/').next().unwrap().trim_end_matches(".html.gz").to_owned();
    let (publisher, captured) = file.split_once('_').unwrap();
    let answers = json(&PathBuf::from(root).join(&name).with_file_name(format!("{publisher}.json")));
    let number = |date: &str| date.bytes().filter(u8::is_ascii_digit).take(8).fold(0_i64, |n, b| n * 10 + i64::from(b - b'0'));
    let apart = |answer: &&Value| (number(answer["publishing_date"].as_str().unwrap_or_default()) - number(captured)).abs();
    let answer = answers.as_object().unwrap().values().min_by_key(apart).unwrap();
    let strings = |value: &Value| value.as_array().into_iter().flatten().filter_map(text).collect::<Vec<_>>();
    let mut lines = strings(&answer["body"]["summary"]);
    for section in answer["body"]["sections"].as_array().into_iter().flatten() {
        lines.extend(strings(&section["headline"]));
        lines.extend(strings(&section["paragraphs"]));
    }
    Answered {
        collection: "fundus",
        url: None,
        bytes: unpacked(&root.join(&name)),
        body: Some(lines.join("\n")).filter(|body| !body.is_empty()),
        title: text(&answer["title"]),
        authors: Some(strings(&answer["authors"])).filter(|authors| !authors.is_empty()),
        date: day(&answer["publishing_date"]),
        name,
    }
}

fn readability(root: &Path, row: &Value) -> Answered {
    let name = text(&row["file"]).unwrap();
    let answer = json(&root.join(&name).with_file_name("expected-metadata.json"));
    Answered {
        collection: "readability",
        url: Some("http://fakehost/test/page.html".to_owned()),
        bytes: unpacked(&root.join(&name)),
        body: None,
        title: text(&answer["title"]),
        authors: text(&answer["byline"]).map(|byline| vec![byline]),
        date: day(&answer["publishedTime"]),
        name,
    }
}

/// Words in fours, as the article extraction benchmark counts them.
fn shingles(text: &str) -> HashMap<Vec<&str>, u32> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let mut counts = HashMap::new();
    for four in words.windows(words.len().clamp(1, 4)) {
        *counts.entry(four.to_vec()).or_insert(0) += 1;
    }
    counts
}

/// Precision and recall of one text against the known one.
#[must_use]
pub fn precision_and_recall(known: &str, read: &str) -> (f64, f64) {
    let (known, read) = (shingles(known), shingles(read));
    let common: u32 = known.iter().map(|(words, count)| (*count).min(read.get(words).copied().unwrap_or(0))).sum();
    let share = |of: u32| if of == 0 { f64::from(u8::from(common == 0)) } else { f64::from(common) / f64::from(of) };
    (share(read.values().sum()), share(known.values().sum()))
}

/// Of several pages, as that benchmark sums them up: the harmonic mean of the mean precision and the mean recall.
#[must_use]
pub fn f1(scores: &[(f64, f64)]) -> f64 {
    let (precision, recall) = scores.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    if precision + recall == 0.0 {
        0.0
    } else {
        2.0 * precision * recall / (precision + recall) / f64::from(u32::try_from(scores.len()).unwrap())
    }
}

/// A name or a title as it is compared: case, white space and the shape of quotes make no difference.
#[must_use]
pub fn folded(text: &str) -> String {
    let plain = text.to_lowercase().replace(['’', '‘'], "'").replace(['“', '”', '„', '«', '»'], "\"");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many of how many, by collection.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<&'static str, (u32, u32)>);

impl Tally {
    /// One more answer.
    pub fn note(&mut self, collection: &'static str, right: bool) {
        let (good, all) = self.0.entry(collection).or_default();
        *good += u32::from(right);
        *all += 1;
    }

    /// "31 of 37 (83.8 %)", a dash where nothing is known.
    #[must_use]
    pub fn told(&self, collection: &str) -> String {
        match self.0.get(collection) {
            Some((good, all)) => format!("{good} of {all} ({:.1} %)", 100.0 * f64::from(*good) / f64::from(*all)),
            None => "-".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{f1, precision_and_recall};

    #[test]
    fn scores_as_the_benchmark_does() {
        assert_eq!(precision_and_recall("a b c d e", "a b c d e"), (1.0, 1.0));
        assert_eq!(precision_and_recall("a b c d e", "a b c d"), (1.0, 0.5));
        assert_eq!(precision_and_recall("a b c d", "x y z t u"), (0.0, 0.0));
        assert!((f1(&[(1.0, 0.5), (1.0, 0.5)]) - 2.0 / 3.0).abs() < 1e-9);
    }
}
