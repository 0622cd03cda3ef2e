//! Deliver: what may stand in an envelope. The conversations with a relay are in `smtp.rs`, `dispatch.rs` and `serve.rs`.

use crate::support::outbox::{Outbox, relay, smtp_settings};
use veille::domain::delivery::DeliveryState::{Failed, Sent};
use veille_testbench::{
    break_points,
    chance::Chance,
    home::Home,
    sending::{self, By},
    smtp::{Act, SmtpServer, Step},
};

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
    let swept = sending::sweep(&mut chance, Some(3));
    println!("at named points: {swept}");
    assert!(swept.sound() && swept.kills == 4, "{swept}");
}

/// The quick form of promise H7 (`cargo bench --bench promises -- h7`): some cells of the table of break points.
#[test]
fn d02_d03_d08_a_conversation_that_breaks_anywhere_leaves_the_tabled_state() {
    let held = break_points::hold(&mut Chance::from_environment(1), 1, Some(16));
    println!("{held}");
    assert!(held.wrong.is_empty(), "{:#?}", held.wrong);
}

/// Real processes, stopped and continued by signal.
#[test]
fn c07_d11_a_sender_that_sleeps_through_its_lease_and_wakes_is_fenced() {
    let mut chance = Chance::from_environment(1);
    for (by, step) in [(By::Command, Step::Rcpt), (By::Daemon, Step::Dot)] {
        let found = sending::freeze_sender(&mut chance, by, step);
        println!("{by:?} at {step:?}: {found}");
        assert!(found.sound(), "{by:?} at {step:?}: {found}");
    }
}

#[test]
fn d11_what_a_dead_sender_held_is_taken_up_when_its_lease_ends() {
    let mut chance = Chance::from_environment(2);
    for _ in 0..2 {
        let found = sending::kill_one_of_two(&mut chance);
        assert!(found.sound(), "{found}");
    }
}

#[test]
fn d16_an_address_that_is_typed_is_taken_whole_or_refused() {
    let home = digest();
    let (too_long, local_too_long) =
        (format!("{}@{}.example", "a".repeat(64), "b".repeat(260)), format!("{}@example.org", "a".repeat(65)));
    let table = ADDRESSES.iter().copied().chain([(too_long.as_str(), None), (local_too_long.as_str(), None)]);
    for (address, expected) in table.filter(|(address, _)| !address.contains('\0')) {
        let before = home.json(&["subscribers", "list", "--json"]);
        let output = home.run(&["subscribers", "add", "--", address, "hebdo"]);
        let after = home.json(&["subscribers", "list", "--json"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match expected {
            Some(expected) => {
                assert_eq!(output.status.code(), Some(0), "{address:?}: {said}");
                assert!(after.as_array().unwrap().iter().any(|row| row["email"] == expected), "{address:?}: {after}");
            }
            None => {
                assert_eq!((output.status.code(), &after), (Some(2), &before), "{address:?}: {said}");
                assert_eq!(said.trim_end().lines().count(), 1, "{address:?}: one line, whatever it holds: {said:?}");
                assert!(said.contains("is not an address that mail can be sent to"), "{address:?}: {said}");
            }
        }
    }
}

/// Rows that another program wrote: each ends in a state of its own, the others leave, and the relay hears no command of theirs.
#[tokio::test]
async fn d16_an_address_that_stands_in_the_database_ends_in_a_state_and_carries_no_command() {
    let server = SmtpServer::start(|_| Act::Normal).await;
    let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(250));
    let rows = [
        ("ada@example.org", Some("ada@example.org")),
        ("adélaïde@example.org", None),
        ("ada@münchen.example", Some("ada@xn--mnchen-3ya.example")),
        ("ada@example.org>\r\nRCPT TO:<eve@example.net", None),
        ("ada@example.org\nDATA\n", None),
        ("ada@exam\0ple.org", None),
        ("\"ada\\\" <eve\"@example.org", None),
        ("<ada@example.org>", None),
        ("o'neil@example.org", Some("o'neil@example.org")),
        (long.as_str(), None),
        ("", None),
        ("ada", None),
    ];
    let outbox = Outbox::new(rows.len()).await;
    let sql = outbox.sql();
    for (id, (email, _)) in (1_i64..).zip(&rows) {
        sql.execute("update subscription set email = ?2 where id = ?1", rusqlite::params![id, email]).unwrap();
        sql.execute("update delivery set email = ?2 where id = ?1", rusqlite::params![id, email]).unwrap();
    }
    outbox.dispatch(&relay(smtp_settings(server.port))).await;
    let expected: Vec<_> = rows.iter().map(|(_, sent)| if sent.is_some() { Sent } else { Failed }).collect();
    assert_eq!(outbox.states(), expected);
    assert_eq!(outbox.edition_state(1), "sent", "nothing is left hanging");
    let kept: Vec<String> = server.kept().into_iter().map(|kept| kept.to).collect();
    assert_eq!(kept, rows.iter().filter_map(|(_, sent)| sent.map(str::to_owned)).collect::<Vec<_>>());
    assert!(!server.commands().iter().any(|line| line.contains("eve@")), "{:?}", server.commands());
    assert_eq!(server.commands().iter().filter(|line| line.starts_with("RCPT")).count(), 3);
    let reasons = outbox.summary().await.problems;
    assert!(reasons.iter().all(|problem| problem.reason.contains("is not an address") && !problem.reason.contains(['\r', '\n'])));
    // The next letter leaves as well, and whoever looks at the list sees the others.
    assert_eq!(outbox.store.subscriptions(None).await.unwrap().len(), 3);
}
