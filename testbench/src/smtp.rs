//! A relay on loopback that does what a script says: answers, refuses, stays silent, hangs up, at every step.
//!
//! What it accepts is in its log before the 250 leaves, as a real relay's queue would be: in memory, and where a file is named,
//! on disk.

use std::{
    collections::HashMap,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// While the message comes in.
    Body,
    /// The final dot is in.
    Dot,
    Rset,
    Quit,
}

/// What the relay hears at a step.
#[derive(Debug, Clone)]
pub struct Heard {
    pub step: Step,
    /// How often this step was reached before, over all conversations.
    pub times: usize,
    /// The command line, if there is one.
    pub line: String,
}

/// What it does.
#[derive(Debug, Clone)]
pub enum Act {
    /// What a good relay does.
    Normal,
    /// This reply (without line end).
    Reply(String),
    /// These bytes, as they are.
    Raw(Vec<u8>),
    /// The good reply, later.
    Delay(Duration),
    /// The good reply, and these bytes with it. At `StartTls`, where the encryption follows, as somebody on the way would do it.
    Inject(Vec<u8>),
    /// The good reply, preceded by that many lines.
    Lines(usize),
    /// So many bytes of the good reply (modulo its length), then it hangs up. At `Dot`: with the message kept.
    CutReply(usize),
    /// Nothing, for ever.
    Silence,
    /// Hangs up. At `Dot`: without having kept the message.
    Cut,
    /// `Body`: hangs up after that many bytes.
    CutAfter(usize),
    /// `Dot`: keeps the message, then hangs up.
    AcceptAndCut,
    /// `Dot`: keeps the message, then says nothing.
    AcceptAndSilence,
}

/// A message that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub to: String,
    pub message_id: String,
    /// As received, dots unstuffed.
    pub bytes: Vec<u8>,
}

type Script = Arc<dyn Fn(&Heard) -> Act + Send + Sync>;

/// How a relay is set up; the rest is its script.
#[derive(Clone)]
pub struct Setup {
    /// What it offers in answer to EHLO.
    pub extensions: Vec<&'static str>,
    /// With what it encrypts, if it does: from the first byte, or after STARTTLS where it is among the extensions.
    pub tls: Option<Arc<ServerConfig>>,
    /// Each message that it keeps is a line of that file, recipient and Message-ID, on disk before the 250 leaves.
    pub log: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { extensions: vec!["8BITMIME"], tls: None, log: None }
    }
}

#[derive(Clone)]
pub struct SmtpServer {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    script: Script,
    setup: Setup,
    log: Option<Mutex<File>>,
    kept: Mutex<Vec<Kept>>,
    times: Mutex<HashMap<Step, usize>>,
    commands: Mutex<Vec<String>>,
}

impl SmtpServer {
    pub async fn start(script: impl Fn(&Heard) -> Act + Send + Sync + 'static) -> Self {
        Self::with_extensions(&["8BITMIME"], script).await
    }

    pub async fn with_extensions(extensions: &[&'static str], script: impl Fn(&Heard) -> Act + Send + Sync + 'static) -> Self {
        Self::set_up(Setup { extensions: extensions.to_vec(), ..Setup::default() }, script).await
    }

    pub async fn set_up(setup: Setup, script: impl Fn(&Heard) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = |path: &PathBuf| Mutex::new(File::options().create(true).append(true).open(path).unwrap());
        let state = Arc::new(State {
            script: Arc::new(script),
            log: setup.log.as_ref().map(open),
            setup,
            kept: Mutex::default(),
            times: Mutex::default(),
            commands: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                tokio::spawn(async move {
                    let _hung_up = welcome(stream, &state).await;
                });
            }
        });
        Self { port, state }
    }

    pub fn kept(&self) -> Vec<Kept> {
        self.state.kept.lock().unwrap().clone()
    }

    /// How often a step was reached.
    pub fn times(&self, step: Step) -> usize {
        self.state.times.lock().unwrap().get(&step).copied().unwrap_or_default()
    }

    /// All command lines heard.
    pub fn commands(&self) -> Vec<String> {
        self.state.commands.lock().unwrap().clone()
    }
}

impl State {
    fn keep(&self, kept: Kept) {
        if let Some(log) = &self.log {
            let mut log = log.lock().unwrap();
            writeln!(log, "{} {}", kept.to, kept.message_id).unwrap();
            log.sync_data().unwrap();
        }
        self.kept.lock().unwrap().push(kept);
    }
}

/// What is in the log of a relay: recipient and Message-ID of each message that it kept, in order.
#[must_use]
pub fn read_log(path: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once(' ')).map(|(to, id)| (to.to_owned(), id.to_owned())).collect()
}

/// Reached the end of the conversation.
struct HungUp;

impl From<std::io::Error> for HungUp {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// What is spoken over: TCP, encrypted or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}
type Stream = BufReader<Box<dyn Wire>>;

async fn welcome(stream: TcpStream, state: &State) -> Result<(), HungUp> {
    stream.set_nodelay(true)?;
    let mut stream: Stream = BufReader::new(Box::new(stream));
    let after_starttls = state.setup.extensions.contains(&"STARTTLS");
    if state.setup.tls.is_some() && !after_starttls {
        stream = encrypt(stream, state).await?;
    }
    answer(&mut stream, state, Step::Greeting, "", "220 sim.example ESMTP").await?;
    converse(stream, state).await
}

/// Nothing changes where there is nothing to encrypt with: the client finds out.
async fn encrypt(stream: Stream, state: &State) -> Result<Stream, HungUp> {
    let Some(config) = &state.setup.tls else { return Ok(stream) };
    let tls = TlsAcceptor::from(Arc::clone(config)).accept(stream.into_inner()).await?;
    Ok(BufReader::new(Box::new(tls)))
}

async fn converse(mut stream: Stream, state: &State) -> Result<(), HungUp> {
    let mut to = None;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(HungUp);
        }
        let line = line.trim_end().to_owned();
        state.commands.lock().unwrap().push(line.clone());
        let (step, good) = understood(&line, state, to.is_some());
        let reply = answer(&mut stream, state, step, &line, &good).await?;
        let yes = reply.starts_with(['2', '3']);
        match step {
            Step::Quit => return Ok(()),
            Step::StartTls if yes => stream = encrypt(stream, state).await?,
            Step::Rcpt if yes => to = line.split(['<', '>']).nth(1).map(str::to_owned),
            Step::Data if reply.starts_with("354") => message(&mut stream, state, &to.take().unwrap_or_default()).await?,
            Step::Mail | Step::Rset => to = None,
            _ => {}
        }
    }
}

/// Where a command leads, and what a good relay answers.
fn understood(line: &str, state: &State, has_recipient: bool) -> (Step, String) {
    let (step, good) = match line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
        "EHLO" => return (Step::Ehlo, ehlo(state)),
        "STARTTLS" => (Step::StartTls, "220 go ahead"),
        "AUTH" => (Step::Auth, "235 2.7.0 welcome"),
        "MAIL" => (Step::Mail, "250 2.1.0 ok"),
        "RCPT" => (Step::Rcpt, "250 2.1.5 ok"),
        "DATA" if has_recipient => (Step::Data, "354 go ahead"),
        "DATA" => (Step::Data, "554 5.5.1 no valid recipients"),
        "RSET" => (Step::Rset, "250 2.0.0 ok"),
        "QUIT" => (Step::Quit, "221 2.0.0 bye"),
        _ => (Step::Rset, "500 5.5.2 what?"),
    };
    (step, good.to_owned())
}

fn ehlo(state: &State) -> String {
    let mut lines = vec!["sim.example"];
    lines.extend(&state.setup.extensions);
    let last = lines.len() - 1;
    let line = |(index, text): (usize, &&str)| format!("250{}{text}", if index == last { ' ' } else { '-' });
    lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
}

fn act(state: &State, step: Step, line: &str) -> Act {
    let times = {
        let mut times = state.times.lock().unwrap();
        let count = times.entry(step).or_default();
        *count += 1;
        *count - 1
    };
    (state.script)(&Heard { step, times, line: line.to_owned() })
}

async fn answer(stream: &mut Stream, state: &State, step: Step, line: &str, good: &str) -> Result<String, HungUp> {
    let reply = match act(state, step, line) {
        Act::Normal => good.to_owned(),
        Act::Reply(reply) => reply,
        Act::Raw(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        Act::Delay(time) => {
            tokio::time::sleep(time).await;
            good.to_owned()
        }
        Act::Lines(more) => in_lines(good, more),
        Act::CutReply(bytes) => return cut_reply(stream, good, bytes).await,
        Act::Inject(bytes) => {
            stream.write_all(&[good.as_bytes(), b"\r\n", &bytes].concat()).await?;
            stream.flush().await?;
            return Ok(good.to_owned());
        }
        Act::Silence => silence(stream).await?,
        _ => return Err(HungUp),
    };
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await?;
    Ok(reply)
}

fn in_lines(good: &str, more: usize) -> String {
    let code = &good[..3];
    (0..more).map(|line| format!("{code}-line {line}\r\n")).chain([good.to_owned()]).collect()
}

async fn cut_reply<T>(stream: &mut Stream, good: &str, bytes: usize) -> Result<T, HungUp> {
    let reply = format!("{good}\r\n");
    stream.write_all(&reply.as_bytes()[..bytes % reply.len()]).await?;
    stream.flush().await?;
    Err(HungUp)
}

/// Says nothing until the client hangs up.
async fn silence(stream: &mut Stream) -> Result<String, HungUp> {
    let mut sink = [0; 4096];
    while stream.read(&mut sink).await? > 0 {}
    Err(HungUp)
}

async fn message(stream: &mut Stream, state: &State, to: &str) -> Result<(), HungUp> {
    let mut replied = false;
    let limit = match act(state, Step::Body, "") {
        Act::Reply(reply) => {
            stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
            stream.flush().await?;
            replied = true; // and hears the rest without a word
            None
        }
        Act::Cut => Some(0),
        Act::CutAfter(bytes) => Some(bytes),
        Act::Silence => {
            tokio::time::sleep(Duration::from_secs(3600)).await; // does not even read
            None
        }
        _ => None,
    };
    let mut raw = Vec::new();
    while !(raw == b".\r\n" || raw.ends_with(b"\r\n.\r\n")) {
        if limit.is_some_and(|limit| raw.len() >= limit) {
            return Err(HungUp);
        }
        if stream.read_until(b'\n', &mut raw).await? == 0 {
            return Err(HungUp);
        }
    }
    if replied {
        return Ok(());
    }
    raw.truncate(raw.len() - 3);
    receipt(stream, state, received(&raw, to)).await
}

fn received(raw: &[u8], to: &str) -> Kept {
    let bytes = unstuff(raw);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap_or_default();
    Kept { to: to.to_owned(), message_id: id.trim_end_matches('>').to_owned(), bytes }
}

/// What becomes of a message that came in whole.
async fn receipt(stream: &mut Stream, state: &State, kept: Kept) -> Result<(), HungUp> {
    let keep = || state.keep(kept.clone());
    const GOOD: &str = "250 2.0.0 queued";
    let reply = match act(state, Step::Dot, &kept.to) {
        Act::Normal => {
            keep();
            GOOD.to_owned()
        }
        Act::Lines(more) => {
            keep();
            in_lines(GOOD, more)
        }
        Act::CutReply(bytes) => {
            keep();
            cut_reply(stream, GOOD, bytes).await?
        }
        Act::Delay(time) => {
            keep();
            tokio::time::sleep(time).await;
            GOOD.to_owned()
        }
        Act::Reply(reply) => reply,
        Act::Raw(bytes) | Act::Inject(bytes) => {
            keep();
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            return Ok(());
        }
        Act::AcceptAndCut => {
            keep();
            return Err(HungUp);
        }
        Act::AcceptAndSilence => {
            keep();
            silence(stream).await?
        }
        Act::Silence => silence(stream).await?,
        Act::Cut | Act::CutAfter(_) => return Err(HungUp),
    };
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await?;
    Ok(())
}

fn unstuff(raw: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut start = true;
    for &byte in raw {
        if !(start && byte == b'.') {
            bytes.push(byte);
        }
        start = byte == b'\n';
    }
    bytes
}
