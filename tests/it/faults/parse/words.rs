//! What publishers write into titles, names, addresses and dates: P07, P11, P12.

use super::{read, read_as, rss, served};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use veille_testbench::{
    inert,
    week::{NOW, Week},
};

/// What must never reach a reader, a log or a mail: controls, what turns the reading direction, what takes no room.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{61c}' | '\u{180e}' | '\u{e0000}'..='\u{e007f}')
}

const SIGNS: [&str; 16] = [
    "\u{0}",
    "\u{1}",
    "\u{7}",
    "\u{8}",
    "\u{1b}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{9b}31m",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2066}",
    "\u{2060}",
    "\u{feff}",
    "\u{e0041}",
];

#[test]
fn p07_invisible_signs_are_stripped_from_every_field() {
    for sign in SIGNS {
        let rest: String = sign.chars().filter(|c| !is_invisible(*c) && *c != '\u{200d}').collect();
        let items = format!(
            "<item><title>la{sign}w</title><link>https://site.example/a{sign}b</link><author>A{sign}da</author><guid>g{sign}h</guid>\
             <category>c{sign}d</category><description>te{sign}xt</description></item>"
        );
        let json = format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{}]}}",
            serde_json::json!({"id": format!("g{sign}h"), "title": format!("la{sign}w"), "url": format!("https://site.example/a{sign}b"),
                "author": {"name": format!("A{sign}da")}, "tags": [format!("c{sign}d")], "content_text": format!("te{sign}xt")})
        );
        let numbered: String = sign.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        for document in [rss(&items), json, rss(&items.replace(sign, &numbered))] {
            let feed = read(document).unwrap();
            let entry = &feed.entries[0];
            let said = [
                &entry.title,
                entry.link.as_ref().unwrap(),
                &entry.authors[0].name,
                entry.id.as_ref().unwrap(),
                &entry.categories[0],
            ];
            for text in said.into_iter().chain(&entry.summary).chain(&entry.content_text) {
                assert!(!text.contains(is_invisible), "{sign:?} in {text:?}");
            }
            assert!(
                entry.title.replace(' ', "").starts_with(&format!("la{rest}").replace(' ', "")[..2]),
                "{sign:?}: {}",
                entry.title
            );
        }
    }
    // Scripts that are shaped by joiners keep them; the numbers that windows-1252 gives to signs are signs.
    assert_eq!(read(rss("<item><title>می\u{200c}خواهم</title></item>")).unwrap().entries[0].title, "می\u{200c}خواهم");
    assert_eq!(read(rss("<item><title>a&#150;b</title></item>")).unwrap().entries[0].title, "a–b");
}

#[test]
fn p07_nothing_invisible_reaches_store_log_or_mail() {
    let signs = SIGNS.concat();
    let item = |n: u32| {
        format!(
            "<item><title>A law {signs}number {n}</title><link>https://site.example/{n}{signs}</link><author>Ada {signs} Byron</author>\
             <pubDate>Wed, 18 Nov 2026 08:00:00 GMT</pubDate><description>The {signs}model &#x202e;says&#27; so.</description></item>"
        )
    };
    let broken = format!("<html><title>{signs}</title>{signs}</html>");
    let week = Week::of([served(rss(&item(1))), served(broken)]);
    let output = week.run(&["refresh", "--all", "-vv"]);
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(!log.replace("\u{1b}[", "").is_empty());
    assert!(!log.contains(|c| is_invisible(c) && c != '\u{1b}'), "{log:?}");
    let quarantine = String::from_utf8(week.run(&["items", "quarantine"]).stdout).unwrap();
    assert!(quarantine.contains("f1") && !quarantine.contains(is_invisible), "{quarantine:?}");
    let shown = week.json(&["items", "show", "1"]);
    assert!(!texts(&shown).iter().any(|text| text.contains(is_invisible)), "{shown}");
    let written = week.edition();
    assert!(written.text.contains("A law"), "{}", written.text);
    for (file, text) in [("html", &written.html), ("text", &written.text)] {
        assert!(!text.contains(|c| is_invisible(c) && c != '\r'), "{file}");
    }
    // A preheader may be padded by entities, never by what came from outside.
    assert!(!written.message.contains("=E2=80=AE") && !written.message.contains("=1B"), "{}", written.message);
}

/// Every text in a JSON document.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

const DATES: [(&str, Option<&str>); 24] = [
    ("", None),
    ("yesterday", None),
    ("Fri, 16 Nov 2099 08:00:00 GMT", None),
    ("2099-11-16T08:00:00Z", None),
    ("9999-12-31T23:59:59Z", None),
    ("+262143-01-01T00:00:00Z", None),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None),
    ("1970-01-01", None),
    ("0000-00-00T00:00:00Z", None),
    ("2026-02-30T08:00:00Z", None),
    ("2026-13-01", None),
    ("Mon, 16 Nov 2026 25:61:61 GMT", None),
    ("Mon, 16 Nov 2026 08:00:00 GMT", Some("2026-11-16T08:00:00Z")),
    ("Mon, 16 Nov 2026 08:00:00 +0100", Some("2026-11-16T07:00:00Z")),
    ("Mon, 16 Nov 2026 08:00:00 EST", Some("2026-11-16T13:00:00Z")),
    ("Fri, 16 Nov 2026 08:00:00 GMT", Some("2026-11-16T08:00:00Z")),
    ("Mon, 16 Nov 2026 08:00:00 (a (nested) comment) GMT", Some("2026-11-16T08:00:00Z")),
    ("2026-11-16T08:00:00.123456789+01:00", Some("2026-11-16T07:00:00Z")),
    ("2026-11-16", Some("2026-11-16T00:00:00Z")),
    ("Mon, 16 Nov 2026 23:59:60 GMT", Some("2026-11-1")),
    ("Mon, 16 Nov 2026 08:00:00 +9999", Some("2026-11-1")),
    ("Mon, 16 Nov 2026 08:00:00 XYZT", Some("2026-11-16T")),
    ("Mon, 16 Nov 2026 08:00:00 Europe/Nowhere", Some("2026-11-16T")),
    ("99999999999999999999", None),
];

#[test]
fn p11_dates_are_read_or_told_to_be_impossible() {
    let limit = super::now() + TimeDelta::days(1);
    for (written, expected) in DATES {
        let feed = read(rss(&format!("<item><title>t</title><pubDate>{written}</pubDate></item>"))).unwrap();
        let entry = &feed.entries[0];
        let at = entry.published.map(|date| date.at);
        assert!(at.is_none_or(|at| at <= limit && at.timestamp() != 0), "{written}: {at:?}");
        let shown = at.map(|at| at.format("%FT%TZ").to_string());
        match expected {
            None => assert_eq!(shown, None, "{written}"),
            // Where a zone or a second is odd, the day is what counts, or it is no date at all.
            Some(day) if day.len() < 20 => assert!(shown.is_none_or(|shown| shown.starts_with(day)), "{written}"),
            Some(instant) => assert_eq!(shown.as_deref(), Some(instant), "{written}"),
        }
        let told = entry.unreadable_date.is_some();
        assert_eq!(told, at.is_none() && !written.is_empty(), "{written}: what is impossible is told");
    }
    for heap in ["(".repeat(2_000_000), format!("{}{}", "(".repeat(1_000_000), ")".repeat(1_000_000)), "1 ".repeat(1_000_000)] {
        let feed = read(rss(&format!("<item><title>t</title><pubDate>Mon, {heap} 16 Nov 2026</pubDate></item>"))).unwrap();
        assert!(feed.entries[0].unreadable_date.as_ref().is_none_or(|told| told.len() < 1_000));
    }
}

#[test]
fn p11_odd_dates_do_not_change_what_is_selected() {
    let good = "<item><title>A law of last week</title><link>https://site.example/good</link><pubDate>Wed, 18 Nov 2026 08:00:00 GMT\
                </pubDate></item>";
    let odd = |date: &str| {
        let n = date.len() * 31 + usize::from(date.as_bytes().first().copied().unwrap_or_default());
        format!("<item><title>A law {n}</title><link>https://site.example/{n}</link><pubDate>{date}</pubDate></item>")
    };
    let all: String = DATES.iter().filter(|(_, expected)| expected.is_none()).map(|(date, _)| odd(date)).collect();
    let alone = Week::of([served(rss(good))]);
    let among = Week::of([served(rss(&format!("{all}{good}")))]);
    let limit: DateTime<Utc> = NOW.parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(1);
    for week in [&alone, &among] {
        assert_eq!(week.refresh()["failed"], 0);
    }
    let items = among.json(&["items", "list", "--limit", "1000"]);
    for item in items.as_array().unwrap() {
        let at = item["published_at"].as_str().map(|at| at.parse::<DateTime<Utc>>().unwrap());
        assert!(at.is_none_or(|at| at <= limit && at.timestamp() > 0), "{item}");
    }
    // What a first fetch brings without a date of the week stays out; what has one is in, whatever stands beside it.
    let chosen = |week: &Week| week.edition().text.contains("A law of last week");
    assert_eq!((chosen(&alone), chosen(&among)), (true, true));
    assert!(!among.edition().text.contains("2099"), "{}", among.edition().text);
}

/// Addresses that run something or open something of the reader's machine, and two that break out of an attribute.
const ACTING: [&str; 15] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \u{1}javascript:alert(1)",
    "java\nscript:alert(1)",
    "java&#10;script:alert(1)",
    "&#106;avascript:alert(1)",
    "data:text/html,&lt;script&gt;x&lt;/script&gt;",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://ex.example/1",
    "view-source:https://ex.example/",
    "intent://x#Intent;end",
    "https://ex.example/\"onmouseover=\"x",
    "https://ex.example/'><script>x</script>",
];

#[test]
fn p12_no_field_of_an_entry_acts() {
    for attack in ACTING {
        let escaped = attack.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let rss_item = format!(
            "<item><title>{escaped}</title><link>{escaped}</link><guid>{escaped}</guid><author>{escaped}</author><enclosure url=\"{escaped}\"/>\
             <description>&lt;a href=\"{escaped}\"&gt;x&lt;/a&gt;&lt;img src=\"{escaped}\"&gt;{escaped}</description></item>"
        );
        let atom = format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"{escaped}\"><entry><title type=\"html\">{escaped}</title><id>{escaped}</id>\
             <link href=\"{escaped}\"/><content type=\"xhtml\" xml:base=\"{escaped}\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{escaped}\">\
             x</a><script>y</script></div></content></entry></feed>"
        );
        let json = serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": attack, "url": attack, "title": attack,
            "external_url": attack, "content_html": format!("<a href=\"{attack}\">x</a>{attack}"), "author": {"name": attack, "url": attack}}]});
        for document in [rss(&rss_item), atom, json.to_string()] {
            let feed = read_as(document.clone(), None).unwrap();
            for entry in &feed.entries {
                let addresses =
                    entry.link.iter().chain(&entry.original_link).chain(entry.authors.iter().filter_map(|a| a.url.as_ref()));
                for address in addresses {
                    assert!(!inert::acts(address), "{address}");
                    let link = format!("<a href=\"{}\">x</a>", address.replace('&', "&amp;").replace('"', "&quot;"));
                    assert_eq!(inert::in_fragment(&link), [""; 0], "{document}");
                }
                let html = entry.content_html.as_deref().unwrap_or_default();
                assert_eq!(inert::in_fragment(html), [""; 0], "{document}");
            }
        }
    }
}
