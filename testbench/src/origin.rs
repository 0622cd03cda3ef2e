//! A server that answers by script: what a test says, byte for byte, with pauses and cuts.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path with its query.
    pub path: String,
    /// The whole head.
    pub head: String,
    /// How many came before it.
    pub number: usize,
    /// When it had come.
    pub at: Instant,
}

impl Asked {
    /// The value of a header, as sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// A piece of an answer.
#[derive(Clone)]
pub enum Part {
    Bytes(Vec<u8>),
    Wait(Duration),
    /// Close the connection at once.
    Cut,
    /// The same by RST: what was sent and not yet read is lost.
    Reset,
    /// Say this again and again until the other side has enough.
    Forever(Vec<u8>, Duration),
}

/// An answer, in pieces.
pub type Reply = Vec<Part>;

/// A whole answer: status line, headers and a body with its length.
pub fn reply(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut text = head(status, headers);
    text.truncate(text.len() - 2);
    text.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    vec![Part::Bytes([text.as_bytes(), body].concat())]
}

/// Only the head of an answer.
pub fn head(status: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{headers}\r\n")
}

/// 200 with a little feed.
pub fn feed(headers: &[&str]) -> Reply {
    reply("200 OK", headers, FEED)
}

/// A redirect.
pub fn redirect(status: u16, target: impl AsRef<str>) -> Reply {
    reply(&format!("{status} Moved"), &[&format!("Location: {}", target.as_ref())], "")
}

pub const FEED: &str = "<rss version=\"2.0\"><channel><title>t</title></channel></rss>";

/// A running origin.
pub struct Origin {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    connections: Arc<Mutex<usize>>,
}

impl Origin {
    /// Serves on a free port of 127.0.0.1.
    pub async fn serve(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve_at("127.0.0.1:0".parse().unwrap(), script).await.unwrap()
    }

    /// Serves at a given address.
    pub async fn serve_at(
        address: SocketAddr,
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let origin = Self { address: listener.local_addr()?, asked: Arc::default(), connections: Arc::default() };
        let (asked, connections, script) = (Arc::clone(&origin.asked), Arc::clone(&origin.connections), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                let (asked, script) = (Arc::clone(&asked), Arc::clone(&script));
                tokio::spawn(async move { converse(stream, &asked, &*script).await });
            }
        });
        Ok(origin)
    }

    /// A URL here.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The connections so far.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

async fn converse(mut stream: TcpStream, asked: &Mutex<Vec<Asked>>, script: &(impl Fn(&Asked) -> Reply + ?Sized)) {
    let mut buffer = Vec::new();
    loop {
        while !buffer.ends_with(b"\r\n\r\n") {
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        let head: String = buffer.drain(..).map(char::from).collect();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let request = {
            let mut asked = asked.lock().unwrap();
            let number = asked.len();
            asked.push(Asked { path, head, number, at: Instant::now() });
            asked.last().unwrap().clone()
        };
        for part in script(&request) {
            let written = match part {
                Part::Bytes(bytes) => stream.write_all(&bytes).await,
                Part::Wait(time) => {
                    tokio::time::sleep(time).await;
                    Ok(())
                }
                Part::Cut => return,
                Part::Reset => {
                    stream.set_zero_linger().unwrap();
                    return;
                }
                Part::Forever(bytes, pause) => loop {
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                },
            };
            if written.is_err() {
                return;
            }
        }
    }
}
