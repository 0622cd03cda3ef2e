//! A relay that takes everything as fast as it can and forgets it: a limit for what a sender can reach.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A sink that listens on loopback.
pub struct Sink {
    pub port: u16,
    taken: Arc<AtomicUsize>,
}

impl Sink {
    /// Listens; a thread for each conversation.
    ///
    /// # Panics
    ///
    /// If it cannot listen.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let count = Arc::clone(&count);
                std::thread::spawn(move || converse(stream, &count));
            }
        });
        Self { port, taken }
    }

    /// Messages that it took.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

/// Answers are gathered as long as more commands are there already: a group of them is answered by one write (RFC 2920).
fn converse(stream: TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut answers, mut input) = (stream.try_clone()?, BufReader::with_capacity(64 << 10, stream));
    answers.write_all(b"220 sink.example ESMTP\r\n")?;
    let (mut line, mut said, mut in_message) = (Vec::new(), Vec::new(), false);
    loop {
        line.clear();
        if input.by_ref().read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if in_message {
            if line != b".\r\n" {
                continue;
            }
            in_message = false;
            taken.fetch_add(1, Ordering::SeqCst);
            said.extend_from_slice(b"250 2.0.0 queued\r\n");
        } else {
            in_message = line.starts_with(b"DATA");
            said.extend_from_slice(match &line[..4.min(line.len())] {
                b"EHLO" => b"250-sink.example\r\n250-8BITMIME\r\n250 PIPELINING\r\n".as_slice(),
                b"DATA" => b"354 go ahead\r\n",
                b"QUIT" => b"221 2.0.0 bye\r\n",
                _ => b"250 2.0.0 ok\r\n",
            });
        }
        if input.buffer().is_empty() {
            answers.write_all(&said)?;
            said.clear();
        }
    }
}
