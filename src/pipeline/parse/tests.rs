//! Documents of every kind, and what is made of them.

use super::*;
use proptest::prelude::*;
use url::Url;

fn read(text: &str) -> Result<ParsedFeed, NotAFeed> {
    read_bytes(text.as_bytes())
}

fn read_bytes(bytes: &[u8]) -> Result<ParsedFeed, NotAFeed> {
    let url = Url::parse("https://ex.fr/blog/feed").ok();
    parse(&Document { bytes: bytes.to_vec(), content_type: None, url }, "2026-11-25T08:00:00Z".parse().unwrap())
}

/// One entry in one line: id, title, link, authors with their place, date, body; absent parts are "-".
fn shown(entry: &crate::domain::entry::Entry) -> String {
    let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let authors: Vec<String> = entry.authors.iter().map(|author| format!("{} ({})", author.name, author.place)).collect();
    let date = entry.published.or(entry.updated).map(|date| date.at.format("%FT%R").to_string());
    let body = entry.content_html.as_deref().or(entry.summary.as_deref());
    [
        or_dash(entry.id.as_deref()),
        entry.title.clone(),
        or_dash(entry.link.as_deref()),
        if authors.is_empty() { "-".to_owned() } else { authors.join(", ") },
        or_dash(date.as_deref()),
        or_dash(body),
    ]
    .join(" | ")
}

fn check(text: &str, format: &str, entries: &[&str]) {
    let feed = read(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(feed.format, format, "{text}");
    assert_eq!(feed.entries.iter().map(shown).collect::<Vec<_>>(), entries, "{text}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, not a flow")]
fn reads_every_format() {
    check(
        "<rss version='2.0'><channel><item><title>A &amp;amp; B</title><guid>https://ex.fr/1</guid><pubDate>10 Nov 2026 07:00 GMT\
         </pubDate><author>a@ex.fr (Ada)</author><description>&lt;p&gt;x&lt;/p&gt;</description></item></channel></rss>",
        "rss2",
        &["https://ex.fr/1 | A & B | https://ex.fr/1 | Ada (author) | 2026-11-10T07:00 | <p>x</p>"],
    );
    check(
        "<rss><channel><managingEditor>r@ex.fr</managingEditor><item><title>A</title><link>/1</link><guid isPermaLink='false'>7</guid>\
         </item></channel></rss>",
        "rss2",
        &["7 | A | https://ex.fr/1 | r@ex.fr (feed author) | - | -"],
    );
    check(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' \
         xmlns:dc='https://purl.org/dc/elements/1.1/'><channel><title>F</title></channel><item rdf:about='https://ex.fr/1'>\
         <title>A</title><dc:creator>Ada</dc:creator><dc:date>2026-11-10</dc:date></item></rdf:RDF>",
        "rss1",
        &["https://ex.fr/1 | A | https://ex.fr/1 | Ada (dc:creator) | 2026-11-10T00:00 | -"],
    );
    check(
        "<Channel xmlns='http://purl.org/net/rss1.1#'><items><item><title>A</title><link>https://ex.fr/1</link></item></items></Channel>",
        "rss1",
        &["- | A | https://ex.fr/1 | - | - | -"],
    );
    check(
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>A</title><id>i</id><link rel='alternate' href='1'/>\
         <issued>2026-11-10T07:00</issued><content mode='escaped' type='text/html'>&lt;b&gt;x&lt;/b&gt;</content></entry></feed>",
        "atom0.3",
        &["i | A | https://ex.fr/blog/1 | - | 2026-11-10T07:00 | <b>x</b>"],
    );
    check(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://o.fr/d/'><author><name>Feed</name></author><entry><title>A\
         </title><id>i</id><link href='e'/><content type='xhtml' xml:base='c/'><div xmlns='http://www.w3.org/1999/xhtml'><a href='f'>x</a>\
         </div></content></entry></feed>",
        "atom",
        &["i | A | https://o.fr/d/e | Feed (feed author) | - | <a href=\"https://o.fr/d/c/f\">x</a>"],
    );
    check(
        "<CHANNEL HREF='https://ex.fr/'><ITEM HREF='https://ex.fr/1' LASTMOD='2026-11-10T07:00'><TITLE>A</TITLE><ABSTRACT>x</ABSTRACT>\
         </ITEM></CHANNEL>",
        "cdf",
        &["- | A | https://ex.fr/1 | - | 2026-11-10T07:00 | x"],
    );
    check(
        r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":7,"url":"1","title":"A","authors":[{"name":"Ada"}],
        "date_published":"2026-11-10T07:00:00Z","content_html":"<p>x<script>evil()</script></p>"},3]}"#,
        "json",
        &["7 | A | https://ex.fr/blog/1 | Ada (json author) | 2026-11-10T07:00 | <p>x</p>"],
    );
}

#[test]
fn survives_what_publishers_send() {
    let one = |inside: &str| format!("<rss version='2.0'><channel>{inside}</channel></rss>");
    for (text, titles) in [
        (one("<item><title>R&D & co</title></item>"), vec!["R&D & co"]),
        (one("<item><title>caf&eacute; &unknown;</title></item>"), vec!["café &unknown;"]),
        (one("<item><title>A<link>x</link></item><item><title>B</title></item>"), vec!["A", "B"]),
        (one("<item><title>A</title><item><title>B</title></item>"), vec!["A", "B"]),
        (one("<item><title>A</titel><description>d</item><item><title>B</title></item>"), vec!["A", "B"]),
        (one("<item><title>1 < 2 <3</title></item>"), vec!["1 < 2 <3"]),
        (one("<item><title>a\u{0}b\u{202e}c</title></item>"), vec!["abc"]),
        (format!("<br/><b>Warning</b>: a & b\n{}", one("<item><title>A</title></item>")), vec!["A"]),
        (format!("{}<script>a < b</script>", one("<item><title>A</title></item>")), vec!["A"]),
        ("<rss><channel><item><title>A</title></item><item><title>B</ti".to_owned(), vec!["A"]),
        ("<feed><entry><title>A</title></entry><entry><title>B".to_owned(), vec!["A"]),
        (one("<x:y><item><title>A</title></item></x:y>"), vec![]),
    ] {
        let feed = read(&text).unwrap();
        assert_eq!(feed.entries.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), titles, "{text}");
    }
}

#[test]
fn what_is_refused_is_kept_and_what_is_repaired_is_said() {
    let feed = read(&format!("<rss><channel><item>{}</item><item><title>B</title></item><item><ti", "<b>".repeat(100))).unwrap();
    assert_eq!(feed.entries.len(), 1);
    assert!(feed.truncated);
    let reasons: Vec<&str> = feed.refused.iter().map(|entry| entry.reason.as_str()).collect();
    assert_eq!(reasons, ["nested more than 64 elements deep", "the document breaks off inside this entry"]);
    assert!(feed.refused[0].bytes.starts_with(b"<item><b><b>"));
    assert!(feed.warnings.iter().any(|warning| warning.contains("64 deep")), "{:?}", feed.warnings);
}

#[test]
fn no_link_runs_anything() {
    for link in ["javascript:evil()", " java\nscript:evil()", "VBScript:x", "data:text/html,x"] {
        let feed = read(&format!("<rss><channel><item><title>A</title><link>{link}</link></item></channel></rss>")).unwrap();
        assert_eq!(feed.entries[0].link, None, "{link}");
    }
}

#[test]
fn impossible_dates_are_kept_apart() {
    for written in ["Tue, 10 Nov 2099 07:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "soon"] {
        let feed = read(&format!("<rss><channel><item><pubDate>{written}</pubDate></item></channel></rss>")).unwrap();
        let entry = &feed.entries[0];
        assert_eq!((entry.published, entry.unreadable_date.as_deref()), (None, Some(written)));
    }
}

#[test]
fn the_feed_speaks_for_itself() {
    let feed = read(
        "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel><title>F &lt;b&gt;x&lt;/b&gt;</title>\
         <link>https://ex.fr/</link><language>fr_FR</language><lastBuildDate>2026-11-10</lastBuildDate><sy:updatePeriod>daily\
         </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency><item><source url='https://o.fr/feed'>O</source>\
         <category>IA</category><category>IA</category><language>en</language></item></channel></rss>",
    )
    .unwrap();
    assert_eq!(
        (feed.title.as_deref(), feed.link.as_deref(), feed.language.as_deref()),
        (Some("F x"), Some("https://ex.fr/"), Some("fr-fr"))
    );
    assert_eq!((feed.ttl_minutes, feed.updated.is_some()), (Some(360), true));
    let entry = &feed.entries[0];
    assert_eq!(entry.origin.as_ref().map(Url::as_str), Some("https://o.fr/feed"));
    assert_eq!((entry.categories.as_slice(), entry.language.as_deref()), (["IA".to_owned()].as_slice(), Some("en")));
}

#[test]
fn the_second_reading_fills_gaps_only() {
    let feed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'><entry><id>i</id><title>A</title>\
         <media:group><media:title>Other</media:title><media:description>Told by the video</media:description></media:group></entry></feed>",
    )
    .unwrap();
    assert_eq!((feed.entries[0].title.as_str(), feed.entries[0].summary.as_deref()), ("A", Some("Told by the video")));
}

#[test]
fn what_is_no_feed_is_told_with_its_remedy() {
    for (text, word) in [
        ("", "empty"),
        ("<!DOCTYPE html><html><p>x</html>", "discover"),
        ("<opml/>", "import"),
        ("{}", "items"),
        ("x", "no element"),
    ] {
        let NotAFeed(reason) = read(text).unwrap_err();
        assert!(reason.contains(word) && !reason.contains('\n'), "{text}: {reason}");
    }
}

proptest! {
    #[test]
    fn never_panics_on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn never_panics_on_what_looks_like_a_feed(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<entry>", "</entry>", "<feed xmlns='http://www.w3.org/2005/Atom'>",
            "<link href='", "'/>", "<![CDATA[", "]]>", "<!--", "-->", "<content type='xhtml'>", "</content>", "&#", ";", "\"", "é", "<?xml",
            "<pubDate>", "10 Nov 2026", "<div>", "<dc:creator>", "</", ">", "<!DOCTYPE [<!ENTITY a \"", "{\"items\":[", "<media:group>",
        ]), 0..40)
    ) {
        let text = pieces.concat();
        let _ = read(&text);
        let _ = read(&format!("<rss><channel><item>{text}"));
    }
}
