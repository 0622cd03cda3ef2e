//! Documents that others test with, and what chance makes of them: P06, P12, P13.

use super::{now, read, rss, run, served};
use veille::{domain::document::Document, pipeline::parse, pipeline::sanitize};
use veille_testbench::{
    chance::Chance,
    corpora::{Corpora, CorpusFeed},
    farm::{Farm, FarmFeed},
    generate,
    hostile::End,
    inert,
    week::Week,
};

fn document(feed: &CorpusFeed) -> Document {
    let url = feed.base.as_deref().and_then(|base| base.parse().ok());
    Document { bytes: feed.bytes.clone(), content_type: feed.content_type.clone(), url }
}

#[test]
fn p12_the_public_attacks_leave_nothing_active() {
    let Some(corpora) = Corpora::find() else { return };
    let attacks = corpora.attacks();
    assert!(attacks.len() > 500, "{}", attacks.len());
    for attack in attacks {
        for html in [attack.clone(), format!("<p>{attack}</p>"), format!("<img src=\"{attack}\" alt='{attack}'>")] {
            let clean = sanitize::sanitize(&html, None);
            assert_eq!(inert::in_fragment(&clean), [""; 0], "{html:?} became {clean:?}");
            // A reader who parses the clean text as HTML once more must find nothing either.
            assert_eq!(inert::in_fragment(&sanitize::sanitize(&clean, None)), [""; 0], "{html:?}");
        }
    }
}

/// The attacks through the whole product: into the store, out of its lists, and into an edition.
#[test]
fn p12_the_public_attacks_act_nowhere_in_the_product() {
    let Some(corpora) = Corpora::find() else { return };
    let attacks = corpora.attacks();
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let item = |(n, attack): (usize, &String)| {
        let attack = escaped(attack);
        format!(
            "<item><title>A law {n} {attack}</title><link>https://site.example/{n}?{n}={attack}</link><author>{attack}</author><category>\
             {attack}</category><pubDate>Wed, 18 Nov 2026 08:00:00 GMT</pubDate><description>The model. {attack}</description></item>"
        )
    };
    // One of seven in the quick suite; the promise h5 takes them all.
    let items: Vec<String> = attacks.iter().step_by(7).enumerate().map(item).collect();
    let week = Week::of(items.chunks(60).map(|items| served(rss(&items.concat()))));
    assert_eq!(week.refresh()["failed"], 0);
    let exported = week.json(&["items", "list", "--limit", "2000"]);
    let stored = exported.as_array().unwrap();
    assert_eq!(stored.len(), items.len());
    for row in stored.iter().step_by(5) {
        let shown = week.json(&["items", "show", &row["id"].to_string()]);
        let html = shown["content_html"].as_str().unwrap_or_default();
        assert_eq!(inert::in_fragment(html), [""; 0], "{html}");
    }
    let written = week.edition();
    assert_eq!(inert::in_document(&written.html), [""; 0]);
    assert_eq!(inert::loads(&written.html), [""; 0]);
}

#[test]
fn p13_the_public_feeds_are_read() {
    let Some(corpora) = Corpora::find() else { return };
    let (mut must, mut parsed, mut counted, mut right) = (0, 0, 0, 0);
    for feed in corpora.feeds() {
        let read = parse::parse(&document(&feed), now()).ok();
        if !feed.must {
            continue;
        }
        must += 1;
        parsed += usize::from(read.is_some());
        if let (Some(read), Some(entries)) = (read, feed.entries) {
            counted += 1;
            right += usize::from(read.entries.len() == entries);
        }
    }
    assert!(must > 1_500, "{must}");
    assert!(parsed * 1000 >= must * 995, "{parsed} of {must} parsed");
    assert!(right * 1000 >= counted * 995, "{right} of {counted} entry counts are right");
}

/// In this process: a panic or an overflow ends the test. The promise h5 has 10,000, each in a process of its own.
#[test]
fn p13_mutants_are_feeds_or_none() {
    let mut chance = Chance::from_environment(13);
    let own = [generate::around(""), rss("<item><title>a</title></item>"), "{\"items\":[{\"id\":1}]}".to_owned()];
    let mut seeds: Vec<Vec<u8>> = own.map(String::into_bytes).to_vec();
    let public = Corpora::find().map(|corpora| corpora.feeds()).unwrap_or_default();
    seeds.extend(public.into_iter().map(|feed| feed.bytes).filter(|bytes| bytes.len() < 20_000));
    let pick = |chance: &mut Chance| usize::try_from(chance.below(seeds.len() as u64)).unwrap();
    for _ in 0..1_500 {
        let (one, other) = (pick(&mut chance), pick(&mut chance));
        let mutant = generate::mutant(&mut chance, &seeds[one], &seeds[other]);
        let Ok(feed) = read(mutant) else { continue };
        for html in feed.entries.iter().filter_map(|entry| entry.content_html.as_ref()) {
            assert_eq!(inert::in_fragment(html), [""; 0], "{html}");
        }
    }
}

#[test]
fn p13_what_is_no_feed_is_refused_in_one_line() {
    for (document, named) in [
        ("", "empty"),
        (" \n\t", "empty"),
        ("<!doctype html><html><head><title>Log in</title></head><body><form action=/login></form></body></html>", "web page"),
        ("<opml version=\"2.0\"><body/></opml>", "OPML"),
        ("{\"a\": 1}", "items"),
        ("[1, 2]", "no element"),
        ("plain", "no element"),
        ("<?xml version=\"1.0\"?><urlset><url/></urlset>", "no element"),
        ("%PDF-1.7", "no element"),
        ("\u{1f}\u{8b}\u{8}", "no element"),
    ] {
        let ran = run(document.as_bytes());
        let End::Refused(reason) = &ran.end else { panic!("{document}: {ran}") };
        assert!(reason.contains(named), "{document}: {reason}");
    }
    for deep in [format!("{{\"items\":{}", "[".repeat(100_000)), "[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        let ran = run(deep.as_bytes());
        assert!(matches!(ran.end, End::Refused(_)), "{ran}");
    }
}

#[test]
fn p13_an_error_leaves_the_state_as_it_was() {
    let good = served(generate::around("<item><title>A release</title></item>"));
    let farm = Farm::serve([good.clone()]);
    let home = farm.home();
    assert_eq!(home.json(&["refresh", "f0", "--json"])["new_items"], 3);
    let items = || home.json(&["items", "list", "--limit", "100", "--json"]);
    let before = items();
    let page = "<!doctype html><html><title>Log in</title><form></form></html>";
    for (body, kind) in [(page, "text/html"), ("", "application/xml"), ("{\"items\":", "application/json"), ("\0\0\0\0", "")] {
        farm.replace(0, FarmFeed { content_type: kind.to_owned(), body: body.into() });
        let report: serde_json::Value = serde_json::from_slice(&home.run(&["refresh", "f0", "--json"]).stdout).unwrap();
        assert_eq!(
            (&report["failed"], &report["new_items"], &report["updated_items"]),
            (&1.into(), &0.into(), &0.into()),
            "{report}"
        );
        assert_eq!(items(), before, "{body:?}");
    }
    farm.take_asked();
    farm.replace(0, good);
    let report = home.json(&["refresh", "f0", "--json"]);
    assert_eq!((&report["failed"], &report["new_items"]), (&0.into(), &0.into()), "{report}");
    // The validators that went with the good document are those that are sent: those of the errors vouch for nothing.
    assert_eq!(farm.take_asked()[&0].conditional, 1);
}

#[test]
fn p13_panics_of_the_second_reader_are_no_news() {
    for item in ["<author>Rédaction :\u{a0}contact@ex.fr</author>", "<itunes:duration>12345678901234567890123</itunes:duration>"]
    {
        let text = format!(
            "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><item><title>T</title>{item}</item></channel></rss>"
        );
        assert_eq!(read(text).unwrap().entries[0].title, "T");
    }
}

/// Damage that real feeds suffer, each with how many entries it may cost.
type Damage = (&'static str, fn(&str) -> Option<Vec<u8>>, usize);

const DAMAGES: [Damage; 13] = [
    ("nothing", |text| Some(text.into()), 0),
    ("cut in the last entry", cut_in_last_entry, 1),
    ("a bare ampersand", |text| after(text, "<title>", "R&D & co "), 0),
    ("a Latin-1 byte", |text| Some([&bytes_before(text)?, b"\xE9".as_slice(), &bytes_after(text)?].concat()), 0),
    ("a warning before the XML", |text| Some(format!("<br />\n<b>Warning</b>: oops in <b>/x.php</b> & more\n{text}").into()), 0),
    ("a missing end of title", |text| last(text, "</title>", ""), 0),
    ("no version", |text| Some(text.replacen(" version=\"2.0\"", "", 2).into()), 0),
    ("control characters", |text| after(text, "<title>", "a\u{1}b\u{8}c\u{1b}"), 0),
    ("an undeclared entity", |text| after(text, "<title>", "caf&eacute; &rsquo;&foo; "), 0),
    ("an undeclared prefix", |text| last(text, "</title>", "</title><x:y z:w='1'>v</x:y>"), 0),
    ("a script after the end", |text| Some(format!("{text}\n<script>if (a < b && c) {{}}</script>").into()), 0),
    ("crossed tags", |text| last(text, "</title>", "</titel></title>"), 0),
    ("a stray less-than", |text| after(text, "<title>", "1 < 2 <3 "), 0),
];

fn after(text: &str, mark: &str, insert: &str) -> Option<Vec<u8>> {
    let at = text.rfind(mark)? + mark.len();
    Some(format!("{}{insert}{}", &text[..at], &text[at..]).into())
}

fn last(text: &str, mark: &str, by: &str) -> Option<Vec<u8>> {
    let at = text.rfind(mark)?;
    Some(format!("{}{by}{}", &text[..at], &text[at + mark.len()..]).into())
}

fn bytes_before(text: &str) -> Option<Vec<u8>> {
    text.rfind("<title>").map(|at| text.as_bytes()[..at + 7].to_vec())
}

fn bytes_after(text: &str) -> Option<Vec<u8>> {
    text.rfind("<title>").map(|at| text.as_bytes()[at + 7..].to_vec())
}

fn cut_in_last_entry(text: &str) -> Option<Vec<u8>> {
    let start = text.rfind("<item").max(text.rfind("<entry"))?;
    let end = text[start..].find("</item>").or_else(|| text[start..].find("</entry>"))?;
    let half = (start + end / 2..).find(|at| text.is_char_boundary(*at))?;
    Some(text[..half].into())
}

#[test]
fn p06_damage_costs_real_feeds_at_most_the_entry_concerned() {
    let Some(corpora) = Corpora::find() else { return };
    let (mut tried, mut failed) = (0, Vec::new());
    for case in corpora.feeds().into_iter().filter(|case| case.must && case.real && case.bytes.len() < 30_000) {
        let (Ok(text), Ok(whole)) = (String::from_utf8(case.bytes.clone()), read(case.bytes)) else { continue };
        for (name, damage, cost) in DAMAGES {
            let Some(bytes) = damage(&text).filter(|_| text.contains('<') && !whole.entries.is_empty()) else { continue };
            tried += 1;
            let kept = read(bytes).map_or(0, |feed| feed.entries.len());
            if kept + cost < whole.entries.len() {
                failed.push(format!("{}: {name}: {kept} of {}", case.name, whole.entries.len()));
            }
        }
    }
    assert!(tried > 400, "{tried}");
    assert!(failed.len() * 200 <= tried, "{} of {tried}:\n{}", failed.len(), failed.join("\n"));
}
