//! A hub of WebSub, played by a test: it writes down what it is asked, and says to callbacks what the test wants.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};
use url::Url;

/// A form that the hub was sent.
pub type Form = HashMap<String, String>;

/// A running hub.
pub struct Hub {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Form>>>,
    answer: Arc<Mutex<String>>,
}

impl Hub {
    /// Serves on a free port of 127.0.0.1, and takes every request (202).
    ///
    /// # Panics
    ///
    /// If no port can be had.
    #[must_use]
    pub fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let hub = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            answer: Arc::new(Mutex::new("202 Accepted".to_owned())),
        };
        let (asked, answer) = (Arc::clone(&hub.asked), Arc::clone(&hub.answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (head, body) = receive(&stream);
                if head.starts_with("POST ") {
                    asked.lock().unwrap().push(url::form_urlencoded::parse(&body).into_owned().collect());
                }
                let answer = answer.lock().unwrap().clone();
                let _gone = (&stream)
                    .write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes());
            }
        });
        hub
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What it answers from now on: a status line, with further lines if need be.
    ///
    /// # Panics
    ///
    /// Never, unless another thread did.
    pub fn answer(&self, with: &str) {
        with.clone_into(&mut self.answer.lock().unwrap());
    }

    /// The forms so far.
    ///
    /// # Panics
    ///
    /// Never, unless another thread did.
    #[must_use]
    pub fn asked(&self) -> Vec<Form> {
        self.asked.lock().unwrap().clone()
    }
}

/// Asks a callback by GET with this query; gives the status and the body.
///
/// # Panics
///
/// If nobody answers there.
#[must_use]
pub fn get(callback: &str, query: &[(&str, &str)]) -> (u16, String) {
    let mut url = Url::parse(callback).unwrap();
    url.query_pairs_mut().extend_pairs(query);
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    say(&url, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), b"")
}

/// Pushes to a callback; gives the status.
///
/// # Panics
///
/// If nobody answers there.
#[must_use]
pub fn push(callback: &str, headers: &[&str], body: &[u8]) -> u16 {
    let url = Url::parse(callback).unwrap();
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let (path, length) = (url.path(), body.len());
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    say(&url, &head, body).0
}

fn say(url: &Url, head: &str, body: &[u8]) -> (u16, String) {
    let stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(25))).unwrap();
    (&stream).write_all(head.as_bytes()).unwrap();
    // Who refuses a long body closes before its end.
    let _refused = (&stream).write_all(body);
    let (head, body) = receive(&stream);
    let _closed = stream.shutdown(Shutdown::Both);
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// A head, and a body as long as it says.
fn receive(mut stream: &TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if bytes.len() - end - 4 >= length.unwrap_or(0) {
                return (head, bytes.split_off(end + 4));
            }
        }
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => return (String::from_utf8_lossy(&bytes).into_owned(), Vec::new()),
        }
    }
}
