//! Reading what the relay says. By hand, since the code that serde derives for tagged enums would be a tenth of the page's
//! WebAssembly. A member that is missing or not as it should be makes the whole `None`.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{DONE, Down, Ending, LockedPhone, Opened, Peer, Presence};
use crate::{error::Code, ids::PhoneId};

/// The members of a message.
#[derive(Deserialize)]
pub(super) struct Members(Map<String, Value>);

pub(super) fn read_down(members: &Members) -> Option<Down> {
    Some(match members.text("t")? {
        "ack" => Down::Ack {
            next: members.number("next")?,
        },
        "closed" => Down::Closed {
            code: members.ending()?,
        },
        "error" => Down::Error {
            code: Code::from_wire(members.text("code")?),
            retry: members.optional("retry", Members::number)?,
        },
        "joined" => Down::Joined {
            expires: members.number("expires")?,
            peer: members.presence()??,
            next: members.number("next")?,
        },
        "opened" => Down::Opened(read_opened(members)?),
        "peer" => Down::Peer(read_peer(members)?),
        "pong" => Down::Pong,
        _ => return None,
    })
}

fn read_opened(members: &Members) -> Option<Opened> {
    let id = members.optional("phone", Members::phone)?;
    let next = members.optional("next", Members::number)?;
    // Phone and number come with a peer, and only then.
    let phone = match (members.presence()?, id, next) {
        (None, None, None) => None,
        (Some(presence), Some(id), Some(next)) => Some(LockedPhone { id, presence, next }),
        _ => return None,
    };
    Some(Opened {
        expires: members.number("expires")?,
        phone,
    })
}

fn read_peer(members: &Members) -> Option<Peer> {
    Some(match members.text("state")? {
        "away" => Peer::Away,
        "back" => Peer::Back {
            next: members.number("next")?,
        },
        "joined" => Peer::Joined {
            phone: members.phone("phone")?,
            next: members.number("next")?,
            expires: members.number("expires")?,
        },
        "left" => Peer::Left {
            code: members.ending()?,
        },
        _ => return None,
    })
}

impl Members {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.0.get(name)?.as_u64()?.try_into().ok()
    }

    fn phone(&self, name: &str) -> Option<PhoneId> {
        self.text(name)?.parse().ok()
    }

    fn ending(&self) -> Option<Ending> {
        let text = self.text("code")?;
        Some(if text == DONE {
            Ending::Done
        } else {
            Ending::Failed(Code::from_wire(text))
        })
    }

    /// `Some(None)` for the word `none`.
    fn presence(&self) -> Option<Option<Presence>> {
        Some(match self.text("peer")? {
            "away" => Some(Presence::Away),
            "here" => Some(Presence::Here),
            "none" => None,
            _ => return None,
        })
    }

    /// `Some(None)` if the member is absent.
    fn optional<T>(
        &self,
        name: &str,
        read: impl Fn(&Self, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.0.contains_key(name) {
            read(self, name).map(Some)
        } else {
            Some(None)
        }
    }
}
