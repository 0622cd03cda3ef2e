//! What bytes are taken for: P02, P05, P06, P08.

use super::{now, read, read_as, rss, run, served};
use crate::support::refreshes::source;
use veille::{
    domain::document::Document,
    pipeline::{familiar::Familiar, identity::base_key, reading::Reading},
};
use veille_testbench::{farm::Farm, hostile::End, origin};

const LABELS: [Option<&str>; 7] =
    [None, Some("utf-16"), Some("utf-16le"), Some("utf-16be"), Some("utf-8"), Some("iso-8859-1"), Some("nonsense")];

/// The document under a declared label, in 16 bits.
fn wide(label: Option<&str>, big: bool, mark: bool) -> Vec<u8> {
    let declaration = label.map(|label| format!("<?xml version=\"1.0\" encoding=\"{label}\"?>")).unwrap_or_default();
    let text = format!("{declaration}{}", rss("<item><title>Loi n° 1 — été 日本 𝕏</title></item><item><title>b</title></item>"));
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn p02_utf_16_is_read_whatever_it_is_called() {
    for label in LABELS {
        for (big, mark) in [(true, true), (true, false), (false, true), (false, false)] {
            for content_type in
                [None, Some("text/xml; charset=utf-16"), Some("text/xml; charset=utf-8"), Some("text/xml; charset=utf-16le")]
            {
                let what = format!("{label:?}, big-endian {big}, mark {mark}, {content_type:?}");
                let bytes = wide(label, big, mark);
                let feed = read_as(bytes.clone(), content_type).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(feed.entries[0].title, "Loi n° 1 — été 日本 𝕏", "{what}");
                assert_eq!((feed.entries.len(), feed.truncated), (2, false), "{what}");
                // Half a character too much, or too little.
                for odd in [[&bytes[..], b"<"].concat(), bytes[..bytes.len() - 1].to_vec()] {
                    let feed = read_as(odd, content_type).unwrap_or_else(|error| panic!("{what}, odd length: {error}"));
                    assert_eq!(feed.entries.len(), 2, "{what}, odd length");
                }
            }
        }
    }
}

#[test]
fn p02_half_characters_and_lying_marks_end_as_a_feed_or_a_refusal() {
    let bytes = wide(Some("utf-16"), true, true);
    for length in (0..bytes.len()).step_by(7) {
        let _either = read(&bytes[..length]);
    }
    let lies = [&b"\xff\xfe"[..], &wide(None, true, false)].concat();
    assert_eq!(read(lies).unwrap().entries.len(), 2, "the mark lies about the order");
    let surrogates = [&b"\xfe\xff"[..], &b"\xd8\x00".repeat(500)].concat();
    assert!(read(surrogates.clone()).is_err());
    for document in [bytes[..bytes.len() / 2].to_vec(), surrogates, b"\xff\xfe".to_vec(), b"\0<\0r".to_vec()] {
        assert!(run(&document).is_sound());
    }
}

fn twenty_items() -> String {
    let item = |n| {
        format!(
            "<item><title>T{n} &amp; é</title><link>https://ex.fr/{n}</link><description><![CDATA[<p>d{n}</p>]]></description></item>"
        )
    };
    rss(&(0..20).map(item).collect::<String>())
}

#[test]
fn p05_cut_at_every_byte_a_feed_keeps_its_complete_items_and_is_flagged() {
    let text = twenty_items();
    for cut in text.find("<rss").unwrap() + 5..text.len() {
        let complete = text.as_bytes()[..cut].windows(7).filter(|window| window == b"</item>").count();
        let feed = read(&text.as_bytes()[..cut]).ok();
        let kept = feed.as_ref().map_or(0, |feed| feed.entries.len());
        assert_eq!(kept, complete, "cut at {cut}");
        assert!(feed.is_none_or(|feed| feed.truncated), "cut at {cut}: not flagged");
    }
    assert!(!read(text.as_str()).unwrap().truncated);
}

#[test]
fn p05_json_cut_at_every_byte_keeps_its_complete_items() {
    let item = |n| format!("{{\"id\":\"{n}\",\"title\":\"T{n} \\\"}}é\",\"tags\":[\"a\",\"{{b\"]}}");
    let items: Vec<String> = (0..20).map(item).collect();
    let text = format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\",\"items\":[{}]}}", items.join(","));
    let ends: Vec<usize> = (1..=20).map(|count| text.find("[{").unwrap() + 1 + items[..count].join(",").len()).collect();
    for cut in 1..text.len() {
        let complete = ends.iter().filter(|end| **end <= cut).count();
        let feed = read(&text.as_bytes()[..cut]).ok();
        assert_eq!(feed.as_ref().map_or(0, |feed| feed.entries.len()), complete, "cut at {cut}");
        assert!(feed.is_none_or(|feed| feed.truncated), "cut at {cut}: not flagged");
    }
}

#[test]
fn p05_what_is_cut_vouches_for_nothing() {
    let text = twenty_items();
    let whole = served(text.as_str());
    let cut = |at: usize| served(&text.as_bytes()[..at]);
    let places = [text.len() - 1, text.len() / 2, text.rfind("</item>").unwrap() + 7];
    let farm = Farm::serve(places.map(cut).into_iter().chain([whole.clone()]));
    let home = farm.home();
    assert_eq!(home.json(&["refresh", "--all", "--json"])["failed"], 0);
    farm.take_asked();
    assert_eq!(home.json(&["refresh", "--all", "--json"])["new_items"], 0);
    let conditional: Vec<usize> = farm.take_asked().values().map(|asked| asked.conditional).collect();
    assert_eq!(conditional, [0, 0, 0, 1], "only the whole document is asked for conditionally");
    let shown = home.json(&["sources", "show", "f1", "--json"]).to_string();
    assert!(shown.contains("breaks off"), "the operator is told: {shown}");
    // Once it is whole, nothing that the cut hid is missing and nothing comes twice.
    (0..3).for_each(|number| farm.replace(number, whole.clone()));
    home.json(&["refresh", "--all", "--json"]);
    let items = home.json(&["items", "list", "--limit", "1000", "--json"]);
    assert_eq!(items.as_array().unwrap().len(), 4 * 20);
}

#[test]
fn p06_damage_costs_no_item() {
    let between = |title: &str, expected: Option<&str>| {
        let items = format!("<item><title>a</title></item><item><title>{title}</title></item><item><title>z</title></item>");
        let feed = read(rss(&items)).unwrap_or_else(|error| panic!("{title}: {error}"));
        assert_eq!(feed.entries.len(), 3, "{title}");
        assert_eq!(feed.entries[2].title, "z", "{title}");
        assert!(expected.is_none_or(|expected| feed.entries[1].title == expected), "{title}: {}", feed.entries[1].title);
    };
    for (title, expected) in [
        ("R&D", "R&D"),
        ("a & b", "a & b"),
        ("a &", "a &"),
        ("?a=1&b=2", "?a=1&b=2"),
        ("caf&eacute; &nbsp;x", "café \u{a0}x"),
        ("&foo; x", "&foo; x"),
        ("a&#0;b", "ab"),
        ("a&#x0;b", "ab"),
        ("a&#xD800;b&#xDFFF;", "ab"),
        ("a&#55357;&#56832;b", "ab"),
        ("a&#xFFFE;&#xFFFF;b", "ab"),
        ("a&#1;&#x1b;b", "ab"),
        ("a&#99999999999;b", "a&#99999999999;b"),
        ("a&#x110000;b", "ab"),
        ("a&#;b &#x;c", "a&#;b &#x;c"),
        ("a ]]> b", "a ]]> b"),
        ("<![CDATA[a ]] > b]]>", "a ]] > b"),
        ("<![CDATA[a]]>]]&gt;<![CDATA[b]]>", "a]]>b"),
        ("a < b", "a < b"),
        ("a <3 b", "a <3 b"),
        ("&#x26;#60;b&#62;", "b"),
        ("&amp;amp;lt;", "<"),
    ] {
        // What markup or doubled escapes become is for the reader's eye; that nothing is lost is the row.
        let exact = !title.contains("amp;amp") && !title.contains("#x26");
        between(title, exact.then_some(expected));
    }
    // Comments and instructions between pieces of one text, beside characters of several bytes.
    between("é<!-- x -->é<?y z?>ÿÿ<![CDATA[é]]>", Some("ééÿÿé"));
    for broken in ["a</titel>", "<b>a", "a</b>", "<x:y>a</x:y>", "a<br>b", "<![CDATA[a]>"] {
        let items = format!("<item><title>a</title></item><item><title>{broken}</title></item><item><title>z</title></item>");
        let kept = read(rss(&items)).map_or(0, |feed| feed.entries.len());
        // An open section of CDATA takes the rest of the document with it, in every reader.
        assert!(kept >= if broken.contains("CDATA") { 1 } else { 3 }, "{broken}: {kept}");
    }
}

/// What the bytes of a document are taken for, in the order of trust: mark, HTTP, declaration, detection; and never against what
/// the bytes themselves prove.
#[test]
fn p08_encodings_are_told_in_the_documented_order() {
    let document = |label: &str, title: &[u8]| {
        let declaration = if label.is_empty() { String::new() } else { format!("<?xml version='1.0' encoding='{label}'?>") };
        let (before, after) = ("<rss><channel><item><title>", "</title></item></channel></rss>");
        [declaration.as_bytes(), before.as_bytes(), title, after.as_bytes()].concat()
    };
    let http = |charset: &str| format!("application/rss+xml; charset=\"{charset}\"");
    let latin = "caf\u{e9}".chars().map(|c| c as u8).collect::<Vec<u8>>();
    let cyrillic = b"\xd1\xf3\xe4 \xf0\xe5\xf8\xe8\xeb"; // "Суд решил" in windows-1251
    for (what, bytes, content_type, expected) in [
        (
            "a mark over HTTP and declaration",
            [b"\xef\xbb\xbf", &*document("iso-8859-1", "café".as_bytes())].concat(),
            Some(http("windows-1251")),
            "café",
        ),
        ("HTTP over the declaration", document("iso-8859-1", cyrillic), Some(http("windows-1251")), "Суд решил"),
        ("the declaration alone", document("windows-1251", cyrillic), None, "Суд решил"),
        ("the declaration, where HTTP names none", document("windows-1251", cyrillic), Some("text/xml".to_owned()), "Суд решил"),
        ("the declaration, where HTTP names nonsense", document("windows-1251", cyrillic), Some(http("x-nonsense")), "Суд решил"),
        ("nothing said, UTF-8", document("", "café".as_bytes()), None, "café"),
        ("nothing said, Latin-1", document("", &latin), None, "café"),
        ("us-ascii said, UTF-8 sent", document("us-ascii", "café".as_bytes()), None, "café"),
        ("Latin-1 said, UTF-8 sent", document("iso-8859-1", "café".as_bytes()), None, "café"),
        ("UTF-8 said, Latin-1 sent", document("utf-8", &latin), Some(http("utf-8")), "café"),
        ("UTF-16 said, eight bits sent", document("utf-16", "café".as_bytes()), Some(http("utf-16")), "café"),
        ("UTF-7: read as the ASCII that it looks like", document("utf-7", b"caf+AOk-"), Some(http("utf-7")), "caf+AOk-"),
        ("UTF-7 that hides markup stays text", document("utf-7", b"+ADw-script+AD4-"), None, "+ADw-script+AD4-"),
        ("Shift_JIS", document("shift_jis", b"\x93\xfa\x96{\x8c\xea"), None, "日本語"),
        ("ISO-2022-JP", document("iso-2022-jp", b"\x1b$BF|K\\\x1b(B"), None, "日本"),
        ("UTF-8 with one stray byte", document("utf-8", b"caf\xc3\xa9 d\xe9j\xc3\xa0"), None, "café déjà"),
    ] {
        let feed = read_as(bytes, content_type.as_deref()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(feed.entries[0].title, expected, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p08_ids_do_not_depend_on_how_the_text_was_encoded() {
    let text =
        rss("<item><title>L'été d'après</title><link>https://site.example/été</link></item><item><title>Façade</title></item>");
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let encodings = [
        (text.clone().into_bytes(), "text/xml"),
        (latin.clone(), "text/xml; charset=iso-8859-1"),
        (latin, "text/xml; charset=utf-8"),
        (wide, "text/xml; charset=utf-16"),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "text/xml; charset=koi8-r"),
    ];
    let definition = source("s");
    let keys = |bytes: &[u8], content_type: &str| {
        let document = Document { bytes: bytes.to_vec(), content_type: Some(content_type.to_owned()), url: None };
        let reading = Reading::of(&document, &definition, &Familiar::nothing(&definition), now()).unwrap();
        reading.items.iter().map(|item| (item.key.clone(), base_key(None, item, &definition))).collect::<Vec<_>>()
    };
    let first = keys(&encodings[0].0, encodings[0].1);
    assert!(encodings.iter().all(|(bytes, content_type)| keys(bytes, content_type) == first));
    // The same through two and more fetches: the origin changes its mind about the encoding each time.
    let served = origin::Origin::serve(move |asked| {
        let (bytes, content_type) = &encodings[asked.number % encodings.len()];
        origin::reply("200 OK", &[&format!("Content-Type: {content_type}")], bytes)
    })
    .await;
    let url = served.url("/feed");
    tokio::task::spawn_blocking(move || {
        let farm = Farm::serve([]);
        let home = farm.home();
        let sources = format!("[[theme]]\nslug = \"all\"\nany = [\"law\"]\n[[source]]\nslug = \"s\"\nurl = \"{url}\"\n");
        std::fs::write(home.path().join("sources.toml"), sources).unwrap();
        let new: Vec<i64> = (0..5).map(|_| home.json(&["refresh", "s", "--json"])["new_items"].as_i64().unwrap()).collect();
        assert_eq!(new, [2, 0, 0, 0, 0]);
    })
    .await
    .unwrap();
    assert_eq!(run(rss("").as_bytes()).end, End::Typed);
}
