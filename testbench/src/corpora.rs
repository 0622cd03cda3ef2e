//! The public test corpora: documents that other projects test with, read from where they are, never copied.

use serde_json::Value;
use std::{fs, path::PathBuf};

/// Where the corpora are: `VEILLE_CORPORA`, else `../shared/corpora` beside the project.
pub struct Corpora(PathBuf);

/// One feed of the corpora.
pub struct CorpusFeed {
    /// Its path in the corpora.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The `Content-Type` it came with, if known.
    pub content_type: Option<String>,
    /// Where it was read, if known.
    pub base: Option<String>,
    /// Two of four reference readers make something of it, or a person wrote what is to come of it.
    pub must: bool,
    /// Captured from a site.
    pub real: bool,
    /// How many entries it has, if that is written down.
    pub entries: Option<usize>,
}

impl Corpora {
    /// The corpora, unless they are not on this machine: then a line says so.
    #[must_use]
    pub fn find() -> Option<Self> {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora");
        let root = std::env::var_os("VEILLE_CORPORA").map_or(beside, PathBuf::from);
        if root.join("manifest.jsonl").is_file() {
            return Some(Self(root));
        }
        eprintln!("SKIPPED: no corpora beside the project (set VEILLE_CORPORA to their folder)");
        None
    }

    /// Where they are.
    pub(crate) fn root(&self) -> &std::path::Path {
        &self.0
    }

    /// Every feed.
    #[must_use]
    pub fn feeds(&self) -> Vec<CorpusFeed> {
        let manifest = fs::read_to_string(self.0.join("manifest.jsonl")).unwrap();
        let rows = manifest.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.filter(|row| row["kind"] == "feed" && row["sub"] != "opml").map(|row| self.feed(&row)).collect()
    }

    fn feed(&self, row: &Value) -> CorpusFeed {
        let name = row["file"].as_str().unwrap().to_owned();
        let text = |key: &str| row[key].as_str().map(str::to_owned);
        let checks = row["expect"].as_array();
        let entries = checks.and_then(|checks| checks.iter().find(|check| check["f"] == "entry_count")?["v"].as_u64());
        CorpusFeed {
            bytes: fs::read(self.0.join(&name)).unwrap(),
            content_type: text("content_type"),
            base: text("base"),
            must: row["parse"] == "must",
            real: row["real"] == true,
            entries: entries.map(|count| usize::try_from(count).unwrap()),
            name,
        }
    }

    /// Every text of the public suites of sanitisers: attacks, and what they are expected to become.
    #[must_use]
    pub fn attacks(&self) -> Vec<String> {
        let listed = fs::read_to_string(self.0.join("xss-payloadbox/xss-payload-list.txt")).unwrap();
        let mut attacks: Vec<String> = listed.lines().map(str::to_owned).collect();
        for file in ["xss-dompurify/expect.json", "xss-owasp/payloads.json"] {
            let mut values = vec![serde_json::from_slice::<Value>(&fs::read(self.0.join(file)).unwrap()).unwrap()];
            while let Some(value) = values.pop() {
                match value {
                    Value::String(text) => attacks.push(text),
                    Value::Array(inner) => values.extend(inner),
                    Value::Object(inner) => values.extend(inner.into_iter().map(|(_, value)| value)),
                    _ => {}
                }
            }
        }
        attacks
    }
}
