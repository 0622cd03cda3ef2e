//! G04: what others wrote is printed, and does nothing.

use super::text;
use veille_testbench::farm::{Farm, FarmFeed};

#[test]
fn g04_no_sign_of_a_publisher_breaks_a_line_or_paints_a_terminal() {
    let evil = "Law &#27;[31m&#x9b;2J\u{202e}of&#13;&#10;veille: error: a forged line\u{2028}model";
    let feed = FarmFeed {
        content_type: "application/rss+xml".to_owned(),
        body: format!(
            "<rss version=\"2.0\"><channel><title>{evil}</title><item><title>{evil}</title><author>{evil}</author>\
             <link>https://a.example/&#13;&#10;x</link><category>{evil}</category><pubDate>{evil}</pubDate>\
             <description>{evil}</description></item></channel></rss>"
        )
        .into(),
    };
    let broken = FarmFeed { content_type: "text/html; charset=\u{1b}[31m".to_owned(), body: "<html>\u{1b}[31m\u{9b}2J".into() };
    let farm = Farm::serve([feed, broken]);
    let home = farm.home();
    for arguments in [
        &["-vv", "refresh", "--all"][..],
        &["items", "list"],
        &["items", "show", "1"],
        &["items", "quarantine"],
        &["sources", "list"],
        &["sources", "show", "f1"],
        &["doctor"],
        &["items", "list", "--source", "x\u{1b}[31m"],
        &["items", "search", "\u{1b}[31m\u{9b}2J"],
        &["edition", "draft", "x\u{1b}]0;t\u{7}"],
    ] {
        let said = text(&home.run(arguments));
        let wrong = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}');
        assert!(!said.contains(wrong), "{arguments:?}: {said:?}");
        assert!(!said.lines().any(|line| line.starts_with("veille: error")), "{arguments:?}: a forged line: {said}");
    }
}
