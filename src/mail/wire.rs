//! The stream under an SMTP conversation: sends what was said in one piece, and knows how much of it the kernel has.
//!
//! SMTP is a dialogue: nothing leaves before the client turns to reading, which is exactly when everything has been said. So a
//! group of commands, or a message with its final dot, is one write; with `TCP_NODELAY` none of it waits. What could not be
//! handed over is counted, which answers the question that decides between "try again" and "may be a duplicate": can the final
//! dot have left?

use std::{
    io,
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

/// How many bytes were said and not yet taken by the kernel.
#[derive(Debug, Clone, Default)]
pub(super) struct Unsent(Arc<AtomicUsize>);

impl Unsent {
    /// Zero means that everything said may have reached the other side.
    pub(super) fn bytes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A TCP stream that gathers writes until the next read.
#[derive(Debug)]
pub(super) struct Wire {
    tcp: TcpStream,
    said: Vec<u8>,
    handed: usize,
    unsent: Unsent,
}

impl Wire {
    /// Takes a connected stream; `TCP_NODELAY`, because what leaves here is never worth waiting for more.
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        Ok(Self { tcp, said: Vec::new(), handed: 0, unsent: Unsent::default() })
    }

    /// A view on what is still unsent, valid as long as the conversation.
    pub(super) fn unsent(&self) -> Unsent {
        self.unsent.clone()
    }

    fn poll_hand_over(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.handed < self.said.len() {
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
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
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
