//! Hostile words on their way into an edition: M01, M02, M05, M07.

use mail_parser::MessageParser;
use scraper::{Html, Selector};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use veille::pipeline::sanitize::{links, sanitize, to_text};
use veille_testbench::{
    farm::FarmFeed,
    generate, hostile,
    hostile::{End, Limits},
    inert,
    week::{Week, Written},
};

/// An RSS feed of items of last week, each made of a title, an address and a body, as a careless or hostile publisher sends them.
fn feed(items: &[(&str, &str, &str)]) -> FarmFeed {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let item = |(title, link, body): &(&str, &str, &str)| {
        format!(
            "<item><title>{}</title><link>{}</link><author>{}</author><pubDate>Wed, 18 Nov 2026 08:00:00 GMT</pubDate>\
             <description>{}</description></item>",
            escaped(title),
            escaped(link),
            escaped(title),
            escaped(body)
        )
    };
    let items: String = items.iter().map(item).collect();
    let body = format!("<rss version=\"2.0\"><channel><title>F</title><link>https://site.example/</link>{items}</channel></rss>");
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}

fn collected(week: &Week) -> Written {
    let report = week.refresh();
    assert_eq!(report["failed"], 0, "{report}");
    week.edition()
}

/// The web addresses that the HTML part links to.
fn linked(html: &str) -> BTreeSet<String> {
    let anchors = Selector::parse("a[href]").unwrap();
    let document = Html::parse_document(html);
    let hrefs = document.select(&anchors).filter_map(|anchor| anchor.attr("href"));
    hrefs.filter(|href| href.starts_with("http")).map(str::to_owned).collect()
}

/// The web addresses that the text part holds, put together again where a line was too long for one.
fn written(text: &str) -> BTreeSet<String> {
    let addresses = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')'));
    addresses.filter(|word| word.starts_with("http")).map(str::to_owned).collect()
}

const WORDS: [(&str, &str, &str); 12] = [
    ("A law <script>alert(1)</script>", "https://site.example/1", "<p onclick=x>The model</p><script>x</script>"),
    ("A law <img src=x onerror=alert(1)>", "https://site.example/2?a=1&b=\"><script>x</script>", "<svg onload=x>The model"),
    ("A law\" onmouseover=\"x", "https://site.example/3'onmouseover='x", "<a href=\"javascript:x\">The model</a>"),
    ("A law </title></head><body onload=x>", "https://site.example/4#<b>", "</div></td></table><script>x</script>The model"),
    ("A law {{#if x}}{{{title}}}{{/if}}", "https://site.example/5/{{x}}", "The model {{> digest}} ${x} <%= x %>"),
    ("A law <!-- --> <![CDATA[ x ]]>", "https://site.example/6", "<!--[if mso]><script>x</script><![endif]-->The model"),
    ("A law javascript:alert(1)", "javascript:alert(1)", "<a href=\"data:text/html,x\">The model</a>"),
    ("A law\r\nBcc: x@ex.example\r\n\r\n<html>", "https://site.example/8\r\nX: y", "The model\r\n.\r\n..\r\nFrom me\r\nBcc: y"),
    ("A law \u{202e}drawkcab\u{2066}", "https://site.example/9/\u{202e}lmth.gpj", "The\u{200b} model \u{1b}[31m"),
    ("A law &lt;script&gt;alert(1)&lt;/script&gt;", "//site.example/10", "&lt;script&gt;x&lt;/script&gt; The model"),
    ("A law <style>@import 'https://site.example/css'</style>", "https://user:secret@site.example/11", "<base href=x>The model"),
    ("A law =?utf-8?q?=0D=0ABcc:_x?=", "https://site.example/12", "<form action=x><input name=y></form>The model"),
];

#[test]
fn m01_hostile_words_act_in_no_part_of_an_edition() {
    let week = Week::of([feed(&WORDS)]);
    let edition = collected(&week);
    assert_eq!(inert::in_document(&edition.html), [""; 0]);
    assert_eq!(inert::loads(&edition.html), [""; 0]);
    assert!(edition.text.matches("A law").count() >= 10, "{}", edition.text);
    assert_eq!(linked(&edition.html), written(&edition.text), "both parts lead to the same places");
    let message = MessageParser::default().parse(edition.message.as_bytes()).unwrap();
    let unfolded = |text: &str| text.replace('\r', "").trim_end().to_owned();
    assert_eq!(unfolded(&message.body_html(0).unwrap()), unfolded(&edition.html), "the message carries what was previewed");
    assert_eq!(unfolded(&message.body_text(0).unwrap()), unfolded(&edition.text));
    assert_eq!((message.parts.len(), message.attachment_count()), (3, 0));
    for item in week.json(&["items", "list", "--limit", "100"]).as_array().unwrap() {
        let shown = week.json(&["items", "show", &item["id"].to_string()]);
        assert_eq!(inert::in_fragment(shown["content_html"].as_str().unwrap_or_default()), [""; 0]);
        let url = shown["url"].as_str().unwrap_or("https://none.example/");
        assert!(url.starts_with("http"), "{url}");
    }
    // The gate holds the very bytes against the same: nothing active, nothing loaded.
    let checked = week.run(&["check", week.home.path().join("preview/edition.eml").to_str().unwrap()]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// What 100 ms of an optimised build are on the build at hand.
fn hundred_milliseconds() -> Duration {
    Duration::from_millis(if cfg!(debug_assertions) { 3_000 } else { 100 })
}

#[test]
fn m02_bodies_are_capped_before_they_are_cleaned() {
    for (name, html) in [
        ("100,000 div", "<div>".repeat(100_000)),
        ("100,000 div with an end", format!("{}x{}", "<div>".repeat(100_000), "</div>".repeat(100_000))),
        ("2 MB of <", "<".repeat(2_000_000)),
        ("2 MB of <a", "<a".repeat(1_000_000)),
        ("2 MB of </", "</".repeat(1_000_000)),
        ("2 MB of <!", "<!".repeat(1_000_000)),
        ("2 MB of &", "&".repeat(2_000_000)),
        ("formatting left open", (0..40_000).map(|n| format!("<p><b title={n}></p>")).collect()),
        ("100,000 attributes", format!("<p{}>x</p>", (0..100_000).map(|n| format!(" a{n}")).collect::<String>())),
    ] {
        let start = Instant::now();
        let clean = sanitize(&html, None);
        let took = start.elapsed();
        assert!(took < hundred_milliseconds(), "{name}: {took:?}");
        assert_eq!(inert::in_fragment(&clean[..clean.floor_char_boundary(20_000)]), [""; 0], "{name}");
        to_text(&html);
        links(&html);
        assert!(start.elapsed() < hundred_milliseconds() * 3, "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn m02_a_whole_document_of_it_stays_within_the_limits() {
    for body in ["<div>".repeat(100_000), "<".repeat(2_000_000)] {
        let document =
            generate::around(&format!("<item><title>A law</title><description><![CDATA[{body}]]></description></item>"));
        let ran = hostile::run(&["parse", "-", "--json"], document.as_bytes(), Limits::of_this_build());
        assert_eq!(ran.end, End::Typed, "{ran}");
        assert_eq!(ran.json()["entries"].as_array().unwrap().len(), 3);
    }
}

/// The head of a message as it stands on the wire, and its fields put together.
fn head(message: &str) -> (Vec<&str>, Vec<(String, String)>) {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    let lines: Vec<&str> = head.split("\r\n").collect();
    let whole = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let fields = whole.split("\r\n").map(|line| line.split_once(": ").unwrap_or((line, "")));
    (lines, fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The fields of every message of ours; no title, name or address may add one.
const FIELDS: [&str; 12] = [
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
];

fn check_head(what: &str, message: &str) {
    assert!(message.is_ascii(), "{what}: everything else is encoded");
    assert!(!message.replace("\r\n", "").contains(['\r', '\n']), "{what}: a bare CR or LF");
    assert!(message.split("\r\n").all(|line| line.len() <= 998), "{what}: a line over 998");
    let (lines, fields) = head(message);
    let long: Vec<&&str> = lines.iter().filter(|line| line.len() > 78).collect();
    assert!(long.is_empty(), "{what}: not folded at 78: {long:?}");
    let names: BTreeSet<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(FIELDS), "{what}");
    assert_eq!(fields.len(), FIELDS.len(), "{what}: a field twice");
}

#[test]
fn m05_no_title_adds_a_header_and_every_line_is_folded() {
    let long = "Très longue veille ".repeat(550);
    let endless = "x".repeat(10_000);
    for title in [
        "Veille\r\nBcc: x@ex.example",
        "Veille\nBcc: x@ex.example\n\nBody",
        "Veille\rBcc: x",
        "Veille\u{2028}Bcc: x\u{85}Cc: y",
        "\u{202e}elliev\u{202c} \u{2066}x",
        "Veille \u{0}\u{1b}[31m",
        "=?utf-8?b?DQpCY2M6IHhAZXguZXhhbXBsZQ==?=",
        "Veille <x@ex.example>, \"y\" (z);",
        "𝕏日本語".repeat(40).as_str(),
        &long,
        &endless,
    ] {
        let toml = |text: &str| toml::Value::from(text).to_string();
        let shown: String = title.chars().take(30).collect();
        let week = Week::with_digest([feed(&WORDS[..1])], &format!("title = {{ en = {} }}", toml(title)));
        let refreshed = week.run(&["refresh", "--all"]);
        if refreshed.status.code() == Some(2) {
            let reason = String::from_utf8(refreshed.stderr).unwrap();
            assert!(reason.contains("title") && reason.lines().count() == 1, "{shown:?}: refused without its reason: {reason}");
            continue;
        }
        let edition = week.edition();
        check_head(&format!("{shown:?}"), &edition.message);
        let message = MessageParser::default().parse(edition.message.as_bytes()).unwrap();
        assert!(message.subject().unwrap().chars().count() <= 250, "{shown:?}");
        assert!(
            !message
                .subject()
                .unwrap()
                .contains(|c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        );
        let (_, fields) = head(&edition.message);
        let list = &fields.iter().find(|(name, _)| name == "List-Id").unwrap().1;
        assert!(list.ends_with(" <weekly.list.example.org>") || list == "<weekly.list.example.org>", "{shown:?}: {list}");
    }
}

#[test]
fn m05_a_sender_is_an_address_or_is_refused() {
    let long = format!("{} <veille@example.org>", "Très longue rédaction ".repeat(500));
    for (from, is_address) in [
        ("Veille à Évry <veille@example.org>", true),
        ("\"Veille, \\\"IA\\\"; (x)\" <veille@example.org>", true),
        (long.as_str(), true),
        ("Veille\r\nBcc: x@ex.example <veille@example.org>", false),
        ("Veille \u{202e}elliev <veille@example.org>", true),
        ("veille@example.org\r\nBcc: x@ex.example", false),
        ("veille@example.org, x@ex.example", false),
        ("veille", false),
        ("", false),
    ] {
        let week = Week::of([feed(&WORDS[..1])]);
        let path = week.home.path().join("veille.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{settings}[mail]\nfrom = {}\n", toml::Value::from(from))).unwrap();
        let shown: String = from.chars().take(40).collect();
        let steps: [&[&str]; 3] =
            [&["refresh", "--all"], &["edition", "draft", "weekly", "--with-backlog"], &["edition", "preview", "1", "--out"]];
        let folder = week.home.path().join("preview");
        let outputs = steps.map(|step| {
            let folder = [folder.to_str().unwrap()];
            week.run(&[step, if step[1] == "preview" { &folder[..] } else { &[] }].concat())
        });
        let Some(refused) = outputs.iter().find(|output| !output.status.success()) else {
            let message = std::fs::read_to_string(folder.join("edition.eml")).unwrap();
            check_head(&format!("{shown:?}"), &message);
            let parsed = MessageParser::default().parse(message.as_bytes()).unwrap();
            let senders = parsed.from().unwrap();
            assert_eq!(senders.first().and_then(|sender| sender.address()), Some("veille@example.org"), "{shown:?}");
            assert_eq!(senders.iter().count(), 1, "{shown:?}");
            continue;
        };
        let reason = String::from_utf8_lossy(&refused.stderr);
        assert!(!is_address && refused.status.code() == Some(2) && reason.contains("from"), "{shown:?}: {reason}");
    }
}

#[test]
fn m07_an_edition_loads_nothing() {
    let remote = "https://track.example/p";
    let bodies = [
        format!("<img src=\"{remote}.gif\" width=\"1\" height=\"1\">The model"),
        format!(
            "<img src=\"{remote}.png\" alt=\"A chart\" srcset=\"{remote}2.png 2x\" sizes=\"1px\" loading=\"eager\">The model"
        ),
        format!("<picture><source srcset=\"{remote}.webp\"><img src=\"{remote}.jpg\"></picture>The model"),
        format!(
            "<style>@import url({remote}.css); p{{background:url({remote}.png)}}</style><p style=\"background:url({remote})\">The model"
        ),
        format!(
            "<link rel=\"stylesheet\" href=\"{remote}.css\"><link rel=\"prefetch\" href=\"{remote}\"><base href=\"{remote}\">The model"
        ),
        format!("<a href=\"https://site.example/x\" ping=\"{remote}\">The model</a>"),
        format!("<video poster=\"{remote}.jpg\" src=\"{remote}.mp4\"></video><audio src=\"{remote}.mp3\"></audio>The model"),
        format!("<table background=\"{remote}.png\"><tr><td background=\"{remote}.png\">The model</td></tr></table>"),
        format!(
            "<svg><image href=\"{remote}.png\"/><use href=\"{remote}#x\"/></svg><input type=image src=\"{remote}\">The model"
        ),
        format!(
            "<iframe src=\"{remote}\" srcdoc=\"x\"></iframe><embed src=\"{remote}\"><object data=\"{remote}\"></object>The model"
        ),
        format!("<meta http-equiv=refresh content=\"0;url={remote}\"><body background=\"{remote}\">The model"),
        format!("<img src=\"//track.example/x.gif\"><img src=\"{remote}\" style=\"display:none\"><img src='cid:x'>The model"),
    ];
    let titles: Vec<String> = (0..bodies.len()).map(|n| format!("A law number {n} of the {n} pictures")).collect();
    let links: Vec<String> = (0..bodies.len()).map(|n| format!("https://site.example/{n}")).collect();
    let items: Vec<(&str, &str, &str)> = (0..bodies.len()).map(|n| (&*titles[n], &*links[n], &*bodies[n])).collect();
    let week = Week::of([feed(&items)]);
    let edition = collected(&week);
    assert!(edition.text.matches("A law number").count() >= bodies.len(), "{}", edition.text);
    assert_eq!(inert::loads(&edition.html), [""; 0]);
    assert!(!edition.message.contains("track.example"), "nothing of it is even named");
    // What is stored for reading on the web keeps pictures, and nothing that counts readers or loads unseen.
    for item in week.json(&["items", "list", "--limit", "100"]).as_array().unwrap() {
        let shown = week.json(&["items", "show", &item["id"].to_string()]);
        let html = shown["content_html"].as_str().unwrap_or_default();
        assert_eq!(inert::in_fragment(html), [""; 0]);
        let pixel = html.contains("p.gif") || html.contains("width=\"1\"");
        assert!(!pixel && ["srcset", "ping", "poster", "style", "background"].iter().all(|name| !html.contains(name)), "{html}");
    }
}
