//! Deliver: what may stand in an envelope. The conversations with a relay are in `smtp.rs`, `dispatch.rs` and `serve.rs`.

use veille_testbench::{chance::Chance, home::Home, sending};

/// Addresses, and what becomes of each: accepted as written here, or refused.
const ADDRESSES: [(&str, Option<&str>); 18] = [
    ("ada@example.org", Some("ada@example.org")),
    ("Ada.Lovelace+veille@Example.ORG", Some("Ada.Lovelace+veille@example.org")),
    ("ada@münchen.example", Some("ada@xn--mnchen-3ya.example")),
    ("o'neil@example.org", Some("o'neil@example.org")),
    ("adélaïde@example.org", None),
    ("ada@example.org\r\nRCPT TO:<eve@example.net>", None),
    ("ada@example.org\nBcc: eve@example.net", None),
    ("ada@exam\0ple.org", None),
    ("\"ada lovelace\"@example.org", None),
    ("\"a\\\"b\"@example.org", None),
    ("ada@@example.org", None),
    ("ada@[127.0.0.1]", None),
    ("ada@example", None),
    ("ada@example.org>", None),
    ("<ada@example.org", None),
    (".ada@example.org", None),
    ("ada..b@example.org", None),
    ("@example.org", None),
];

fn digest() -> Home {
    Home::with("[[digest]]\nslug = \"hebdo\"\nlanguage = \"fr\"\nschedule = \"0 8 * * Mon\"\n", "")
}

#[test]
fn d16_an_address_is_taken_whole_or_refused_and_never_carries_a_command() {
    let home = digest();
    let too_long = format!("{}@{}.example", "a".repeat(64), "b".repeat(260));
    let local_too_long = format!("{}@example.org", "a".repeat(65));
    let table = ADDRESSES.iter().copied().chain([(too_long.as_str(), None), (local_too_long.as_str(), None)]);
    // A NUL cannot stand in an argument: a file can hold one.
    for (address, expected) in table {
        let file = home.path().join("one.csv");
        std::fs::write(&file, format!("email,digest\n\"{}\",hebdo\n", address.replace('"', "\"\""))).unwrap();
        let output = home.run(&["subscribers", "import", file.to_str().unwrap(), "--json"]);
        let taken = home.json(&["subscribers", "list", "--json"]);
        let mine: Vec<&str> = taken.as_array().unwrap().iter().filter_map(|row| row["email"].as_str()).collect();
        match expected {
            Some(expected) => assert!(mine.contains(&expected), "{address:?}: {mine:?} {output:?}"),
            None => assert_eq!(output.status.code(), Some(3), "{address:?} is refused and told: {output:?}"),
        }
        assert!(mine.iter().all(|email| !email.contains(['\r', '\n', '\0', '<', '>', '"', ' '])), "{mine:?}");
    }
}

/// The quick form of promise H2 (`cargo bench --bench promises -- h2`): one home for a command, one for a daemon.
#[test]
fn d01_ten_kills_lose_nothing_and_every_duplicate_is_listed() {
    let mut chance = Chance::from_environment(1);
    let found = sending::kill_senders(&mut chance, 10);
    println!("{found}");
    assert!(found.sound(), "{found}");
}
