//! How fast feeds are read: against bare tokenising by quick-xml, and against the sanitising that reading includes.
//!
//! The work is made here, the same at each run: RSS 2.0 and Atom feeds of 35 entries with 1 to 5 KB of HTML each.
#![expect(clippy::print_stdout, reason = "a bench prints its ratio")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use quick_xml::events::Event;
use std::{fmt::Write, hint::black_box, sync::LazyLock, time::Instant};
use veille::{
    domain::document::Document,
    pipeline::{parse, sanitize},
};

const ENTRIES: usize = 35;
const ROUNDS: usize = 400;

fn body(entry: usize) -> String {
    let mut html = String::new();
    for paragraph in 0..3 + entry % 9 {
        let _infallible = writeln!(
            html,
            "<h3>Point {paragraph}</h3><p class=\"lead\">Le règlement <strong>2024/1689</strong> s’applique &amp; oblige, dit <a \
             href=\"/note/{entry}?utm_source=rss&amp;id={paragraph}\">la note</a> ; les <em>modèles</em> concernés publient un \
             résumé.</p><ul><li>un</li><li>deux</li></ul><p><img src=\"https://ex.fr/i/{paragraph}.png\" alt=\"Schéma\" \
             class=\"w\" loading=\"lazy\" /></p>"
        );
    }
    html
}

fn rss() -> String {
    let mut feed = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
                    xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
                    <channel><title>Essai</title><link>https://ex.fr/</link><language>fr</language>"
        .to_owned();
    for entry in 0..ENTRIES {
        let _infallible = writeln!(
            feed,
            "<item><title>Entrée {entry} : l’essai</title><link>https://ex.fr/{entry}</link><guid>https://ex.fr/{entry}</guid>\
             <pubDate>Tue, 10 Nov 2026 07:00:00 +0100</pubDate><dc:creator>Ada L.</dc:creator><category>IA</category>\
             <description>Un résumé sans balise.</description><content:encoded><![CDATA[{}]]></content:encoded></item>",
            body(entry)
        );
    }
    feed + "</channel></rss>"
}

fn atom() -> String {
    let mut feed = "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><title>Test</title>\
                    <id>urn:x</id><link href=\"https://ex.org/\"/><updated>2026-11-10T07:00:00Z</updated>"
        .to_owned();
    for entry in 0..ENTRIES {
        let _infallible = writeln!(
            feed,
            "<entry><title type=\"html\">Entry {entry} &amp;amp; more</title><id>urn:x:{entry}</id><link \
             href=\"https://ex.org/{entry}\"/><updated>2026-11-10T07:00:00Z</updated><author><name>Ada</name></author>\
             <content type=\"html\">{}</content></entry>",
            html_escape::encode_text(&body(entry))
        );
    }
    feed + "</feed>"
}

fn tokenise(feed: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(feed);
    let mut events = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) | Err(_) => return events,
            Ok(event) => {
                black_box(event);
                events += 1;
            }
        }
    }
}

/// Processor seconds of one round: what other programs do meanwhile does not count.
fn seconds(mut work: impl FnMut()) -> f64 {
    work();
    let start = processor();
    for _ in 0..ROUNDS {
        work();
    }
    (processor() - start) / ROUNDS as f64
}

/// Processor seconds so far where Linux tells them, else seconds on the wall.
fn processor() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

fn measure(criterion: &mut Criterion) {
    let now = chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default();
    let bodies: Vec<String> = (0..ENTRIES).map(body).collect();
    for (name, text) in [("rss", rss()), ("atom", atom())] {
        let document = Document { bytes: text.clone().into_bytes(), content_type: None, url: None };
        let clean = || bodies.iter().for_each(|html| drop(black_box(sanitize::sanitize(html, None))));
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("tokenise", |bencher| bencher.iter(|| tokenise(&text)));
        group.bench_function("parse", |bencher| bencher.iter(|| parse::parse(&document, now)));
        group.bench_function("sanitise", |bencher| bencher.iter(clean));
        group.finish();

        let (tokens, whole, cleaning) = (
            seconds(|| {
                black_box(tokenise(&text));
            }),
            seconds(|| drop(black_box(parse::parse(&document, now)))),
            seconds(clean),
        );
        let megabytes = text.len() as f64 / 1e6;
        println!(
            "{name}: reading {:.0} MB/s ({:.1} times bare tokenising), of which sanitising {:.0} %; the rest for 143.5 MB: {:.2} s",
            megabytes / whole,
            whole / tokens,
            100.0 * cleaning / whole,
            (whole - cleaning) / megabytes * 143.5
        );
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).without_plots();
    targets = measure
}
criterion_main!(benches);
