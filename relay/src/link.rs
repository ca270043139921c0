//! The outgoing side of one socket: a bounded queue that anybody may put into without waiting, and that only the socket's task
//! takes from. An idle socket's queue owns no memory.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::{Utf8Bytes, protocol::frame::coding::CloseCode};

use crate::session::SocketId;

/// Pings that may stay unanswered before the socket is dropped (`docs/protocol.md` section 4, rule 8).
const UNANSWERED_PINGS: u8 = 2;
/// What an entry of the queue costs beside its bytes, so that many small messages are bounded too.
const ENTRY_BYTES: usize = 64;

/// What may wait for one socket even when all together are over their total: the largest request or assertion and some control
/// messages. So those who let megabytes pile up cannot have those dropped who read what they get.
const ALWAYS_BYTES: usize = 32 * 1024;

/// How much may wait for slow readers.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// Bytes waiting for one socket. What an end may send unacknowledged (1 MiB) must fit, so that a phone on a slow network is
    /// not dropped for being slow, only for not reading.
    pub socket_bytes: usize,
    /// Bytes waiting for all sockets together; beyond, who has more than a little waiting is dropped when it is to get more.
    pub total_bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self {
            socket_bytes: 1280 * 1024,
            total_bytes: 256 * 1024 * 1024,
        }
    }
}

/// Something to write to the socket.
#[derive(Debug)]
pub(crate) enum Out {
    Text(Utf8Bytes),
    Frame(Bytes),
    Ping,
    /// The last one.
    Close(CloseCode),
}

/// Why a socket ends without its queue being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It does not read.
    Slow,
    /// It does not answer pings.
    Silent,
    /// The relay is gone.
    Stopped,
}

/// What the socket's task shall do.
#[derive(Debug)]
pub(crate) enum Next {
    Write(Out),
    Wait,
    Cut(Cut),
}

/// One socket, as everybody but its task sees it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: SocketId,
    /// Told that [`Self::next`] has changed.
    pub(crate) wake: Notify,
    queue: Mutex<Queue>,
    unanswered: AtomicU8,
    spoken: AtomicBool,
}

#[derive(Debug, Default)]
struct Queue {
    items: VecDeque<Out>,
    bytes: usize,
    sealed: bool,
    cut: Option<Cut>,
}

impl Link {
    pub(crate) fn new(id: SocketId) -> Self {
        Self {
            id,
            wake: Notify::new(),
            queue: Mutex::default(),
            unanswered: AtomicU8::new(0),
            spoken: AtomicBool::new(false),
        }
    }

    /// Queues `out`. After a [`Out::Close`] or a cut nothing more is taken. `total` counts the bytes of all links.
    pub(crate) fn push(&self, out: Out, limits: &QueueLimits, total: &AtomicUsize) {
        let mut queue = self.queue();
        if queue.sealed {
            return;
        }
        let cost = cost(&out);
        let over_all = total.fetch_add(cost, Ordering::Relaxed) + cost > limits.total_bytes;
        queue.bytes += cost;
        if queue.bytes > limits.socket_bytes || (over_all && queue.bytes > ALWAYS_BYTES) {
            total.fetch_sub(queue.bytes, Ordering::Relaxed);
            *queue = Queue {
                sealed: true,
                cut: Some(Cut::Slow),
                ..Queue::default()
            };
        } else {
            queue.sealed = matches!(out, Out::Close(_));
            queue.items.push_back(out);
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// Throws the queue away and ends the socket, unless that was done before.
    pub(crate) fn cut(&self, why: Cut, total: &AtomicUsize) {
        let mut queue = self.queue();
        total.fetch_sub(queue.bytes, Ordering::Relaxed);
        let cut = queue.cut.or(Some(why));
        *queue = Queue {
            sealed: true,
            cut,
            ..Queue::default()
        };
        drop(queue);
        self.wake.notify_one();
    }

    /// Takes the next thing to write.
    pub(crate) fn next(&self, total: &AtomicUsize) -> Next {
        let mut queue = self.queue();
        if let Some(cut) = queue.cut {
            return Next::Cut(cut);
        }
        let Some(out) = queue.items.pop_front() else {
            queue.items = VecDeque::new(); // gives its memory back
            return Next::Wait;
        };
        let cost = cost(&out);
        queue.bytes -= cost;
        total.fetch_sub(cost, Ordering::Relaxed);
        Next::Write(out)
    }

    /// Whether the socket was cut.
    pub(crate) fn is_cut(&self) -> Option<Cut> {
        self.queue().cut
    }

    /// Something came from the other side.
    pub(crate) fn heard(&self) {
        self.unanswered.store(0, Ordering::Relaxed);
    }

    /// The first message came.
    pub(crate) fn speaks(&self) {
        self.spoken.store(true, Ordering::Relaxed);
    }

    /// Whether the first message has come.
    pub(crate) fn has_spoken(&self) -> bool {
        self.spoken.load(Ordering::Relaxed)
    }

    /// It is time for a ping: sends one, or drops a socket that has not answered the last ones. Says whether it lives.
    pub(crate) fn ping(&self, limits: &QueueLimits, total: &AtomicUsize) -> bool {
        if self.unanswered.fetch_add(1, Ordering::Relaxed) >= UNANSWERED_PINGS {
            self.cut(Cut::Silent, total);
            return false;
        }
        self.push(Out::Ping, limits, total);
        true
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

fn cost(out: &Out) -> usize {
    ENTRY_BYTES
        + match out {
            Out::Text(text) => text.len(),
            Out::Frame(frame) => frame.len(),
            Out::Ping | Out::Close(_) => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: usize) -> Out {
        Out::Frame(Bytes::from(vec![0; bytes]))
    }

    #[test]
    fn queue_holds_its_limit_and_one_byte_more_cuts_the_socket() {
        let (link, total) = (Link::new(SocketId(1)), AtomicUsize::new(0));
        let limits = QueueLimits {
            socket_bytes: 1000,
            total_bytes: 10_000,
        };
        link.push(frame(1000 - ENTRY_BYTES), &limits, &total);
        assert_eq!((link.is_cut(), total.load(Ordering::Relaxed)), (None, 1000));
        assert!(matches!(link.next(&total), Next::Write(Out::Frame(_))));
        link.push(frame(1001 - ENTRY_BYTES), &limits, &total);
        assert_eq!(
            (link.is_cut(), total.load(Ordering::Relaxed)),
            (Some(Cut::Slow), 0)
        );
    }

    #[test]
    fn all_queues_together_hold_the_total_and_one_byte_more_cuts_who_has_much_waiting() {
        let (hoarded, limits) = (
            ALWAYS_BYTES + ENTRY_BYTES,
            QueueLimits {
                socket_bytes: 2 * ALWAYS_BYTES,
                total_bytes: 100_000,
            },
        );
        let total = AtomicUsize::new(limits.total_bytes - hoarded);
        let link = Link::new(SocketId(1));
        link.push(frame(hoarded - ENTRY_BYTES), &limits, &total);
        assert_eq!(link.is_cut(), None);
        link.push(Out::Ping, &limits, &total);
        assert_eq!(link.is_cut(), Some(Cut::Slow));
        assert_eq!(total.load(Ordering::Relaxed), limits.total_bytes - hoarded);
    }

    #[test]
    fn who_reads_gets_its_messages_though_others_fill_the_total() {
        let limits = QueueLimits::default();
        let (link, total) = (Link::new(SocketId(1)), AtomicUsize::new(limits.total_bytes));
        link.push(frame(ALWAYS_BYTES - ENTRY_BYTES), &limits, &total);
        assert!(matches!(link.next(&total), Next::Write(Out::Frame(_))));
        link.push(frame(ALWAYS_BYTES - ENTRY_BYTES), &limits, &total);
        assert_eq!(link.is_cut(), None);
        link.push(Out::Ping, &limits, &total);
        assert_eq!(link.is_cut(), Some(Cut::Slow));
        assert_eq!(total.load(Ordering::Relaxed), limits.total_bytes);
    }

    #[test]
    fn nothing_follows_a_close() {
        let (link, total, limits) = (
            Link::new(SocketId(1)),
            AtomicUsize::new(0),
            QueueLimits::default(),
        );
        link.push(Out::Close(CloseCode::Normal), &limits, &total);
        link.push(Out::Ping, &limits, &total);
        assert!(matches!(
            link.next(&total),
            Next::Write(Out::Close(CloseCode::Normal))
        ));
        assert!(matches!(link.next(&total), Next::Wait));
    }

    #[test]
    fn two_unanswered_pings_are_waited_for_and_the_third_time_cuts() {
        let (link, total, limits) = (
            Link::new(SocketId(1)),
            AtomicUsize::new(0),
            QueueLimits::default(),
        );
        assert!(link.ping(&limits, &total) && link.ping(&limits, &total));
        link.heard();
        assert!(link.ping(&limits, &total) && link.ping(&limits, &total));
        assert!(!link.ping(&limits, &total));
        assert_eq!(
            (link.is_cut(), total.load(Ordering::Relaxed)),
            (Some(Cut::Silent), 0)
        );
    }
}
