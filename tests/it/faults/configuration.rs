//! Configuration and operation: mistakes are told, secrets are not.

use std::process::Output;
use veille_testbench::{
    chance::Chance,
    farm::{Farm, FarmFeed},
    home::Home,
};

const SOURCES: &str = include_str!("../../../sources.toml");
const SETTINGS: &str = "[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nconcurrency = 8\nfloor_minutes = 60\nrespect_robots = true\n\
    [mail]\nurl = \"smtp+starttls://relay.example.org:587\"\nfrom = \"Veille <veille@example.org>\"\nconnections = 2\n\
    [web]\nlisten = \"127.0.0.1:8400\"\npublic_url = \"https://veille.example.org\"\n[storage]\npath = \"db/veille.sqlite3\"\n";

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// One mistake of the kinds that people make, somewhere in a file.
fn with_mistake(text: &str, chance: &mut Chance) -> Vec<u8> {
    let lines: Vec<&str> = text.lines().collect();
    let assignments: Vec<usize> =
        (0..lines.len()).filter(|line| lines[*line].contains(" = ") && !lines[*line].trim_start().starts_with('#')).collect();
    let line = assignments[usize::try_from(chance.below(assignments.len() as u64)).unwrap()];
    let (key, value) = lines[line].split_once(" = ").unwrap();
    let mistaken = match chance.below(12) {
        0 => format!("{}x = {value}", &key[..key.len() - 1]),
        1 => format!("{key} = [[[]"),
        2 => format!("{key} = -1"),
        3 => format!("{key} = \"\""),
        4 => format!("{key} = 99999999999999999999"),
        5 => format!("{key} {value}"),
        6 => format!("{key} = {{ a = 1 }}"),
        7 => format!("{key} = \"\u{1b}[31m\\u0000\""),
        8 => format!("{key} = true"),
        9 => format!("{key} = {value}\n{key} = {value}"),
        10 => format!("[{key}"),
        _ => format!("{key} = 1979-05-27T07:32:00Z"),
    };
    let mut lines: Vec<&str> = lines;
    lines[line] = &mistaken;
    let mut bytes = lines.join("\n").into_bytes();
    if chance.below(20) == 0 {
        let at = usize::try_from(chance.below(bytes.len() as u64)).unwrap();
        bytes[at] = 0xff;
    }
    bytes
}

/// Gives how many of so many mistaken files were refused.
fn refused_of(mutants: u64) -> u64 {
    let mut chance = Chance::from_environment(20_261_125);
    let mut refused = 0;
    for number in 0..mutants {
        let (sources, settings) = match number % 2 {
            0 => (with_mistake(SOURCES, &mut chance), SETTINGS.as_bytes().to_vec()),
            _ => (SOURCES.as_bytes().to_vec(), with_mistake(SETTINGS, &mut chance)),
        };
        let home = Home::with(&sources, &settings);
        let checked = home.run(&["config", "check"]);
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        match checked.status.code() {
            Some(0) => {}
            Some(2) => {
                refused += 1;
                let line = said.lines().next().unwrap_or_default();
                assert!(line.contains("sources.toml") || line.contains("veille.toml"), "mutant {number} names the file: {said}");
                assert!(!said.contains('\u{1b}'), "mutant {number}: {said:?}");
                assert!(!said.contains("usize") && !said.contains("u64") && !said.contains("struct "), "in words: {said}");
                let started = home.run(&["refresh", "--all"]);
                assert_eq!(started.status.code(), Some(2), "mutant {number}: {}", text(&started));
                assert!(!home.path().join("db").exists(), "mutant {number}: nothing is begun under wrong settings");
            }
            other => panic!("mutant {number} ended with {other:?}: {said}"),
        }
    }
    refused
}

#[test]
fn g01_mistakes_are_told_with_their_place_and_nothing_is_begun() {
    let refused = refused_of(40);
    assert!(refused >= 20, "most of these mistakes are mistakes: {refused}");
}

#[test]
#[ignore = "long: 200 mistaken files; cargo nextest run --test it --run-ignored only -E 'test(g01_every_kind)'"]
fn g01_every_kind_of_mistake_at_length() {
    println!("{} of 200 refused", refused_of(200));
}

#[test]
fn g02_an_address_with_a_password_is_refused_and_not_repeated() {
    let sources = "[[source]]\nslug = \"s\"\nurl = \"http://user:CANARY-URL@127.0.0.1:9/feed\"\n";
    let output = Home::with(sources, "").run(&["config", "check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output);
    assert!(said.contains("sources.toml:3") && said.contains("password") && !said.contains("CANARY"), "{said}");
}

/// `sources show` and `sources list` repeat the address as the file has it: it is the operator's own.
#[test]
fn g02_no_secret_reaches_a_log_an_error_or_an_export() {
    let sources = "[[theme]]\nslug = \"t\"\nany = [\"x\"]\n[[source]]\nslug = \"s\"\nurl = \"http://127.0.0.1:9/feed?token=CANARY-QUERY\"\n\
        [[digest]]\nslug = \"hebdo\"\nlanguage = \"fr\"\nschedule = \"0 8 * * Mon\"\n";
    let settings = "[fetch]\nallow_networks = [\"127.0.0.0/8\"]\n[mail]\nurl = \"smtp://veille:CANARY-MAIL@127.0.0.1:9\"\n";
    let home = Home::with(sources, settings);
    let export = home.path().join("export");
    let backup = home.path().join("backup.sqlite3");
    for arguments in [
        &["config", "check"][..],
        &["config", "check", "--json"],
        &["-vv", "refresh", "--all"],
        &["-vv", "refresh", "--all", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["db", "check"],
        &["db", "backup", backup.to_str().unwrap()],
        &["db", "export", export.to_str().unwrap()],
        &["sources", "check", "s"],
    ] {
        let mut command = home.command(arguments);
        let output = command.env("VEILLE_LOG", "trace").env("VEILLE_MAIL_PASSWORD", "CANARY-ENV").output().unwrap();
        let said = text(&output);
        for secret in ["CANARY-MAIL", "CANARY-ENV", "CANARY-QUERY"] {
            let place = said.find(secret).map(|at| said[at.saturating_sub(120)..].chars().take(160).collect::<String>());
            assert_eq!(place, None, "{arguments:?} tells {secret}");
        }
    }
}

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
