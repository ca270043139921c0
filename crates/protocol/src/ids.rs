//! Who an end is to the relay: random keys, and the ids that are hashes of them (`docs/protocol.md` section 2).
//!
//! An id is a lock, its key opens it: only who made the id can show bytes that hash to it. So an id may be seen by
//! anyone, and the key goes to the relay only.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::encoding::{b64u, decode_b64u_array, encode_b64u, tag16};

/// The text is no id: 16 bytes in base64url without padding were expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 16 bytes in base64url without padding (22 characters)")]
pub struct IdError;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $method:ident -> $id:ident, $label:literal) => {
        $(#[$doc])*
        #[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
        pub struct $name(#[serde(with = "b64u")] [u8; 32]);

        impl $name {
            /// Takes 32 random bytes. That they are random is the caller's duty.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The id that this key opens.
            pub fn $method(&self) -> $id {
                $id(tag16($label, &[&self.0]))
            }

            /// The key's bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.ct_eq(&other.0).into()
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(#[serde(with = "b64u")] [u8; 16]);

        impl $name {
            /// Takes the 16 bytes as they are.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The id's bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode_b64u(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                decode_b64u_array(text).map(Self).ok_or(IdError)
            }
        }
    };
}

key! {
    /// The page's secret towards the relay: who has it may open and re-open the session. Wiped on drop.
    PageKey, session_id -> SessionId, "scanseal.v1 page"
}
key! {
    /// The phone's secret towards the relay: who has it may come back as that phone. Wiped on drop.
    PhoneKey, phone_id -> PhoneId, "scanseal.v1 phone"
}
id! {
    /// Names a session: `sid` of the protocol.
    SessionId
}
id! {
    /// Names a phone within one session; a phone draws a new key for each scan, so ids cannot be followed over sessions.
    PhoneId
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn page_and_phone_of_the_same_bytes_have_different_ids() {
        let bytes = [7; 32];
        let (page, phone) = (
            PageKey::from_bytes(bytes).session_id(),
            PhoneKey::from_bytes(bytes).phone_id(),
        );
        assert_ne!(page.as_bytes(), phone.as_bytes());
    }

    #[test]
    fn ids_survive_text_and_json() {
        let id = PageKey::from_bytes([1; 32]).session_id();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            serde_json::from_str::<SessionId>(&serde_json::to_string(&id).unwrap()).unwrap(),
            id
        );
    }

    #[test]
    fn ids_of_other_lengths_alphabets_and_trailing_bits_are_refused() {
        let good = "AAAAAAAAAAAAAAAAAAAAAA";
        assert!(good.parse::<SessionId>().is_ok());
        for bad in [
            "",
            "AAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAB",
            "AAAAAAAAAAAAAAAAAAAA+A",
            "AAAAAAAAAAAAAAAAAAAAAA==",
        ] {
            assert_eq!(bad.parse::<SessionId>(), Err(IdError), "{bad}");
        }
    }

    #[test]
    fn debug_of_a_key_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", PageKey::from_bytes([9; 32])), "PageKey(..)");
    }
}
