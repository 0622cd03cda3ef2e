//! Deliver: what the relay refuses for good, and what comes back days later, follow the same rules.

use crate::support::outbox::{Outbox, hebdo, relay, smtp_settings};
use chrono::TimeDelta;
use serde_json::Value;
use std::{
    io::Write,
    process::{Output, Stdio},
};
use veille::{
    app::{App, subscribers::Run},
    clock::Clock,
    domain::{
        bounce::Effect,
        delivery::DeliveryState::{Failed, Queued, Sent},
    },
    mail::Mailer,
};
use veille_testbench::{
    bounces::{SHAPES, addressed, shape},
    home::Home,
    smtp::{Act, SmtpServer, Step},
};

const SETTINGS: &str = "[mail]\nbounce_address = \"rebonds@example.org\"\n";

fn count(outbox: &Outbox, sql: &str) -> i64 {
    outbox.sql().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Edition `number` leaves, and is offered once more five days later, when a relay that said "later" is given up.
async fn send(outbox: &mut Outbox, mailer: &Mailer, number: i64) {
    if number > 1 {
        outbox.add_approved(number, "x");
        outbox.store.start_sending(number, "example.org", outbox.now).await.unwrap();
    }
    outbox.dispatch(mailer).await;
    outbox.later(TimeDelta::days(5));
    outbox.dispatch(mailer).await;
}

#[tokio::test]
async fn d07_a_refusal_that_is_ours_pauses_the_letter_and_suppresses_nobody() {
    for (step, reply) in [
        (Step::Dot, "550 5.7.26 this mail has been blocked because the sender is unauthenticated"),
        (Step::Dot, "550-5.7.26 unauthenticated\r\n550 5.7.26 see our page"),
        (Step::Dot, "550 5.7.515 access denied, sending domain does not meet the required authentication level"),
        (Step::Rcpt, "550 5.7.1 relaying denied: no such user"),
        (Step::Mail, "553 5.7.1 sender address rejected"),
        (Step::Dot, "554 5.7.9 not authenticated"),
    ] {
        let server =
            SmtpServer::start(move |heard| if heard.step == step { Act::Reply(reply.to_owned()) } else { Act::Normal }).await;
        let outbox = Outbox::new(3).await;
        let report = outbox.dispatch(&relay(smtp_settings(server.port))).await;
        assert_eq!((report.failed, report.sent, report.paused.len()), (0, 0, 1), "{reply}");
        assert_eq!(outbox.states(), [Queued; 3], "{reply}");
        assert!(outbox.summary().await.paused.is_some(), "{reply}");
        assert_eq!(count(&outbox, "select count(*) from suppression"), 0, "{reply}");
        assert_eq!(server.times(step), 1, "{reply}: the others are not even tried");
        outbox.store.resume_digest(&hebdo(), outbox.now + TimeDelta::minutes(2)).await.unwrap();
    }
}

#[tokio::test]
async fn d07_a_full_mailbox_is_counted_and_five_editions_over_two_weeks_are_enough() {
    for reply in ["452 4.2.2 mailbox full", "552 5.2.2 over quota", "552 mailbox full"] {
        let server = SmtpServer::start(move |heard| {
            if heard.step == Step::Rcpt && heard.line.contains("<p0@") { Act::Reply(reply.to_owned()) } else { Act::Normal }
        })
        .await;
        let mailer = relay(smtp_settings(server.port));
        let mut outbox = Outbox::new(2).await;
        for number in 1..=5 {
            assert_eq!(count(&outbox, "select count(*) from suppression"), 0, "{reply}: before edition {number}");
            send(&mut outbox, &mailer, number).await;
            outbox.later(TimeDelta::days(2));
        }
        let why = "select reason from suppression";
        assert_eq!(outbox.sql().query_row(why, [], |row| row.get::<_, String>(0)).unwrap(), "soft_bounces", "{reply}");
        outbox.add_approved(6, "x");
        assert_eq!(outbox.store.start_sending(6, "example.org", outbox.now).await.unwrap(), 1, "{reply}: only the other one");
        assert_eq!(server.kept().iter().filter(|kept| kept.to == "p1@example.net").count(), 5);
    }
}

#[tokio::test]
async fn d07_one_edition_that_arrives_and_too_short_a_time_begin_the_count_anew() {
    for (days, accepted, suppressed) in [(7, 0, 1), (7, 3, 0), (1, 0, 0)] {
        let server = SmtpServer::start(move |heard| {
            let refused = heard.step == Step::Rcpt && heard.times + 1 != accepted;
            if refused { Act::Reply("552 5.2.2 over quota".to_owned()) } else { Act::Normal }
        })
        .await;
        let mailer = relay(smtp_settings(server.port));
        let mut outbox = Outbox::new(1).await;
        for number in 1..=5 {
            if number > 1 {
                outbox.add_approved(number, "x");
                outbox.store.start_sending(number, "example.org", outbox.now).await.unwrap();
            }
            outbox.dispatch(&mailer).await;
            outbox.later(TimeDelta::days(days));
        }
        let found = count(&outbox, "select count(*) from suppression");
        assert_eq!(found, suppressed, "every {days} days, the {accepted}th arrives");
    }
}

#[tokio::test]
async fn d07_what_ails_the_relay_or_the_network_is_counted_against_nobody() {
    for (step, reply) in [
        (Step::Greeting, "421 4.3.2 closing"),
        (Step::Mail, "452 4.2.2 odd"),
        (Step::Rcpt, "451 4.7.1 greylisted for ever"),
        (Step::Rcpt, "451 4.4.1 no route"),
        (Step::Rcpt, "450 busy"),
        (Step::Data, "451 4.3.0 busy"),
    ] {
        let server =
            SmtpServer::start(move |heard| if heard.step == step { Act::Reply(reply.to_owned()) } else { Act::Normal }).await;
        let mailer = relay(smtp_settings(server.port));
        let mut outbox = Outbox::new(1).await;
        for number in 1..=6 {
            send(&mut outbox, &mailer, number).await;
            outbox.later(TimeDelta::days(2));
        }
        assert_eq!(count(&outbox, "select count(*) from suppression"), 0, "{reply}");
        assert_eq!(outbox.states()[0], Failed, "{reply}: given up after five days");
    }
}

#[tokio::test]
async fn an_unknown_address_is_written_to_once() {
    let server = SmtpServer::start(|heard| {
        let unknown = heard.step == Step::Rcpt && heard.line.contains("<p0@");
        if unknown { Act::Reply("550 5.1.1 <p0@example.net>: user unknown".to_owned()) } else { Act::Normal }
    })
    .await;
    let mailer = relay(smtp_settings(server.port));
    let mut outbox = Outbox::new(2).await;
    send(&mut outbox, &mailer, 1).await;
    send(&mut outbox, &mailer, 2).await;
    assert_eq!(server.commands().iter().filter(|line| line.contains("RCPT TO:<p0@")).count(), 1);
    let held = outbox
        .sql()
        .query_row("select reason, detail from suppression", [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    assert_eq!(held.unwrap(), ("hard_bounce".to_owned(), "5.1.1".to_owned()));
}

/// Editions that left with a tag each, and the home that reads what comes back.
struct World {
    outbox: Outbox,
    /// The envelope senders, by delivery.
    senders: Vec<String>,
}

impl World {
    async fn with(people: usize) -> Self {
        let server = SmtpServer::start(|_| Act::Normal).await;
        let outbox = Outbox::new(people).await;
        outbox.write_home(SETTINGS);
        let mut world = Self { outbox, senders: Vec::new() };
        world.leave(&server).await;
        world
    }

    /// What is due leaves.
    async fn leave(&mut self, server: &SmtpServer) {
        let mut dispatcher = self.outbox.dispatcher(relay(smtp_settings(server.port)));
        dispatcher.bounce_address = Some("rebonds@example.org".parse().unwrap());
        dispatcher.run(&tokio_util::sync::CancellationToken::new()).await.unwrap();
        let from = |line: &String| line.strip_prefix("MAIL FROM:<").and_then(|rest| rest.split('>').next()).map(str::to_owned);
        self.senders.extend(server.commands().iter().filter_map(from));
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_veille"));
        command.arg("--home").arg(self.outbox.folder.path()).args(["--now", &self.outbox.now.to_rfc3339()]).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {output:?}"))
    }

    async fn app(&self) -> App {
        App::open(self.outbox.folder.path(), Clock::Fixed(self.outbox.now)).await.unwrap()
    }

    /// Reads one message from a file; gives what was made of it.
    fn read(&self, bytes: &[u8]) -> Value {
        let file = self.outbox.folder.path().join("message.eml");
        std::fs::write(&file, bytes).unwrap();
        self.json(&["bounces", "read", file.to_str().unwrap(), "--json"])["reports"][0].clone()
    }

    fn piped(&self, bytes: &[u8], arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _may_hang_up = child.stdin.take().unwrap().write_all(bytes);
        child.wait_with_output().unwrap()
    }

    /// Everything that a report may change.
    fn state(&self) -> Vec<String> {
        let sql = self.outbox.sql();
        let all =
            "select id || state || coalesce(bounce, '') from delivery union all select address_hash || reason from suppression
                   union all select digest || reason from digest_pause union all select email || state from subscription";
        let mut select = sql.prepare(all).unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

#[tokio::test]
async fn d12_each_delivery_leaves_with_a_tag_of_its_own_and_keeps_it() {
    let server = SmtpServer::start(|heard| {
        if heard.step == Step::Dot && heard.times < 2 { Act::Reply("451 4.3.0 later".to_owned()) } else { Act::Normal }
    })
    .await;
    let mut world = World { outbox: Outbox::new(2).await, senders: Vec::new() };
    world.leave(&server).await;
    world.outbox.later(TimeDelta::minutes(2));
    world.leave(&server).await;
    let mut tags = world.senders[world.senders.len() - 4..].to_vec();
    assert!(tags.iter().all(|tag| tag.starts_with("rebonds+") && tag.ends_with("@example.org")), "{tags:?}");
    assert!(tags.iter().all(|tag| tag.split('@').next().unwrap().len() <= 64));
    assert_eq!(tags[..2], tags[2..], "the same at each attempt");
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 2, "another for each delivery");
    assert!(server.kept().iter().all(|kept| !String::from_utf8_lossy(&kept.bytes).contains("rebonds+")), "a reader sees no tag");
    assert_eq!(world.outbox.states(), [Sent; 2]);
}

#[tokio::test]
async fn d12_only_a_valid_tag_changes_state() {
    let world = World::with(3).await;
    let stranger = World::with(3).await;
    let (ours, before, app) = (&world.senders[0], world.state(), world.app().await);
    let mut kept = 0;
    for to in [
        "rebonds@example.org".to_owned(),
        ours.replacen("+1-", "+2-", 1),
        stranger.senders[0].clone(),
        format!("rebonds+1-{}@example.org", "a".repeat(20)),
    ] {
        for (name, ..) in SHAPES {
            let record = app.read_bounce(&shape(name, &to, "p0@example.net"), Run::Real).await.unwrap();
            assert!(matches!(record.effect, Effect::NoTag | Effect::ForgedTag), "{name} to {to}: {record:?}");
            assert!(record.email.is_none() && record.edition.is_none(), "{record:?}");
            kept += 1;
        }
    }
    assert_eq!(world.state(), before);
    assert_eq!(count(&world.outbox, "select count(*) from bounce"), kept, "each is kept, with its reason");
    assert_eq!(count(&world.outbox, "select count(detail) from bounce"), 0, "a stranger's words are not");
    // A tag that has been out for too long proves nothing any more.
    let mut world = world;
    world.outbox.later(TimeDelta::days(61));
    let late = world.read(&shape("postfix_unknown", &world.senders[0], "p0@example.net"));
    assert_eq!(late["effect"], "expired_tag", "{late}");
    assert_eq!(world.state(), before);
}

#[tokio::test]
async fn d12_every_shape_has_its_consequence_once() {
    let world = World::with(SHAPES.len()).await;
    let app = world.app().await;
    for (number, (name, says, text)) in SHAPES.iter().enumerate() {
        let email = format!("p{number}@example.net");
        let delivery: i64 =
            world.outbox.sql().query_row("select id from delivery where email = ?1", [&email], |row| row.get(0)).unwrap();
        let to = world.senders.iter().find(|sender| sender.starts_with(&format!("rebonds+{delivery}-"))).unwrap();
        let rehearsed = app.read_bounce(&addressed(text, to, &email), Run::Rehearsal).await.unwrap();
        let before = world.state();
        let record = app.read_bounce(&addressed(text, to, &email), Run::Real).await.unwrap();
        assert_eq!(rehearsed.effect, record.effect, "{name}: a rehearsal tells what happens");
        let expected = match *says {
            "address" | "complaint" => Effect::Suppressed,
            "mailbox" => Effect::Counted,
            "sender" => Effect::Paused,
            "failed" => Effect::Noted,
            _ => Effect::Silent,
        };
        assert_eq!((record.verdict.name(), record.effect), (*says, expected), "{name}: {record:?}");
        assert_eq!(record.email.as_deref(), Some(email.as_str()), "{name}");
        let after = world.state();
        assert_eq!(after == before, expected == Effect::Silent, "{name}");
        // The same again, and the same by another way.
        for again in [addressed(text, to, &email), addressed(&format!("Received: by x\n{text}"), to, &email)] {
            let again = app.read_bounce(&again, Run::Real).await.unwrap();
            assert!(!again.effect.changes(), "{name}: {again:?}");
        }
        assert_eq!(world.state(), after, "{name}");
    }
    let list = world.json(&["bounces", "list", "--json", "--limit", "1000"]);
    assert!(list.as_array().unwrap().len() > SHAPES.len());
    let said = String::from_utf8(world.run(&["bounces", "list", "--lang", "en"]).stdout).unwrap();
    assert!(said.contains("no such address (5.1.1) → nothing is sent there any more"), "{said}");
}

#[tokio::test]
async fn d12_a_suppressed_address_is_told_kept_out_and_let_back_by_name() {
    let mut world = World::with(2).await;
    world.read(&shape("postfix_unknown", &world.senders[0], "p0@example.net"));
    let rows = world.json(&["subscribers", "list", "--json"]);
    assert_eq!(rows[0]["suppressed"]["reason"], "hard_bounce");
    assert_eq!(rows[0]["suppressed"]["detail"], "5.1.1");
    assert!(rows[1]["suppressed"].is_null());
    assert_eq!(world.run(&["subscribers", "remove", "p0@example.net"]).status.code(), Some(0));
    world.outbox.sql().execute("delete from subscription where email = 'p0@example.net'", []).unwrap();

    let file = world.outbox.folder.path().join("list.csv");
    std::fs::write(&file, "p0@example.net\n").unwrap();
    let import = world.json(&["subscribers", "import", file.to_str().unwrap(), "--json"]);
    assert_eq!(import["kept_out"][0]["suppressed"]["reason"], "hard_bounce", "it outlives the subscription: {import}");
    let refused = world.run(&["subscribers", "add", "p0@example.net", "--consent", "asked"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--lift"), "{refused:?}");
    let back = world.run(&["subscribers", "add", "p0@example.net", "--lift", "her provider mended it", "--as", "Ada"]);
    assert_eq!(back.status.code(), Some(0), "{back:?}");
    let person = world.json(&["subscribers", "show", "p0@example.net", "--json"]);
    assert!(person["suppressed"].is_null());
    assert_eq!(person["lifted"][0]["words"], "her provider mended it");
    assert_eq!(person["lifted"][0]["actor"], "Ada");
    // The old report again does not take it away again.
    assert_eq!(world.read(&shape("postfix_unknown", &world.senders[0], "p0@example.net"))["effect"], "known");

    world.read(&shape("complaint", &world.senders[1], "p1@example.net"));
    let lifted = world.run(&["subscribers", "add", "p1@example.net", "--lift", "I think so"]);
    assert_eq!(lifted.status.code(), Some(4), "a complaint is the person's to take back: {lifted:?}");
    world.outbox.later(TimeDelta::days(7));
    world.outbox.add_approved(2, "x");
    assert_eq!(world.outbox.store.start_sending(2, "example.org", world.outbox.now).await.unwrap(), 1);
}

#[tokio::test]
async fn d12_a_full_mailbox_comes_back_five_times_and_a_policy_pauses_until_a_person_resumes() {
    let server = SmtpServer::start(|_| Act::Normal).await;
    let mut world = World::with(2).await;
    for number in 1..=5 {
        if number > 1 {
            world.outbox.add_approved(number, "x");
            world.outbox.store.start_sending(number, "example.org", world.outbox.now).await.unwrap();
            world.leave(&server).await;
        }
        let (delivery, to) = (2 * number - 1, world.senders[world.senders.len() - 2].clone());
        assert!(to.starts_with(&format!("rebonds+{delivery}-")), "{to}");
        let record = world.read(&shape("postfix_full", &to, "p0@example.net"));
        assert_eq!(record["effect"], if number == 5 { "suppressed" } else { "counted" }, "edition {number}: {record}");
        world.outbox.later(TimeDelta::days(7));
    }
    let suppressed = "select reason from suppression";
    assert_eq!(world.outbox.sql().query_row(suppressed, [], |row| row.get::<_, String>(0)).unwrap(), "soft_bounces");

    let to = world.senders.last().unwrap().clone();
    assert_eq!(world.read(&shape("gmail_unauthenticated", &to, "p1@example.net"))["effect"], "paused");
    assert_eq!(count(&world.outbox, "select count(*) from digest_pause"), 1);
    assert_eq!(count(&world.outbox, "select count(*) from suppression"), 1, "nobody is suppressed for what is our fault");
    world.outbox.store.resume_digest(&hebdo(), world.outbox.now).await.unwrap();
    let earlier = world.senders.iter().rev().find(|sender| sender.starts_with("rebonds+8-")).unwrap();
    let record = world.read(&shape("outlook_bulk", earlier, "p1@example.net"));
    assert_eq!(record["effect"], "resumed", "a report of before says nothing of after: {record}");
    assert_eq!(count(&world.outbox, "select count(*) from digest_pause"), 0);
}

#[tokio::test]
async fn d12_messages_are_read_from_files_folders_and_a_mail_server() {
    let world = World::with(4).await;
    let message = |number: usize| shape("postfix_unknown", &world.senders[number], &format!("p{number}@example.net"));
    let folder = world.outbox.folder.path();
    for name in ["Maildir/new", "Maildir/cur", "Maildir/tmp", "empty"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    std::fs::write(folder.join("Maildir/new/1.host"), message(0)).unwrap();
    std::fs::write(folder.join("Maildir/cur/2.host:2,S"), message(1)).unwrap();
    std::fs::write(folder.join("Maildir/tmp/3.host"), message(2)).unwrap();
    let mbox = [
        b"From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n".as_slice(),
        &message(1),
        b"\nFrom MAILER-DAEMON Mon Nov 23 08:00:01 2026\n",
        &message(2),
    ];
    std::fs::write(folder.join("mbox"), mbox.concat()).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let read = world.json(&["bounces", "read", &path("Maildir"), &path("mbox"), "--json"]);
    assert_eq!((read["read"].as_u64(), read["acted_on"].as_u64()), (Some(4), Some(3)), "{read}");
    assert!(folder.join("Maildir/new/1.host").exists(), "files are left as they are");
    let piped =
        world.piped(&[b"From MAILER-DAEMON  Mon Nov 23 08:00:00 2026\n", message(3).as_slice()].concat(), &["bounces", "read"]);
    assert_eq!(piped.status.code(), Some(0), "{piped:?}");
    assert_eq!(count(&world.outbox, "select count(*) from suppression"), 4);

    // Whatever a stranger sends, the mail server is told that it was read.
    for noise in [&b""[..], b"\0\xff", b"Subject: x\n\nhello"] {
        assert_eq!(world.piped(noise, &["bounces", "read"]).status.code(), Some(0), "{noise:?}");
    }
    for (arguments, status) in [
        (&["bounces", "read", &path("nowhere.eml")][..], 4),
        (&["bounces", "read", &path("empty")], 4),
        (&["bounces", "read", "--what"], 2),
        (&["bounces"], 2),
    ] {
        assert_eq!(world.run(arguments).status.code(), Some(status), "{arguments:?}");
    }
}

#[test]
fn d12_a_mail_server_is_asked_to_try_again_when_the_database_cannot_take_it() {
    let home = Home::with("[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\n", SETTINGS);
    std::fs::create_dir_all(home.path().join("db/veille.sqlite3")).unwrap();
    let message = home.path().join("m.eml");
    std::fs::write(&message, "Subject: x\n\nx").unwrap();
    let piped = home.command(&["bounces", "read"]).stdin(std::fs::File::open(&message).unwrap()).output().unwrap();
    assert_eq!(piped.status.code(), Some(75), "{piped:?}");
    assert_eq!(home.run(&["bounces", "read", message.to_str().unwrap()]).status.code(), Some(1));
}
