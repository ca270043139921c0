//! The relay of ScanSeal: a mailbox between one web page and one phone.
//!
//! It forwards what it cannot read, keeps nothing but who waits for whom, and may be restarted at any moment: the ends come back and
//! go on (`docs/protocol.md` section 4). A malicious relay can refuse service and see session ids, sizes and times; the
//! channel between the ends is encrypted end to end.
//!
//! From the inside out: [`session`] is one session as a pure state machine; [`store`] keeps sessions; [`wheel`] holds everything
//! that must happen later; `socket` is the task of one WebSocket; [`Relay`] brings them together as a warp filter; [`accept`]
//! serves filters. A server that wants the relay among its own routes needs [`Relay`] and [`accept`] only.

pub mod accept;
pub mod config;
mod filter;
pub mod forwarded;
mod link;
pub mod log;
pub mod metrics;
pub mod origin;
pub mod rate;
mod relay;
pub mod session;
mod socket;
mod sockets;
pub mod store;
mod stream;
pub mod tls;
pub mod wheel;

pub use filter::SUBPROTOCOL;
pub use link::QueueLimits;
pub use metrics::Metrics;
pub use relay::{Relay, RelayConfig, Timing};
