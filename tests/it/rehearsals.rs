//! `--dry-run` changes nothing and tells what would be; `--json` is one document.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::outbox::Outbox;
use serde_json::Value;
use std::process::{Command, Output};

struct World(Outbox);

impl World {
    async fn new() -> Self {
        let outbox = Outbox::new(2).await;
        outbox.write_home("");
        Self(outbox)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
        command.arg("--home").arg(self.0.folder.path()).args(["--now", "2026-11-23T08:00:00+01:00"]).args(arguments);
        command.output().unwrap()
    }

    fn json(&self, arguments: &[&str], status: i32) -> Value {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {output:?}"))
    }

    /// The rows that these commands change.
    fn state(&self) -> Vec<String> {
        let all = "select number || state from edition union all select id || state || ended_at from delivery where ended_at is not null
                   union all select email || state from subscription";
        let sql = self.0.sql();
        let mut select = sql.prepare(all).unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

#[tokio::test]
async fn what_sends_or_deletes_can_be_rehearsed() {
    let world = World::new().await;
    let doubtful = "update delivery set state = 'ambiguous', ended_at = 1, ambiguities = 2 where id = 1";
    world.0.sql().execute(doubtful, []).unwrap();
    world.0.sql().execute("update delivery set state = 'sent', ended_at = 1 where id = 2", []).unwrap();
    world.0.sql().execute("update edition set state = 'sent', sent_at = 1 where number = 1", []).unwrap();
    world.0.add_approved(2, "x");
    let before = world.state();
    assert_eq!(world.json(&["edition", "resend", "1", "--dry-run", "--json"], 0)["queued"], 1);
    assert_eq!(world.json(&["edition", "cancel", "2", "--dry-run", "--json"], 0)["state"], "approved");
    assert_eq!(world.run(&["edition", "cancel", "1", "--dry-run"]).status.code(), Some(4), "it has left");
    assert_eq!(world.run(&["edition", "resend", "9", "--dry-run"]).status.code(), Some(4));
    let removal = world.run(&["subscribers", "remove", "p0@example.net", "--dry-run", "--lang", "en"]);
    assert_eq!(removal.status.code(), Some(0), "{removal:?}");
    assert!(String::from_utf8_lossy(&removal.stdout).contains("would no longer receive: hebdo"), "{removal:?}");
    assert_eq!(world.run(&["subscribers", "remove", "nobody@example.net", "--dry-run"]).status.code(), Some(4));
    assert_eq!(world.state(), before);
    // And done for good, they do what was told.
    assert_eq!(world.run(&["edition", "cancel", "2"]).status.code(), Some(0));
    assert_eq!(world.run(&["subscribers", "remove", "p0@example.net"]).status.code(), Some(0));
    let after = world.state();
    assert!(after.contains(&"2cancelled".to_owned()) && after.contains(&"p0@example.netunsubscribed".to_owned()), "{after:?}");
}

#[tokio::test]
async fn what_reads_speaks_json() {
    let world = World::new().await;
    let exported = world.json(&["sources", "export", "--json"], 0);
    assert_eq!((&exported[0]["title"], &exported[0]["url"]), (&"cnil".into(), &"https://www.cnil.fr/rss.xml".into()));
    assert_eq!(world.json(&["subscribers", "export", "p0@example.net", "--json"], 0)["email"], "p0@example.net");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.0.write_home(&format!("[web]\nlisten = \"{free}\"\n"));
    let health = world.json(&["healthcheck", "--json"], 4);
    assert_eq!(health["healthy"], false, "{health}");
}
