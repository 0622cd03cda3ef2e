//! Mail, messages of 20 KB on loopback: how fast they leave, beside a plain client that says everything at once and beside lettre's own
//! pooled connection, on the same sink; then with every state durable.
//!
//! `cargo bench --bench mail [-- MESSAGES]` prints the figures; it fails on no time. Wall time of a busy machine says little: compare
//! the lines of one run, and the durable ones with what the disk needs for one durable write.
#![expect(clippy::unwrap_used, reason = "a bench that cannot build its data has nothing to measure")]
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

#[path = "../tests/it/support/outbox.rs"]
#[expect(dead_code, reason = "helpers of tests, of which a bench needs some")]
mod outbox;

use lettre::{Address, SmtpTransport, Transport as _, address::Envelope, transport::smtp::PoolConfig};
use outbox::{Outbox, relay, smtp_settings};
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use veille::{app::dispatch::Dispatcher, mail::Outgoing};
use veille_testbench::sink::Sink;

const MESSAGES: usize = 4_000;
/// Text of each part, so that a message has about 20 KB.
const WORDS: usize = 1_500;

fn main() {
    let wanted = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let messages: usize = wanted.unwrap_or(MESSAGES);
    let runtime = Runtime::new().unwrap();
    let bytes = message();
    println!("messages of {} bytes, one connection to a sink on loopback:", bytes.len());
    let plain = rate(messages, || plain_client(&bytes, messages));
    told("a plain client, groups of commands", plain, plain);
    told("veille's session, nothing written down", rate(messages, || runtime.block_on(session(&bytes, messages))), plain);
    let few = messages.min(100); // forty milliseconds each
    told("lettre's pooled connection", rate(few, || pooled(&bytes, few)), plain);

    let turn = durable_write();
    println!("every state durable (one durable write takes {:.1} ms here, so {:.0} a second):", turn * 1e3, 1.0 / turn);
    for connections in [1, 2, 4, 8, 16] {
        let people = messages.min(400 * connections);
        let outbox = runtime.block_on(Outbox::with_text(people, &text()));
        let rate = rate(people, || runtime.block_on(durable(&outbox, connections)));
        told(&format!("{connections} connections"), rate, 1.0 / turn);
    }
    queueing(&runtime);
}

fn told(what: &str, rate: f64, limit: f64) {
    println!("  {what:<40} {rate:>8.0} a second, × {:.2}", rate / limit);
}

fn rate(messages: usize, work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    messages as f64 / began.elapsed().as_secs_f64()
}

fn text() -> String {
    "Bonjour à tous. ".repeat(WORDS / 3)
}

/// As the outbox makes it.
fn message() -> Vec<u8> {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let outbox = Outbox::with_text(1, &text()).await;
        let mailer = veille::mail::Mailer::memory(&veille::settings::MailSettings::default()).unwrap();
        outbox.dispatch(&mailer).await;
        mailer.kept().remove(0).bytes
    })
}

/// MAIL, RCPT and DATA in one write, the message and its dot in another; answers are counted, not read.
fn plain_client(message: &[u8], messages: usize) {
    let sink = Sink::start();
    let mut stream = TcpStream::connect(("127.0.0.1", sink.port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut hear = |lines: usize| (0..lines).for_each(|_| assert!(answers.read_line(&mut String::new()).unwrap() > 0));
    hear(1);
    stream.write_all(b"EHLO bench\r\n").unwrap();
    hear(3);
    let whole = [message, b".\r\n"].concat();
    for _ in 0..messages {
        stream.write_all(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n").unwrap();
        hear(3);
        stream.write_all(&whole).unwrap();
        hear(1);
    }
    assert_eq!(sink.taken(), messages);
}

async fn session(message: &[u8], messages: usize) {
    let sink = Sink::start();
    let mut session = relay(smtp_settings(sink.port)).session();
    let outgoing = Outgoing {
        to: "b@example.net".parse().unwrap(),
        return_path: None,
        message_id: "1@example.org".to_owned(),
        bytes: message.to_vec(),
    };
    for _ in 0..messages {
        session.announce(&outgoing).await.unwrap();
        session.hand_over(&outgoing).await;
    }
    assert_eq!(sink.taken(), messages);
}

fn pooled(message: &[u8], messages: usize) {
    let sink = Sink::start();
    let transport =
        SmtpTransport::builder_dangerous("127.0.0.1").port(sink.port).pool_config(PoolConfig::new().max_size(1)).build();
    let address = |text: &str| text.parse::<Address>().unwrap();
    let envelope = Envelope::new(Some(address("a@example.org")), vec![address("b@example.net")]).unwrap();
    for _ in 0..messages {
        transport.send_raw(&envelope, message).unwrap();
    }
    assert_eq!(sink.taken(), messages);
}

async fn durable(outbox: &Outbox, connections: usize) {
    let sink = Sink::start();
    let mut dispatcher: Dispatcher = outbox.dispatcher(relay(smtp_settings(sink.port)));
    (dispatcher.workers, dispatcher.phase) = (connections, Duration::from_secs(60));
    let report = dispatcher.run(&CancellationToken::new()).await.unwrap();
    assert_eq!((report.sent, sink.taken()), (report.sent, report.sent));
}

/// Seconds that the disk takes to make four kilobytes durable, at a place that is already there, as in a log that is used again.
fn durable_write() -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = &folder.path().join("log");
    std::fs::write(path, vec![0; 1 << 20]).unwrap();
    let mut file = File::options().write(true).open(path).unwrap();
    file.sync_all().unwrap();
    let began = Instant::now();
    (0..100).for_each(|_| {
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
    });
    began.elapsed().as_secs_f64() / 100.0
}

/// 10,000 deliveries queued, and their messages made.
fn queueing(runtime: &Runtime) {
    let before = processor_seconds();
    let outbox = runtime.block_on(Outbox::with_text(10_000, &text()));
    let queued = processor_seconds() - before;
    let mailer = veille::mail::Mailer::memory(&veille::settings::MailSettings::default()).unwrap();
    let before = processor_seconds();
    let mut made = 0;
    runtime.block_on(async {
        let edition = outbox.store.outgoing_edition(1).await.unwrap();
        let encoded = veille::mail::message::EncodedEdition::new(&edition.rendered);
        for person in 0..10_000 {
            let envelope = veille::mail::message::Envelope {
                sender: mailer.sender().clone(),
                to: format!("p{person}@example.net").parse().unwrap(),
                message_id: format!("{person:032x}@example.org"),
                date: edition.approved_at,
                digest: edition.digest.clone(),
                title: edition.title.clone(),
                one_click: None,
            };
            made += usize::from(!encoded.message(&envelope).unwrap().is_empty());
        }
    });
    let making = processor_seconds() - before;
    println!(
        "10,000 subscribed and queued: {queued:.2} processor s; {made} messages made: {making:.2} processor s (aim for both: 2)"
    );
}

/// Of this process, user and system (proc(5): fields 14 and 15, in hundredths of a second).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}
