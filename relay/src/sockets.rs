//! The sockets that are open, by id.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use crate::{link::Link, session::SocketId};

/// The sockets by id, spread over locks.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    shards: [Mutex<HashMap<SocketId, Arc<Link>>>; 16],
    /// Sockets there are, and places given to upgrades under way.
    pub(crate) count: AtomicUsize,
    next: AtomicU64,
}

impl Sockets {
    pub(crate) fn add(&self) -> Arc<Link> {
        let id = SocketId(self.next.fetch_add(1, Ordering::Relaxed));
        let link = Arc::new(Link::new(id));
        self.with_shard(id, |shard| shard.insert(id, Arc::clone(&link)));
        link
    }

    pub(crate) fn remove(&self, id: SocketId) {
        self.with_shard(id, |shard| shard.remove(&id));
    }

    pub(crate) fn find(&self, id: SocketId) -> Option<Arc<Link>> {
        self.with_shard(id, |shard| shard.get(&id).cloned())
    }

    pub(crate) fn all(&self) -> Vec<Arc<Link>> {
        let links = |shard: &Mutex<HashMap<_, _>>| {
            let shard = shard
                .lock()
                .expect("no code panics while it holds this lock");
            shard.values().cloned().collect::<Vec<_>>()
        };
        self.shards.iter().flat_map(links).collect()
    }

    fn with_shard<R>(
        &self,
        id: SocketId,
        work: impl FnOnce(&mut HashMap<SocketId, Arc<Link>>) -> R,
    ) -> R {
        let shard = usize::try_from(id.0 % 16).expect("a remainder of 16 fits usize");
        work(
            &mut self.shards[shard]
                .lock()
                .expect("no code panics while it holds this lock"),
        )
    }
}
