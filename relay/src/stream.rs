//! The transport of a connection: TCP, perhaps with TLS, that gives up on a peer who takes nothing.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};
use tokio_rustls::server::TlsStream;

/// What a socket is after the upgrade: the type to downcast `hyper::upgrade::Upgraded` to, inside `TokioIo`.
#[derive(Debug)]
pub(crate) struct Stream {
    transport: Transport,
    stall: Duration,
    /// Runs while a write waits for the other side. Boxed, since most sockets never have one.
    stalled: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug)]
enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Plain TCP. A write of which nothing is taken within `stall` fails.
    pub(crate) const fn plain(tcp: TcpStream, stall: Duration) -> Self {
        Self::new(Transport::Plain(tcp), stall)
    }

    /// TLS over TCP, with the same rule.
    pub(crate) fn tls(tls: TlsStream<TcpStream>, stall: Duration) -> Self {
        Self::new(Transport::Tls(Box::new(tls)), stall)
    }

    const fn new(transport: Transport, stall: Duration) -> Self {
        Self {
            transport,
            stall,
            stalled: None,
        }
    }

    /// What became of a write: if it waits, no longer than the stall time since the last one that did not.
    fn in_time<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(self.stall)));
        stalled
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

macro_rules! delegate {
    ($transport:expr, $stream:ident => $call:expr) => {
        match $transport {
            Transport::Plain($stream) => $call,
            Transport::Tls($stream) => $call,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        delegate!(&mut self.transport, stream => Pin::new(stream).poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written =
            delegate!(&mut self.transport, stream => Pin::new(stream).poll_write(cx, bytes));
        self.in_time(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = delegate!(&mut self.transport, stream => Pin::new(stream).poll_flush(cx));
        self.in_time(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = delegate!(&mut self.transport, stream => Pin::new(stream).poll_shutdown(cx));
        self.in_time(cx, shut)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = delegate!(&mut self.transport, stream => Pin::new(stream).poll_write_vectored(cx, bytes));
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        delegate!(&self.transport, stream => stream.is_write_vectored())
    }
}
