//! Any document is a feed or none, without a panic and the same each time; what comes out is bounded, inert and readable.
#![no_main]

use chrono::{DateTime, TimeDelta};
use libfuzzer_sys::fuzz_target;
use veille::{domain::document::Document, pipeline::parse::parse};
use veille_testbench::inert;

fn is_readable(text: &str) -> bool {
    !text.chars().any(|c| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}')
    })
}

fuzz_target!(|bytes: &[u8]| {
    let now = DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default();
    let document = Document { bytes: bytes.to_vec(), content_type: None, url: "https://ex.example/feed".parse().ok() };
    let read = parse(&document, now);
    assert_eq!(read, parse(&document, now));
    let Ok(feed) = read else { return };
    assert!(feed.entries.len() <= 5_000);
    assert!(feed.title.as_deref().is_none_or(|title| is_readable(title) && !title.contains('\n')));
    for entry in &feed.entries {
        assert!(is_readable(&entry.title) && !entry.title.contains('\n'), "{:?}", entry.title);
        assert!(entry.authors.iter().all(|author| is_readable(&author.name)), "{:?}", entry.authors);
        for text in [&entry.summary, &entry.content_text, &entry.link, &entry.id].into_iter().flatten() {
            assert!(is_readable(text), "{text:?}");
        }
        let link = entry.link.as_deref().unwrap_or_default().to_ascii_lowercase();
        assert!(!["javascript:", "vbscript:", "data:"].iter().any(|scheme| link.starts_with(scheme)), "{link}");
        if let Some(html) = &entry.content_html {
            assert_eq!(inert::in_fragment(html), [""; 0], "{html}");
        }
        for date in [entry.published, entry.updated].into_iter().flatten() {
            assert!(date.at <= now + TimeDelta::days(1), "{date:?}");
        }
    }
});
