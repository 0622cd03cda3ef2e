//! G02: a secret is in nothing that leaves the program: what it prints, logs, answers, stores, copies and sends.
//!
//! Which settings are secret is asked of the program itself, so that a new one is searched for as well. The address of a feed may
//! carry a token in its query: it is in the database, and therefore in its copies and in what lists sources by name; in nothing else.

use super::text;
use crate::support::outbox::Outbox;
use serde_json::Value;
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use veille_testbench::{
    home::{Home, LOOPBACK},
    origin::{Origin, feed, reply},
    smtp::{Act, SmtpServer, Step},
};

/// How a secret reaches the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    File,
    Variable,
    VariableFile,
}

/// The secret settings, as the program lists them: section and key.
fn secret_settings() -> Vec<(String, String)> {
    let rows = Home::with("", "").json(&["config", "check", "--json"]);
    let secret = rows["settings"].as_array().unwrap().iter().filter(|row| row["secret"] == true);
    secret.map(|row| row["key"].as_str().unwrap().split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap()).collect()
}

/// A value that holds the canary where the setting holds its secret.
fn canary(key: &str, relay: u16) -> String {
    if key == "url" { format!("smtp://veille:CANARY-url@127.0.0.1:{relay}") } else { format!("CANARY-{key}-0123456789abcdef") }
}

/// Everything below a folder but what the operator wrote.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let own = entry.file_name().is_some_and(|name| name == "veille.toml" || name == "sources.toml" || name == "secret");
        if entry.is_dir() {
            files(&entry, found);
        } else if !own {
            found.push(entry);
        }
    }
}

fn holds(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

#[test]
fn g02_the_program_knows_its_secrets() {
    let secrets = secret_settings();
    for known in ["mail.url", "mail.password"] {
        assert!(secrets.iter().any(|(section, key)| format!("{section}.{key}") == known), "{secrets:?}");
    }
    let rows = Home::with("", "").json(&["config", "check", "--json"]);
    for row in rows["settings"].as_array().unwrap() {
        let key = row["key"].as_str().unwrap();
        let name = key.rsplit('.').next().unwrap();
        // The name of a file is none; what stands in it is read by the one who signs.
        let sounds = !name.ends_with("_file") && ["password", "secret", "token", "key"].iter().any(|word| name.contains(word));
        assert!(!sounds || row["secret"] == true, "{key} sounds like a secret");
    }
}

#[test]
fn g02_an_address_with_a_password_is_refused_and_not_repeated() {
    let sources = "[[source]]\nslug = \"s\"\nurl = \"http://user:CANARY-URL@127.0.0.1:9/feed\"\n";
    for arguments in [&["--lang", "en", "config", "check"][..], &["refresh", "--all"], &["serve"], &["-vv", "doctor"]] {
        let output = Home::with(sources, "").run(arguments);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output);
        assert!(said.contains("sources.toml:3") && !said.contains("CANARY"), "{said}");
    }
}

/// Where a copy goes.
const COPY: &str = "COPY";

const EVERYTHING: &[&[&str]] = &[
    &["config", "check"],
    &["config", "check", "--json"],
    &["refresh", "--all"],
    &["refresh", "--all", "--json"],
    &["doctor"],
    &["doctor", "--json"],
    &["edition", "send", "1"],
    &["edition", "show", "1", "--json"],
    &["sources", "list", "--json"],
    &["sources", "show", "s"],
    &["sources", "check"],
    &["sources", "export"],
    &["subscribers", "list"],
    &["subscribers", "export", "p0@example.net"],
    &["db", "check"],
    &["db", "backup", COPY],
    &["db", "export", COPY],
];

/// Writes the settings of a home, one of them secret; gives them, and the variables.
fn give(outbox: &Outbox, (section, key): (&str, &str), form: Form, relay: u16) -> (String, Vec<(String, String)>) {
    let (value, name) = (canary(key, relay), format!("VEILLE_{}_{}", section.to_uppercase(), key.to_uppercase()));
    let (mut variables, mut line) = (Vec::new(), String::new());
    match form {
        Form::File => line = format!("{key} = \"{value}\"\n"),
        Form::Variable => variables.push((name, value)),
        Form::VariableFile => {
            let file = outbox.folder.path().join("secret");
            fs::write(&file, format!("{value}\n")).unwrap();
            variables.push((format!("{name}_FILE"), file.to_string_lossy().into_owned()));
        }
    }
    let login = if key == "url" { String::new() } else { format!("url = \"smtp://127.0.0.1:{relay}\"\nuser = \"veille\"\n") };
    let (mail, other) = if section == "mail" { (line, String::new()) } else { (String::new(), format!("[{section}]\n{line}")) };
    let listen = format!("[web]\nlisten = \"127.0.0.1:{}\"\n", free_port());
    let settings = format!("{LOOPBACK}{listen}[mail]\nphase_timeout_s = 5\nconnections = 1\n{login}{mail}{other}");
    outbox.write_home(&settings);
    (settings, variables)
}

/// Runs everything with one secret in one form, and searches for it in everything.
async fn search_for(section: &str, key: &str, form: Form, relay: u16) {
    let outbox = Outbox::new(3).await;
    let home = outbox.folder.path().to_owned();
    let feeds = Origin::serve(|_| feed(&[])).await;
    let (settings, variables) = give(&outbox, (section, key), form, relay);
    let sources = fs::read_to_string(home.join("sources.toml")).unwrap();
    fs::write(home.join("sources.toml"), format!("{sources}[[source]]\nslug = \"s\"\nurl = \"{}\"\n", feeds.url("/feed")))
        .unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
        command.arg("--home").arg(&home).args(["--now", &outbox.now.to_rfc3339()]).args(arguments);
        command.env("VEILLE_LOG", "trace").env("RUST_BACKTRACE", "full").envs(variables.iter().cloned());
        command
    };
    let value = canary(key, relay);
    let secret = if key == "url" { "CANARY-url" } else { value.as_str() };
    let context = format!("{section}.{key} by {form:?}");
    for arguments in EVERYTHING {
        let copy = home.join(arguments.join("-").replace(COPY, ""));
        let arguments: Vec<&str> =
            arguments.iter().map(|part| if *part == COPY { copy.to_str().unwrap() } else { part }).collect();
        let said = text(&run(&arguments).output().unwrap());
        let place = said.find(secret).map(|at| said[at.saturating_sub(120)..].chars().take(200).collect::<String>());
        assert_eq!(place, None, "{context}: {arguments:?} tells it");
    }
    served(&mut run(&["serve"]), &settings, secret, &context);
    let mut written = Vec::new();
    files(&home, &mut written);
    assert!(written.len() > 8, "{written:?}");
    for file in written {
        assert!(!holds(&fs::read(&file).unwrap(), secret), "{context}: {} holds it", file.display());
    }
}

/// What a server logs and answers, a reload and a bad file included.
fn served(command: &mut Command, settings: &str, secret: &str, context: &str) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let listen = settings.split("listen = \"").nth(1).unwrap().split('"').next().unwrap();
    let begun = Instant::now();
    let mut answers = String::new();
    for path in ["/healthz", "/readyz", "/metrics", "/"] {
        while begun.elapsed() < Duration::from_secs(20) {
            if let Ok(mut stream) = TcpStream::connect(listen) {
                write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
                stream.read_to_string(&mut answers).unwrap();
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    assert!(answers.contains("200 OK"), "{answers}");
    let kill = |name: &str| assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
    kill("-HUP");
    std::thread::sleep(Duration::from_millis(300));
    kill("-TERM");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{context}: {said}");
    assert!(said.contains("configuration"), "{context}: it was read again: {said}");
    assert!(!said.contains(secret) && !answers.contains(secret), "{context}: the server tells it");
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g02_no_secret_reaches_a_log_an_error_an_answer_a_letter_or_a_copy() {
    let relay = SmtpServer::with_extensions(&["AUTH PLAIN LOGIN"], |heard| match heard.step {
        Step::Rcpt if heard.times == 0 => Act::Reply("450 4.2.1 later".to_owned()),
        _ => Act::Normal,
    })
    .await;
    // One form each in turn: all of them would take a minute.
    let forms = [Form::File, Form::Variable, Form::VariableFile];
    for (number, (section, key)) in secret_settings().into_iter().enumerate() {
        search_for(&section, &key, forms[number % forms.len()], relay.port).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: every secret in every form; cargo nextest run --test it --run-ignored only -E 'test(g02_every_secret)'"]
async fn g02_every_secret_in_every_form() {
    let relay = SmtpServer::with_extensions(&["AUTH PLAIN LOGIN"], |_| Act::Normal).await;
    for (section, key) in secret_settings() {
        for form in [Form::File, Form::Variable, Form::VariableFile] {
            search_for(&section, &key, form, relay.port).await;
        }
    }
}

/// A token in the query of a feed: where it fails and where it works, where it leads and what it brings.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g02_the_token_of_a_feed_is_told_by_no_log_and_no_error() {
    let origin = Origin::serve(|asked| match asked.path.split('?').next().unwrap() {
        "/gone" => reply("404 Not Found", &[], "no"),
        "/page" => reply("200 OK", &["Content-Type: text/html"], "<html>no feed</html>"),
        "/loop" => reply("302 Found", &["Location: /loop?token=CANARY-LOOP"], ""),
        "/away" => reply("302 Found", &["Location: http://user:CANARY-AWAY@127.0.0.1:9/x?token=CANARY-AWAY"], ""),
        "/slow" => reply("429 Too Many Requests", &["Retry-After: 60"], ""),
        _ => feed(&[]),
    })
    .await;
    let source =
        |slug: &str| format!("[[source]]\nslug = \"{slug}\"\nurl = \"{}\"\n", origin.url(&format!("/{slug}?token=CANARY-QUERY")));
    let sources: String = ["good", "gone", "page", "loop", "away", "slow"].map(source).concat();
    let home = Home::with(sources, LOOPBACK);
    for arguments in [
        &["config", "check"][..],
        &["config", "check", "--json"],
        &["-vv", "refresh", "--all"],
        &["-vv", "refresh", "--all", "--json"],
        &["sources", "check"],
        &["doctor"],
        &["doctor", "--json"],
        &["db", "check"],
    ] {
        let said = text(&home.command(arguments).env("VEILLE_LOG", "trace").output().unwrap());
        let place = said.find("CANARY").map(|at| said[at.saturating_sub(160)..].chars().take(240).collect::<String>());
        assert_eq!(place, None, "{arguments:?}");
    }
    let rows: Value = home.json(&["sources", "list", "--json"]);
    for row in rows.as_array().unwrap() {
        assert!(!row["last_error"].to_string().contains("CANARY"), "{row}");
    }
}
