//! The stream under an SMTP conversation: sends what was said in one piece, and knows how much of it the kernel has.
//!
//! lettre writes a message and its final dot apart; with Nagle's algorithm and delayed acknowledgements each pair then costs
//! forty milliseconds. Here nothing leaves before the client turns to reading: SMTP is a dialogue, so that is exactly when
//! everything has been said. What could not be handed over is counted, which answers the question that decides between "try
//! again" and "may be a duplicate": can the final dot have left?

use lettre::transport::smtp::client::AsyncTokioStream;
use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

/// How many bytes were said and not yet taken by the kernel.
#[derive(Debug, Clone, Default)]
pub(super) struct Unsent(Arc<AtomicUsize>);

impl Unsent {
    /// Zero means that everything said may have reached the other side.
    pub(super) fn bytes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// More than that in answer to one command is no SMTP reply.
const LONGEST_REPLY: usize = 256 << 10;

/// A TCP stream that gathers writes until the next read.
#[derive(Debug)]
pub(super) struct Wire {
    tcp: TcpStream,
    said: Vec<u8>,
    handed: usize,
    heard: usize,
    unsent: Unsent,
}

impl Wire {
    /// Takes a connected stream; `TCP_NODELAY`, because what leaves here is never worth waiting for more.
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        Ok(Self { tcp, said: Vec::new(), handed: 0, heard: 0, unsent: Unsent::default() })
    }

    /// A view on what is still unsent, valid as long as the conversation.
    pub(super) fn unsent(&self) -> Unsent {
        self.unsent.clone()
    }

    fn poll_hand_over(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.handed < self.said.len() {
            self.heard = 0;
            let written = ready!(Pin::new(&mut self.tcp).poll_write(cx, &self.said[self.handed..]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.handed += written;
            self.unsent.0.store(self.said.len() - self.handed, Ordering::SeqCst);
        }
        self.said.clear();
        self.handed = 0;
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_hand_over(cx))?;
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.tcp).poll_read(cx, buffer))?;
        self.heard += buffer.filled().len() - before;
        if self.heard > LONGEST_REPLY {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the reply never ends")));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.said.extend_from_slice(bytes);
        self.unsent.0.store(self.said.len() - self.handed, Ordering::SeqCst);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_hand_over(cx))?;
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

/// TLS from the first byte, over a [`Wire`].
pub(super) struct TlsWire(pub(super) TlsStream<Wire>);

impl fmt::Debug for TlsWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsWire")
    }
}

impl AsyncRead for TlsWire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for TlsWire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for TlsWire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}
