//! What is told about `veille.toml` and the variables, mistake by mistake.

use super::{effective, parse, read, secret_settings};
use crate::{config::Environment, domain::localised::Locale, settings::Transport};
use std::path::Path;

/// A text, and what is told about it.
const CASES: &[(&str, &str)] = &[
    ("[fetch]\nconcurency = 3\n", "veille.toml:2: unknown key \"concurency\"; did you mean \"concurrency\"?"),
    ("\n[mial]\nurl = \"file:x\"\n", "veille.toml:2: unknown key \"mial\"; did you mean \"mail\"?"),
    ("mail = 3\n", "veille.toml:1: mail: expected a section [mail], found a whole number"),
    ("[mail]\nurl = \"ftp://x\"\n", "veille.toml:2: url: \"ftp:\" is unknown; use smtp:, smtps:, smtp+starttls: or file:"),
    ("[mail]\nurl = \"relay:x\"\n", "veille.toml:2: url: \"relay:\" is unknown; use smtp:, smtps:, smtp+starttls: or file:"),
    (
        "[mail]\nurl = \"smtp://relay:70000\"\n",
        "veille.toml:2: url: this is no address (invalid port number); write smtp+starttls://relay.example.org:587 or file:outbox",
    ),
    ("[mail]\nurl = \"smtp:\"\n", "veille.toml:2: url: name the host: smtp://relay.example.org:25"),
    (
        "[mail]\nfrom = \"Veille\"\n",
        "veille.toml:2: from: \"Veille\" is no address; write veille@example.org or Veille <veille@example.org>",
    ),
    ("[web]\nlisten = \"here\"\n", "veille.toml:2: listen: \"here\" is no address and port; write 127.0.0.1:8400"),
    (
        "[fetch]\nresolver = \"dns.example.org\"\n",
        "veille.toml:2: resolver: \"dns.example.org\" is no address of a DNS server; write 192.0.2.53, or 192.0.2.53:5353 for another port than 53",
    ),
    ("[fetch]\ntotal_timeout_s = 0\n", "veille.toml:2: total_timeout_s: must be between 1 and 600, not 0"),
    ("[storage]\npath = \"\"\n", "veille.toml:2: path: is empty; write something or remove the line"),
    ("[storage]\npath = \"db/\"\n", "veille.toml:2: path: must name a file, like db/veille.sqlite3"),
    (
        "[web]\npublic_url = \"ftp://x.example\"\n",
        "veille.toml:2: public_url: \"ftp://x.example\" is no address of a web page; write https://veille.example.org",
    ),
    ("[fetch]\nconcurrency = \"many\"\n", "veille.toml:2: concurrency: expected a whole number from 1 to 1024, found a text"),
    ("[fetch]\nconcurrency = 0\n", "veille.toml:2: concurrency: must be between 1 and 1024, not 0"),
    ("[fetch]\nconcurrency = -1\n", "veille.toml:2: concurrency: must be between 1 and 1024, not -1"),
    (
        "[fetch]\nuser_agent = \"é\"\n",
        "veille.toml:2: user_agent: without accents: headers of a request are ASCII; say who you are and how to reach you",
    ),
    (
        "[fetch]\nallow_networks = [\"10.0.0.0/8\", \"10.0.0.0/99\", 3]\n",
        "veille.toml:2: allow_networks: \"10.0.0.0/99\" is no network; write 10.0.0.0/8 or fd00::/8; veille.toml:2: allow_networks: expected texts between quotation marks, found a whole number",
    ),
    (
        "[fetch]\nconnect_timeout_s = 20\ntotal_timeout_s = 5\n",
        "veille.toml:3: total_timeout_s (5) is shorter than connect_timeout_s (20); lengthen the one or shorten the other",
    ),
    (
        "[mail]\nurl = \"smtp://a.example\"\nuser = \"u\"\n",
        "veille.toml:3: user: the password is missing; give it by VEILLE_MAIL_PASSWORD_FILE, or remove user",
    ),
    (
        "[mail]\nurl = \"smtp://a.example\"\npassword = \"u\"\n",
        "veille.toml:3: password: the user is missing; give [mail] user or VEILLE_MAIL_USER",
    ),
    ("[mail]\nca_file = \"no.pem\"\n", "veille.toml:2: ca_file: cannot read no.pem: No such file or directory (os error 2)"),
    (
        "[mail]\ndkim_key_file = \"no.pem\"\n",
        "veille.toml:2: dkim_key_file: dkim_selector is missing, under which the key is published",
    ),
    (
        "[mail]\ndkim_second_selector = \"a b\"\n",
        "veille.toml:2: dkim_second_selector: must be the selector alone, like \"mail2026\"",
    ),
    (
        "[mail]\nurl = \"smtp://u:p@a.example\"\npassword = \"u\"\n",
        "veille.toml:3: password: the address in \"url\" holds one already; keep one of the two",
    ),
];

fn problem(text: &str) -> String {
    parse(text, Path::new("veille.toml"), &Environment::default()).unwrap_err().to_string()
}

fn of_variables<const N: usize>(text: &str, pairs: [(&str, &str); N]) -> String {
    parse(text, Path::new("veille.toml"), &Environment::from_pairs(pairs)).unwrap_err().to_string()
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let text = "[fetch]\nconcurrency = 8\nallow_networks = [\"127.0.0.0/8\"]\n[mail]\nurl = \"smtps://relay.example.org\"\nuser = \"veille\"\n";
    let environment = Environment::from_pairs([("VEILLE_FETCH_CONCURRENCY", "16"), ("VEILLE_MAIL_PASSWORD", "s3cret")]);
    let settings = parse(text, Path::new("veille.toml"), &environment).unwrap();
    assert_eq!((settings.fetch.concurrency, settings.fetch.floor.as_secs()), (16, 3600));
    let Transport::Smtp(smtp) = &settings.mail.transport else { panic!("smtp") };
    assert_eq!((smtp.port, smtp.login.as_ref().unwrap().1.reveal()), (465, "s3cret"));
    let shown = format!("{:?} {:?}", effective(&settings), settings);
    assert!(shown.contains("veille:***@relay.example.org:465") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn a_login_of_a_variable_wins_part_by_part() {
    let login = |text: &str, pairs: [(&str, &str); 2]| {
        let settings = parse(text, Path::new("v"), &Environment::from_pairs(pairs)).unwrap();
        let Transport::Smtp(smtp) = settings.mail.transport else { panic!("smtp") };
        smtp.login.map(|(user, password)| format!("{user} {}", password.reveal()))
    };
    let file = "[mail]\nurl = \"smtp://old:p%40ss@a.example\"\n";
    assert_eq!(login(file, [("VEILLE_X", ""), ("VEILLE_Y", "")]).as_deref(), Some("old p@ss"));
    assert_eq!(login(file, [("VEILLE_MAIL_PASSWORD", "new"), ("VEILLE_Y", "")]).as_deref(), Some("old new"));
    assert_eq!(login(file, [("VEILLE_MAIL_URL", "smtp://b.example"), ("VEILLE_Y", "")]), None);
    let keys = "[mail]\nurl = \"smtp://a.example\"\nuser = \"u\"\npassword = \"p\"\n";
    assert_eq!(login(keys, [("VEILLE_MAIL_URL", "smtp://v:w@b.example"), ("VEILLE_Y", "")]).as_deref(), Some("v w"));
    assert_eq!(login(keys, [("VEILLE_MAIL_URL", "smtp://v@b.example"), ("VEILLE_MAIL_PASSWORD", "w")]).as_deref(), Some("v w"));
}

#[test]
fn mistakes_name_the_line_and_the_remedy() {
    for (text, expected) in CASES {
        assert_eq!(problem(text), *expected);
    }
}

#[test]
fn all_mistakes_of_the_file_and_the_variables_are_told_at_once() {
    let text = "[fetch]\nconcurrency = 0\nfoo = 1\n[mail]\nurl = \"x\"\nfrom = 3\n[web]\nlisten = \"x\"\n";
    let environment = Environment::from_pairs([("VEILLE_STORAGE_PATHH", "x"), ("VEILLE_FETCH_FLOOR_MINUTES", "soon")]);
    let (_, mistakes) = read(text, Path::new("v"), &environment);
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.place.as_str()).collect();
    assert_eq!(places, ["v:2", "v:3", "v:5", "v:6", "v:8", "VEILLE_STORAGE_PATHH", "VEILLE_FETCH_FLOOR_MINUTES"]);
    assert!(mistakes.iter().all(|mistake| mistake.line(Locale::Fr) != mistake.line(Locale::En)), "{mistakes:#?}");
}

#[test]
fn g01_a_variable_that_sets_nothing_is_refused() {
    for (name, expected) in [
        ("VEILLE_FETCH_CONCURENCY", "VEILLE_FETCH_CONCURENCY: no such setting; did you mean \"VEILLE_FETCH_CONCURRENCY\"?"),
        ("VEILLE_MAIL_PASWORD_FILE", "VEILLE_MAIL_PASWORD_FILE: no such setting; did you mean \"VEILLE_MAIL_PASSWORD\"?"),
        ("VEILLE_MIAL_PASSWORD", "VEILLE_MIAL_PASSWORD: no such setting; did you mean \"VEILLE_MAIL_PASSWORD\"?"),
    ] {
        assert_eq!(of_variables("", [(name, "1")]), expected);
    }
    let others = Environment::from_pairs([
        ("VEILLE_CORPORA", "/x"),
        ("VEILLE_LANG", "en"),
        ("VEILLE_HOME", "x"),
        ("VEILLE_NOW", "x"),
        ("VEILLE_LOG", "x"),
        ("VEILLE_SEED", "1"),
        ("VEILLE_BINARY", "x"),
        ("VEILLE_FAILPOINT", "x"),
    ]);
    assert!(parse("", Path::new("veille.toml"), &others).is_ok());
}

#[test]
fn g01_a_wrong_variable_is_named_and_its_value_is_not_when_it_is_secret() {
    for (name, value, expected) in [
        ("VEILLE_FETCH_CONCURRENCY", "many", "VEILLE_FETCH_CONCURRENCY: expected a whole number from 1 to 1024"),
        ("VEILLE_FETCH_RESPECT_ROBOTS", "no", "VEILLE_FETCH_RESPECT_ROBOTS: expected true or false"),
        (
            "VEILLE_FETCH_ALLOW_NETWORKS",
            "10.0.0.0/8, x",
            "VEILLE_FETCH_ALLOW_NETWORKS: \"x\" is no network; write 10.0.0.0/8 or fd00::/8",
        ),
        (
            "VEILLE_MAIL_PASSWORD_FILE",
            "/nowhere",
            "VEILLE_MAIL_PASSWORD_FILE: cannot read \"/nowhere\": No such file or directory (os error 2); check that it is there and that veille may read it",
        ),
        ("VEILLE_MAIL_PASSWORD", "", "VEILLE_MAIL_PASSWORD: is empty; write something or remove the line"),
    ] {
        assert_eq!(of_variables("", [(name, value)]), expected);
    }
    let twice = of_variables("", [("VEILLE_MAIL_PASSWORD", "a"), ("VEILLE_MAIL_PASSWORD_FILE", "b")]);
    assert_eq!(twice, "VEILLE_MAIL_PASSWORD: VEILLE_MAIL_PASSWORD_FILE is given as well; keep one of the two");
    let hidden = of_variables("", [("VEILLE_MAIL_URL", "smtp://user:CANARY")]);
    assert!(!hidden.contains("CANARY"), "{hidden}");
}

#[test]
fn a_resolver_is_an_address_with_or_without_a_port() {
    for (text, expected) in [
        ("127.0.0.1:5353", Some("127.0.0.1:5353")),
        ("127.0.0.1", Some("127.0.0.1:53")),
        ("::1", Some("[::1]:53")),
        ("[::1]", Some("[::1]:53")),
        ("[::1]:5353", Some("[::1]:5353")),
        ("", None),
    ] {
        let file = format!("[fetch]\nresolver = \"{text}\"\n");
        let settings = parse(&file, Path::new("veille.toml"), &Environment::default()).unwrap();
        assert_eq!(settings.fetch.resolver.map(|server| server.to_string()).as_deref(), expected, "{text}");
    }
    let environment = Environment::from_pairs([("VEILLE_FETCH_RESOLVER", "127.0.0.1")]);
    assert!(parse("", Path::new("veille.toml"), &environment).unwrap().fetch.resolver.is_some());
}

#[test]
fn lists_of_variables_are_written_with_commas_or_as_in_the_file() {
    for text in ["127.0.0.0/8,::1/128", "[\"127.0.0.0/8\", \"::1\"]"] {
        let environment = Environment::from_pairs([("VEILLE_FETCH_ALLOW_NETWORKS", text)]);
        let settings = parse("[fetch]\nallow_networks = [\"10.0.0.0/8\"]\n", Path::new("v"), &environment).unwrap();
        assert_eq!(settings.fetch.allow_networks.len(), 2, "{text}");
    }
}

#[test]
fn every_secret_is_hidden_where_settings_are_listed() {
    let secrets = secret_settings();
    assert!(secrets.iter().any(|(_, key, variable)| *key == "password" && variable == "VEILLE_MAIL_PASSWORD"), "{secrets:?}");
}
