//! G02: a secret is in nothing that leaves the program.

use super::text;
use veille_testbench::home::Home;

#[test]
fn g02_an_address_with_a_password_is_refused_and_not_repeated() {
    let sources = "[[source]]\nslug = \"s\"\nurl = \"http://user:CANARY-URL@127.0.0.1:9/feed\"\n";
    let output = Home::with(sources, "").run(&["--lang", "en", "config", "check"]);
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
