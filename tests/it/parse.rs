//! Feeds, from bytes to entries: the public corpora, damage that real feeds suffer, hostile documents, and the command.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

use assert_cmd::Command;
use chrono::{DateTime, Utc};
use scraper::{Html, Node};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};
use url::Url;
use veille::{
    domain::{document::Document, entry::ParsedFeed},
    pipeline::{parse, sanitize},
};

fn now() -> DateTime<Utc> {
    "2026-11-25T08:00:00Z".parse().unwrap()
}

fn read(bytes: impl Into<Vec<u8>>) -> Option<ParsedFeed> {
    parse::parse(&Document { bytes: bytes.into(), content_type: None, url: None }, now()).ok()
}

/// The folder of the corpora, unless it is not on this machine: then a line says so and the test passes.
fn corpora() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where test data is")]
    let named = std::env::var_os("VEILLE_CORPORA");
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let root = named.map_or(beside, PathBuf::from);
    if root.join("manifest.jsonl").is_file() {
        return Some(root);
    }
    eprintln!("SKIPPED: no corpora beside the project (set VEILLE_CORPORA to their folder)");
    None
}

struct Case {
    document: Document,
    name: String,
    must: bool,
    real: bool,
    entries: Option<usize>,
}

fn cases(root: &Path) -> Vec<Case> {
    let manifest = fs::read_to_string(root.join("manifest.jsonl")).unwrap();
    let rows = manifest.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let case = |row: Value| {
        let name = row["file"].as_str().unwrap().to_owned();
        let count =
            row["expect"].as_array().and_then(|checks| checks.iter().find(|check| check["f"] == "entry_count")?["v"].as_u64());
        Case {
            document: Document {
                bytes: fs::read(root.join(&name)).unwrap(),
                content_type: row["content_type"].as_str().map(str::to_owned),
                url: row["base"].as_str().and_then(|base| Url::parse(base).ok()),
            },
            name,
            must: row["parse"] == "must",
            real: row["real"] == true,
            entries: count.map(|count| count as usize),
        }
    };
    rows.filter(|row| row["kind"] == "feed" && row["sub"] != "opml").map(case).collect()
}

#[test]
fn the_public_corpora_are_read() {
    let Some(root) = corpora() else { return };
    let (mut must, mut parsed, mut counted, mut right) = (0, 0, 0, 0);
    for case in cases(&root) {
        let feed = parse::parse(&case.document, now()).ok();
        if !case.must {
            continue;
        }
        must += 1;
        parsed += usize::from(feed.is_some());
        if let (Some(feed), Some(entries)) = (feed, case.entries) {
            counted += 1;
            right += usize::from(feed.entries.len() == entries);
        }
    }
    assert!(must > 1_500, "{must}");
    assert!(parsed * 1000 >= must * 995, "{parsed} of {must} parsed");
    assert!(right * 1000 >= counted * 995, "{right} of {counted} entry counts are right");
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
fn damage_costs_real_feeds_at_most_the_entry_concerned() {
    let Some(root) = corpora() else { return };
    let (mut tried, mut failed) = (0, Vec::new());
    for case in cases(&root).into_iter().filter(|case| case.must && case.real && case.document.bytes.len() < 30_000) {
        let (Ok(text), Some(whole)) = (String::from_utf8(case.document.bytes.clone()), read(case.document.bytes.clone())) else {
            continue;
        };
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

fn twenty_items() -> String {
    let item = |n| {
        format!(
            "<item><title>T{n} &amp; é</title><link>https://ex.fr/{n}</link><description><![CDATA[<p>d{n}</p>]]></description></item>"
        )
    };
    format!("<rss version=\"2.0\"><channel><title>F</title>{}</channel></rss>", (0..20).map(item).collect::<String>())
}

#[test]
fn cut_at_every_byte_a_feed_keeps_its_complete_items() {
    let text = twenty_items();
    for cut in text.find("<rss").unwrap() + 5..text.len() {
        let complete = text.as_bytes()[..cut].windows(7).filter(|window| window == b"</item>").count();
        let feed = read(&text.as_bytes()[..cut]);
        let kept = feed.as_ref().map_or(0, |feed| feed.entries.len());
        assert_eq!(kept, complete, "cut at {cut}");
        assert!(feed.is_none_or(|feed| feed.truncated), "cut at {cut}: not flagged");
    }
    assert!(!read(text.as_str()).unwrap().truncated);
}

#[test]
fn hostile_documents_cost_little_and_kill_nothing() {
    let wrap = |inside: &str| {
        format!("<rss version='2.0'><channel><title>F</title><item><title>a</title></item>{inside}</channel></rss>")
    };
    let nested =
        |name: &str, depth: usize| format!("{}{}", format!("<{name}>").repeat(depth), format!("</{name}>").repeat(depth));
    let mut documents: Vec<(String, usize)> = ["media:content", "media:group", "itunes:category", "div", "b"]
        .iter()
        .flat_map(|name| {
            [64, 700, 3_000, 300_000]
                .map(|depth| (wrap(&format!("<item>{}</item><item><title>z</title></item>", nested(name, depth))), 2))
        })
        .collect();
    documents.extend([
        (nested("item", 100_000), 0),
        (wrap(&nested("item", 100_000)), 1),
        (wrap(&format!("<item {}/>", (0..800_000).map(|n| format!("a{n}='1' ")).collect::<String>())), 2),
        (wrap(&format!("<item {}/>", (0..100_000).map(|n| format!("xmlns:n{n}='u{n}' ")).collect::<String>())), 2),
        (wrap(&"<item><title>x</title></item>".repeat(200_000)), 5_000),
        (wrap(&format!("<item>{}</item>", "<category>c</category>".repeat(300_000))), 1),
        (wrap(&format!("<item><description>{}</description></item>", "&lt;div&gt;".repeat(100_000))), 2),
        (wrap(&format!("<item><a b=\"{}</item>", "<q \"='".repeat(100_000))), 1),
        (wrap(&format!("<item><pubDate>{}</pubDate></item>", "(".repeat(2_000_000))), 2),
    ]);
    for (document, least) in documents {
        let (start, head) = (Instant::now(), document.chars().skip(60).take(60).collect::<String>());
        let kept = read(document).map_or(0, |feed| feed.entries.len());
        assert!(kept >= least, "{kept} entries of {head}");
        // A bound against algorithms gone quadratic, generous enough for a loaded machine and an unoptimised build.
        assert!(start.elapsed().as_secs() < 60, "{:?} for {head}", start.elapsed());
    }
}

#[test]
fn entities_never_expand() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\"><!ENTITY x SYSTEM \
                \"file:///etc/passwd\">]><rss version='2.0'><channel><item><title>&c;&x;!</title></item></channel></rss>";
    assert_eq!(read(bomb).unwrap().entries[0].title, "&c;&x;!");
}

#[test]
fn panics_of_the_second_reader_are_no_news() {
    for item in ["<author>Rédaction :\u{a0}contact@ex.fr</author>", "<itunes:duration>12345678901234567890123</itunes:duration>"]
    {
        let text = format!(
            "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><item><title>T</title>{item}</item></channel></rss>"
        );
        assert_eq!(read(text).unwrap().entries[0].title, "T");
    }
}

fn assert_inert(html: &str, origin: &str) {
    for node in Html::parse_fragment(html).tree.nodes() {
        let Node::Element(element) = node.value() else { continue };
        let name = element.name();
        let active =
            ["script", "iframe", "object", "embed", "svg", "math", "style", "form", "input", "base", "meta", "link", "frame"];
        assert!(!active.contains(&name), "<{name}> from {origin:?} in {html:?}");
        for (attribute, value) in element.attrs() {
            assert!(!attribute.starts_with("on") && attribute != "style", "{attribute} from {origin:?}");
            let value: String =
                value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>().to_lowercase();
            let runs = ["javascript:", "vbscript:", "data:"].iter().any(|scheme| value.starts_with(scheme));
            assert!(!(runs && matches!(attribute, "href" | "src" | "cite")), "{attribute}={value} from {origin:?}");
        }
    }
}

#[test]
fn the_public_attacks_leave_nothing_active() {
    let Some(root) = corpora() else { return };
    let listed = fs::read_to_string(root.join("xss-payloadbox/xss-payload-list.txt")).unwrap();
    let mut attacks: Vec<String> = listed.lines().map(str::to_owned).collect();
    for file in ["xss-dompurify/expect.json", "xss-owasp/payloads.json"] {
        let mut values = vec![serde_json::from_slice::<Value>(&fs::read(root.join(file)).unwrap()).unwrap()];
        while let Some(value) = values.pop() {
            match value {
                Value::String(text) => attacks.push(text),
                Value::Array(inner) => values.extend(inner),
                Value::Object(inner) => values.extend(inner.into_iter().map(|(_, value)| value)),
                _ => {}
            }
        }
    }
    assert!(attacks.len() > 500, "{}", attacks.len());
    for attack in attacks {
        for html in [attack.clone(), format!("<p>{attack}</p>"), format!("<img src=\"{attack}\" alt='{attack}'>")] {
            let clean = sanitize::sanitize(&html, None);
            assert_inert(&clean, &html);
            // A reader who parses the clean text as HTML once more must find nothing either.
            assert_inert(&sanitize::sanitize(&clean, None), &html);
        }
    }
}

fn veille(arguments: &[&str], input: &str) -> std::process::Output {
    Command::cargo_bin("veille").unwrap().args(arguments).write_stdin(input).output().unwrap()
}

#[test]
fn the_command_prints_one_document() {
    let feed = "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='fr'><title>Fil</title><link href='/'/><entry><id>urn:1</id>\
                <title type='html'>A &amp;amp; B</title><link href='a?utm_source=x'/><published>2026-11-10T08:00:00+01:00</published>\
                <author><name>Ada</name></author><content type='html'>&lt;p onclick='x'&gt;Corps &lt;a href='c'&gt;lien&lt;/a&gt;</content>\
                </entry></feed>";
    let output = veille(&["parse", "-", "--base-url", "https://ex.fr/blog/feed.xml", "--json"], feed);
    assert!(output.status.success(), "{output:?}");
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["format"], "atom");
    assert_eq!(read["language"], "fr");
    assert_eq!(read["link"], "https://ex.fr/");
    let entry = &read["entries"][0];
    assert_eq!(entry["title"], "A & B");
    assert_eq!(entry["link"], "https://ex.fr/blog/a?utm_source=x");
    assert_eq!(entry["authors"], serde_json::json!(["Ada"]));
    assert_eq!(entry["published"], "2026-11-10T07:00:00Z");
    assert_eq!(entry["updated"], Value::Null);
    assert_eq!(entry["content_html"], "<p>Corps <a href=\"https://ex.fr/blog/c\">lien</a></p>");
    assert_eq!(entry["content_text"], "Corps lien");
}

#[test]
fn no_feed_is_one_line_and_exit_4() {
    for input in ["", "<html><body>Log in</body></html>", "{\"a\": 1}", "plain"] {
        let output = veille(&["parse", "-", "--json"], input);
        let reason = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.len(), reason.trim_end().lines().count()),
            (Some(4), 0, 1),
            "{input}: {reason}"
        );
    }
}
