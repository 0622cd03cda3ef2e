//! Parsing: rows P01 to P13.

mod bytes;
mod corpora;
mod costs;
mod identity;
mod words;

use chrono::{DateTime, Utc};
use veille::{
    domain::{
        document::Document,
        entry::{NotAFeed, ParsedFeed},
    },
    pipeline::parse,
};
use veille_testbench::{
    farm::FarmFeed,
    hostile::{self, Limits, Ran},
};

fn now() -> DateTime<Utc> {
    "2026-11-25T08:00:00Z".parse().unwrap()
}

fn read(bytes: impl Into<Vec<u8>>) -> Result<ParsedFeed, NotAFeed> {
    read_as(bytes, None)
}

fn read_as(bytes: impl Into<Vec<u8>>, content_type: Option<&str>) -> Result<ParsedFeed, NotAFeed> {
    parse::parse(&Document { bytes: bytes.into(), content_type: content_type.map(str::to_owned), url: None }, now())
}

/// `veille parse - --json` on a document, in a process of its own.
fn run(document: &[u8]) -> Ran {
    hostile::run(&["parse", "-", "--json"], document, Limits::of_this_build())
}

fn served(body: impl Into<Vec<u8>>) -> FarmFeed {
    FarmFeed { content_type: "application/xml".to_owned(), body: body.into().into() }
}

fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>F</title><link>https://site.example/</link>{items}</channel></rss>")
}
