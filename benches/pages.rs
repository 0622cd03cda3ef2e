//! How well pages are read, on pages with known answers: `cargo bench --bench pages`. With `-- held` only every second page, which was
//! not looked at while the reader was made; with `-- designed` the others; with `-- all tell` the pages that went wrong.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures and stops at a broken corpus")]

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use veille::{
    domain::page::PageReading,
    pipeline::{
        markup::costs_too_much,
        page::{Page, decode_page, read},
    },
};
use veille_testbench::{
    answers::{Answered, Tally, f1, folded, precision_and_recall},
    corpora::Corpora,
};

/// The day on which the figures are taken: dates after it are none.
const NOW: &str = "2026-11-25T12:00:00Z";

#[derive(Default)]
struct Figures {
    pages: u32,
    refused: u32,
    slowest: Duration,
    bodies: BTreeMap<&'static str, Vec<(f64, f64)>>,
    titles: Tally,
    authors: Tally,
    dates: Tally,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let Some(corpora) = Corpora::find() else { return };
    let mut figures = Figures::default();
    let mut collections = Vec::new();
    for (at, page) in corpora.answered_pages().into_iter().enumerate() {
        let held = at % 2 == 1;
        if (has("held") && !held) || (has("designed") && held) {
            continue;
        }
        if collections.last() != Some(&page.collection) {
            collections.push(page.collection);
        }
        figures.note(&page, has("tell"));
    }
    for collection in collections {
        figures.tell(collection);
    }
    println!("{} pages, {} refused as too costly, slowest {:?}", figures.pages, figures.refused, figures.slowest);
}

impl Figures {
    fn note(&mut self, page: &Answered, tell: bool) {
        self.pages += 1;
        let began = Instant::now();
        let html = decode_page(&page.bytes, None);
        let url = page.url.as_deref().and_then(|url| url.parse().ok());
        let reading = if costs_too_much(&html) {
            self.refused += 1;
            PageReading::default()
        } else {
            read(&Page { html: &html, url: url.as_ref() }, NOW.parse().unwrap())
        };
        self.slowest = self.slowest.max(began.elapsed());
        for (what, known, got) in self.compare(page, &reading) {
            if tell {
                println!("{} {}: {what} is {known:?}, read {got:?}", page.collection, page.name);
            }
        }
    }

    /// The answers that were wrong.
    fn compare(&mut self, page: &Answered, reading: &PageReading) -> Vec<(&'static str, String, String)> {
        let mut wrong = Vec::new();
        if let Some(body) = &page.body {
            self.bodies.entry(page.collection).or_default().push(precision_and_recall(body, &reading.text));
        }
        let mut compare = |what, tally: &mut Tally, known: String, read: String| {
            let right = known == read;
            tally.note(page.collection, right);
            if !right {
                wrong.push((what, known, read));
            }
        };
        if let Some(title) = &page.title {
            compare("title", &mut self.titles, folded(title), folded(reading.title.as_deref().unwrap_or_default()));
        }
        if let Some(authors) = &page.authors {
            let names = |names: Vec<&str>| {
                let mut names: Vec<String> = names.into_iter().map(folded).collect();
                names.sort();
                names.join("; ")
            };
            let read = reading.authors.iter().map(|author| author.name.as_str()).collect();
            compare("author", &mut self.authors, names(authors.iter().map(String::as_str).collect()), names(read));
        }
        if let Some(date) = &page.date {
            let read = reading.published.as_ref().map(|date| date.day.to_string()).unwrap_or_default();
            compare("date", &mut self.dates, date.clone(), read);
        }
        wrong
    }

    fn tell(&self, collection: &str) {
        let body =
            self.bodies.get(collection).map_or("-".to_owned(), |scores| format!("{:.4} (n = {})", f1(scores), scores.len()));
        let [title, author, date] = [&self.titles, &self.authors, &self.dates].map(|tally| tally.told(collection));
        println!("{collection:<30} body F1 {body:<16}  title {title:<22}  author {author:<22}  date {date}");
    }
}
