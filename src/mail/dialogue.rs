//! What is said to a relay and heard from it, in clear or encrypted.
//!
//! A relay that speaks before it was asked is not listened to any further: what it said would pass for the answer to something
//! else. Above all not before an encryption begins, where anybody on the way may have put words into its mouth (the class of
//! CVE-2011-0411).

use crate::mail::{
    answer::{self, Heard, Reply},
    wire::{Unsent, Wire},
};
use memchr::memmem;
use std::{io, sync::Arc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, pki_types::ServerName},
};

/// The dialogue cannot go on, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken(pub(super) String);

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// One connection.
pub(super) struct Dialogue {
    stream: Stream,
    /// Came in and is not read yet.
    heard: Vec<u8>,
    unsent: Unsent,
}

enum Stream {
    Clear(Wire),
    Encrypted(Box<TlsStream<Wire>>),
}

impl Dialogue {
    pub(super) fn new(wire: Wire) -> Self {
        Self { unsent: wire.unsent(), stream: Stream::Clear(wire), heard: Vec::new() }
    }

    /// Bytes that were said and cannot have left.
    pub(super) fn unsent(&self) -> usize {
        self.unsent.bytes()
    }

    /// Says something; it leaves when the next answer is awaited.
    pub(super) async fn say(&mut self, text: &str) -> Result<(), Broken> {
        self.refuse_unasked()?;
        Ok(self.write(text.as_bytes()).await?)
    }

    /// Says a message, whose lines end with CR LF, and its end: a line of one dot (RFC 5321, 4.5.2). After an error nothing of it
    /// can have left.
    pub(super) async fn say_message(&mut self, message: &[u8]) -> Result<(), Broken> {
        self.refuse_unasked()?;
        let mut said = 0;
        if message.starts_with(b".") {
            self.write(b".").await?;
        }
        for line_end in memmem::find_iter(message, b"\n.") {
            self.write(&message[said..=line_end]).await?;
            self.write(b".").await?;
            said = line_end + 1;
        }
        self.write(&message[said..]).await?;
        Ok(self.write(if message.ends_with(b"\r\n") { b".\r\n" } else { b"\r\n.\r\n" }).await?)
    }

    /// A refusal that came before it was asked for: a relay that changed its mind while nothing more was said to it.
    pub(super) fn unasked_refusal(&self) -> Option<Reply> {
        match answer::read(&self.heard) {
            Heard::Whole(reply, _) if reply.negative() => Some(reply),
            _ => None,
        }
    }

    /// The next reply, whatever it says.
    pub(super) async fn hear(&mut self) -> Result<Reply, Broken> {
        let mut chunk = [0; 4096];
        loop {
            match answer::read(&self.heard) {
                Heard::Whole(reply, taken) => {
                    self.heard.drain(..taken);
                    return Ok(reply);
                }
                Heard::Garbled(why) => return Err(Broken(why.to_owned())),
                Heard::Part => {}
            }
            let read = match &mut self.stream {
                Stream::Clear(wire) => wire.read(&mut chunk).await?,
                Stream::Encrypted(tls) => tls.read(&mut chunk).await?,
            };
            if read == 0 {
                return Err(Broken("the relay hung up".to_owned()));
            }
            self.heard.extend_from_slice(&chunk[..read]);
        }
    }

    /// Everything that follows is encrypted; the other side proves to be `name`.
    pub(super) async fn encrypt(self, settings: Arc<ClientConfig>, name: ServerName<'static>) -> Result<Self, Broken> {
        self.refuse_unasked()?;
        let Stream::Clear(wire) = self.stream else { return Err(Broken("it is encrypted already".to_owned())) };
        let tls = TlsConnector::from(settings).connect(name, wire).await?;
        Ok(Self { stream: Stream::Encrypted(Box::new(tls)), heard: Vec::new(), unsent: self.unsent })
    }

    fn refuse_unasked(&self) -> Result<(), Broken> {
        if self.heard.is_empty() { Ok(()) } else { Err(Broken("the relay spoke before it was asked".to_owned())) }
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Clear(wire) => wire.write_all(bytes).await,
            Stream::Encrypted(tls) => tls.write_all(bytes).await,
        }
    }
}
