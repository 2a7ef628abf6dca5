//! A byte budget on a connection: a stranger cannot make the server buffer more than the handshake needs.
//!
//! The WebSocket library's size limits are fixed when the socket is opened, at what a known client may send. Until the
//! client is known, this budget below it is the limit.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const UNLIMITED: u64 = u64::MAX;

/// The budget, shared by the connection and whoever may lift it.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<AtomicU64>);

impl Gate {
    /// Everything may be read.
    pub(crate) fn open() -> Self {
        Self(Arc::new(AtomicU64::new(UNLIMITED)))
    }

    /// From now on at most `bytes` may be read.
    pub(crate) fn limit(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Release);
    }

    /// Everything may be read again.
    pub(crate) fn lift(&self) {
        self.0.store(UNLIMITED, Ordering::Release);
    }

    fn spend(&self, bytes: u64) -> io::Result<()> {
        let spent = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
            if left == UNLIMITED { Some(UNLIMITED) } else { left.checked_sub(bytes) }
        });
        spent.map(|_| ()).map_err(|_| io::Error::other("more bytes than a stranger may send"))
    }
}

/// A stream behind a gate.
#[derive(Debug)]
pub(crate) struct GatedStream<S> {
    stream: S,
    gate: Gate,
}

impl<S> GatedStream<S> {
    pub(crate) fn new(stream: S, gate: Gate) -> Self {
        Self { stream, gate }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for GatedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        std::task::ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        Poll::Ready(self.gate.spend((buffer.filled().len() - before) as u64))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GatedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
