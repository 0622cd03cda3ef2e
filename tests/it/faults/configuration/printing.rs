//! G04: what others wrote is printed, and does nothing: one record an event, one row a thing, one line an error.

use super::text;
use serde_json::Value;
use std::process::Command;
use veille_testbench::{
    farm::{Farm, FarmFeed},
    home::{Home, LOOPBACK},
    origin::{Origin, reply},
    smtp::{Act, SmtpServer, Step},
};

/// What acts on whoever prints it, and a line that would be taken for ours.
const EVIL: &str = "a\r\nveille: error: forged\u{1b}[31m\u{9b}2J\u{7f}\u{85}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{2028}\u{2029}\u{e0041}z";

fn acts(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
}

/// Nothing acts, and no line is forged.
fn assert_inert(what: &str, said: &str) {
    let at =
        said.find(acts).map(|at| said[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect::<String>());
    assert_eq!(at, None, "{what}: {:?}", said.chars().find(|c| acts(*c)));
    assert!(!said.lines().any(|line| line.starts_with("veille: error")), "{what}: a forged line: {said}");
}

/// As entities, so that it is XML.
fn entities(text: &str) -> String {
    let legal = |c: &char| !matches!(c, '\u{1b}' | '\u{0}');
    text.chars()
        .filter(legal)
        .map(|c| if acts(c) || c == '\n' { format!("&#x{:x};", u32::from(c)) } else { c.to_string() })
        .collect()
}

/// What prints what a publisher wrote, and what repeats what was typed.
const EVERYTHING: &[&[&str]] = &[
    &["-vv", "refresh", "--all"],
    &["items", "list"],
    &["items", "list", "--json"],
    &["items", "show", "1"],
    &["items", "show", "1", "--json"],
    &["items", "quarantine"],
    &["sources", "list"],
    &["sources", "list", "--json"],
    &["sources", "show", "f1"],
    &["sources", "check"],
    &["sources", "export"],
    &["doctor"],
    &["doctor", "--json"],
    &["items", "list", "--source", EVIL],
    &["items", "search", EVIL],
    &["items", "keep", "1", "--reason", EVIL],
    &["items", "show", "1"],
    &["edition", "draft", EVIL],
    &["sources", "show", EVIL],
    &["sources", "add", EVIL],
    &["subscribers", "add", EVIL, EVIL],
    &["parse", EVIL],
    &["check", EVIL],
    &["db", "restore", EVIL],
    &["--lang", EVIL, "doctor"],
];

#[test]
fn g04_no_sign_of_a_publisher_breaks_a_line_or_paints_a_terminal() {
    let evil = format!("Law {} model", entities(EVIL));
    let feed = FarmFeed {
        content_type: "application/rss+xml".to_owned(),
        body: format!(
            "<rss version=\"2.0\"><channel><title>{evil}</title><item><title>{evil}</title><author>{evil}</author>\
             <link>https://a.example/{evil}</link><guid>{evil}</guid><category>{evil}</category><pubDate>{evil}</pubDate>\
             <description>{evil}</description></item></channel></rss>"
        )
        .into(),
    };
    let broken = FarmFeed { content_type: "text/html; charset=\u{1b}[31m".to_owned(), body: format!("<html>{EVIL}").into() };
    let farm = Farm::serve([feed, broken]);
    let home = farm.home();
    for arguments in EVERYTHING {
        let said = text(&home.run(arguments));
        assert_inert(&format!("{arguments:?}"), &said);
        if arguments.contains(&"--json") {
            let read: Result<Value, _> = serde_json::from_str(
                said.lines().skip_while(|line| !line.starts_with(['[', '{'])).collect::<Vec<_>>().join("\n").as_str(),
            );
            assert!(read.is_ok(), "{arguments:?} is JSON all the same: {said}");
        }
    }
    let lines = String::from_utf8(home.run(&["items", "list"]).stdout).unwrap().lines().count();
    assert_eq!(lines, 1, "one item, one row");
}

/// A server's words in the cause of a failure: its status line, its headers, where it sends us.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_a_server_writes_no_line_of_our_log() {
    let raw = "\u{1b}[31m\u{9b}2J\u{202e}\u{85}x";
    let origin = Origin::serve(move |asked| match asked.path.as_str() {
        "/status" => reply(&format!("404 No {raw}"), &[], raw),
        "/moved" => reply("301 Moved", &[&format!("Location: ftp://a.example/{raw}")], ""),
        "/retry" => reply("429 Slow", &[&format!("Retry-After: {raw}")], raw),
        "/sunset" => reply("200 OK", &[&format!("Sunset: {raw}"), &format!("ETag: \"{raw}\""), "Content-Type: text/html"], raw),
        _ => reply("200 OK", &[&format!("Content-Encoding: {raw}"), &format!("Content-Type: {raw}")], raw),
    })
    .await;
    let sources: String = ["status", "moved", "retry", "sunset", "coding"]
        .iter()
        .map(|slug| format!("[[source]]\nslug = \"{slug}\"\nurl = \"{}\"\n", origin.url(&format!("/{slug}"))))
        .collect();
    let home = Home::with(sources, LOOPBACK);
    for arguments in [
        &["-vv", "refresh", "--all"][..],
        &["sources", "list"],
        &["sources", "check"],
        &["doctor"],
        &["refresh", "--all", "--json"],
    ] {
        let output = home.command(arguments).env("VEILLE_LOG", "trace").output().unwrap();
        let said = text(&output);
        assert_inert(&format!("{arguments:?}"), &said);
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        for line in log.lines().filter(|line| line.contains("TRACE") || line.contains("DEBUG")) {
            assert!(line.starts_with("20"), "a record begins with its time: {line:?}");
        }
    }
}

/// A relay's words in a reply, and in the name it gives itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_a_relay_writes_no_line_of_our_log() {
    let raw = "\u{1b}[31m\u{9b}2J\u{202e}\u{85}\u{2028}veille: error";
    let relay = SmtpServer::start(move |heard| match (heard.step, heard.times) {
        (Step::Rcpt, 0) => Act::Raw(format!("550-5.1.1 {raw}\r\n550 5.1.1 {raw}\r\n").into_bytes()),
        (Step::Dot, 0) => Act::Raw(format!("451 4.7.0 {raw}\r\n").into_bytes()),
        (Step::Dot, _) => Act::Raw(format!("250 {raw}\r\n").into_bytes()),
        _ => Act::Normal,
    })
    .await;
    let outbox = crate::support::outbox::Outbox::new(4).await;
    outbox.write_home(&format!("[mail]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 1\nphase_timeout_s = 2\n", relay.port));
    for arguments in [
        &["-vv", "edition", "send", "1"][..],
        &["edition", "show", "1"],
        &["edition", "show", "1", "--json"],
        &["subscribers", "list"],
        &["doctor"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
        command.arg("--home").arg(outbox.folder.path()).args(["--now", &outbox.now.to_rfc3339()]).args(arguments);
        let said = text(&command.env("VEILLE_LOG", "trace").output().unwrap());
        assert_inert(&format!("{arguments:?}"), &said);
    }
    assert!(relay.times(Step::Dot) > 0, "the relay spoke");
}
