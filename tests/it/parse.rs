//! `veille parse`, the command. What it makes of feeds is in `faults::parse`.

use assert_cmd::Command;
use serde_json::Value;

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
