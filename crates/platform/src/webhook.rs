//! Webhooks in the form of Standard Webhooks (`docs/webhooks.md`): what a sender signs, what a receiver checks, when to
//! try again. Sending and storing are the platform's.
//!
//! ```
//! use scanseal_pki::UnixTime;
//! use scanseal_platform::webhook::{Received, Secret, body, verify};
//!
//! let secret = Secret::from_bytes(&[7; 32])?;
//! let now = UnixTime::from_secs(1_800_000_000);
//! let body = body("account.logged-in", now, &serde_json::json!({ "account": "li.na" }));
//! let signature = secret.sign("msg_1", now, body.as_bytes());
//!
//! let received = Received { id: "msg_1", timestamp: "1800000000", signature: &signature, body: body.as_bytes() };
//! assert!(verify(&received, &[secret], now).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::{fmt, time::Duration};

use data_encoding::BASE64;
use der::DateTime;
use hmac::{Hmac, KeyInit, Mac};
use scanseal_pki::UnixTime;
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Header with the message's id: the same at every try, so that a receiver can tell a repetition.
pub const ID_HEADER: &str = "webhook-id";
/// Header with the time of this try, seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Header with the signatures, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";
/// Seconds that a message may be old, or the clocks apart.
pub const TOLERANCE_SECONDS: u64 = 5 * 60;
/// Seconds before each try: the first at once, the last after some three days.
pub const TRIES_AFTER: [u64; 10] = [
    0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

const SECRET_PREFIX: &str = "whsec_";
const VERSION_PREFIX: &str = "v1,";
const SECRET_BYTES: core::ops::RangeInclusive<usize> = 24..=64;
/// Signatures that are looked at: a sender with more keys than that is none of ours.
const MAX_SIGNATURES: usize = 16;

/// What sender and receiver share.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A secret from 24 to 64 random bytes.
    ///
    /// # Errors
    /// [`NotASecret`] for another number of bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotASecret> {
        if SECRET_BYTES.contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes.to_vec())))
        } else {
            Err(NotASecret)
        }
    }

    /// Reads the text form, `whsec_` and base64.
    ///
    /// # Errors
    /// [`NotASecret`].
    pub fn parse(text: &str) -> Result<Self, NotASecret> {
        let text = text.strip_prefix(SECRET_PREFIX).ok_or(NotASecret)?;
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| NotASecret)?;
        Self::from_bytes(&Zeroizing::new(bytes))
    }

    /// The text form.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{SECRET_PREFIX}{}", BASE64.encode(&self.0)))
    }

    /// The signature of one try. A sender that changes its secret signs with both and puts a space between.
    pub fn sign(&self, id: &str, at: UnixTime, body: &[u8]) -> String {
        let at = at.as_secs().to_string();
        let tag = self.mac(id, &at, body).finalize().into_bytes();
        format!("{VERSION_PREFIX}{}", BASE64.encode(&tag))
    }

    fn mac(&self, id: &str, at: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in [id.as_bytes(), b".", at.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A text or a number of bytes that makes no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a webhook secret: `whsec_` and 24 to 64 bytes in base64 are expected")]
pub struct NotASecret;

/// The body of a message.
pub fn body(event: &str, at: UnixTime, data: &Value) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        r#type: &'a str,
        timestamp: String,
        data: &'a Value,
    }
    let body = Body {
        r#type: event,
        timestamp: iso_8601(at),
        data,
    };
    serde_json::to_string(&body).expect("texts and JSON values have a JSON form")
}

/// A message as a receiver got it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// Header `webhook-id`.
    pub id: &'a str,
    /// Header `webhook-timestamp`.
    pub timestamp: &'a str,
    /// Header `webhook-signature`.
    pub signature: &'a str,
    /// The body, byte by byte as it came.
    pub body: &'a [u8],
}

/// Checks a message against the secrets that are in use; during a change of the secret that is two. Who accepts it should
/// remember its id for as long as the sender tries ([`TRIES_AFTER`]), since a message may come more than once.
///
/// # Errors
/// [`Unverified`]: answer 400 or 401, and act on nothing of it.
pub fn verify(
    received: &Received<'_>,
    secrets: &[Secret],
    now: UnixTime,
) -> Result<(), Unverified> {
    let Received {
        id,
        timestamp,
        signature,
        body,
    } = *received;
    // With a full stop in the id, another split of the same bytes would have the same signature.
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let digits = timestamp.bytes().all(|byte| byte.is_ascii_digit());
    if id.is_empty() || !id.bytes().all(letter) || !digits {
        return Err(Unverified::Malformed);
    }
    let at: u64 = timestamp.parse().map_err(|_| Unverified::Malformed)?;
    if now.as_secs().abs_diff(at) > TOLERANCE_SECONDS {
        return Err(Unverified::WrongTime);
    }
    let fits = signature.split(' ').take(MAX_SIGNATURES).any(|text| {
        let tag = text
            .strip_prefix(VERSION_PREFIX)
            .and_then(|text| BASE64.decode(text.as_bytes()).ok());
        tag.is_some_and(|tag| {
            secrets.iter().any(|secret| {
                // Compares in constant time.
                secret.mac(id, timestamp, body).verify_slice(&tag).is_ok()
            })
        })
    });
    fits.then_some(()).ok_or(Unverified::WrongSignature)
}

/// Why a message is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unverified {
    /// Headers that no sender of this kind writes.
    #[error("the webhook headers have the wrong form")]
    Malformed,
    /// No signature is made with a known secret: somebody else's message, a changed one, or an old secret.
    #[error(
        "no signature fits: the message is not from this sender, was changed, or the secret is another one"
    )]
    WrongSignature,
    /// The message is old, or one of the clocks is wrong.
    #[error("the message is more than {TOLERANCE_SECONDS} seconds away from this clock's time")]
    WrongTime,
}

/// How long to wait after so many tries without success; nothing when it is time to give up.
pub fn wait_after(tries: u32) -> Option<Duration> {
    let tries = usize::try_from(tries).unwrap_or(usize::MAX);
    TRIES_AFTER.get(tries).copied().map(Duration::from_secs)
}

/// `2027-01-15T08:00:00Z`. Years beyond 9999 have no such form; nobody sends any.
fn iso_8601(at: UnixTime) -> String {
    DateTime::from_unix_duration(Duration::from_secs(at.as_secs()))
        .map(|time| time.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_614_265_330);
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    /// The example that the libraries of Standard Webhooks test themselves with.
    fn example() -> (Secret, Received<'static>) {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let received = Received {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: "1614265330",
            signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            body: BODY,
        };
        (secret, received)
    }

    #[test]
    fn example_of_the_standard_is_signed_and_verified() {
        let (secret, received) = example();
        assert_eq!(secret.sign(received.id, NOW, BODY), received.signature);
        assert_eq!(verify(&received, &[secret], NOW), Ok(()));
    }

    #[test]
    fn one_of_several_secrets_and_signatures_is_enough() {
        let (secret, received) = example();
        let other = Secret::from_bytes(&[1; 24]).unwrap();
        let signature = format!(
            "v1a,AAAA v1,{} {} {}",
            "A".repeat(44),
            other.sign(received.id, NOW, BODY),
            received.signature
        );
        let received = Received {
            signature: &signature,
            ..received
        };
        for secrets in [
            vec![secret.clone()],
            vec![other.clone()],
            vec![other, secret],
        ] {
            assert_eq!(verify(&received, &secrets, NOW), Ok(()));
        }
        let third = Secret::from_bytes(&[2; 24]).unwrap();
        assert_eq!(
            verify(&received, &[third], NOW),
            Err(Unverified::WrongSignature)
        );
        assert_eq!(verify(&received, &[], NOW), Err(Unverified::WrongSignature));
    }

    #[test]
    fn whatever_is_changed_is_refused() {
        let (secret, received) = example();
        let secrets = [secret];
        for (changed, error) in [
            (
                Received {
                    id: "msg_other",
                    ..received
                },
                Unverified::WrongSignature,
            ),
            (Received { id: "", ..received }, Unverified::Malformed),
            (
                Received {
                    id: "a.b",
                    ..received
                },
                Unverified::Malformed,
            ),
            (
                Received {
                    timestamp: "1614265331",
                    ..received
                },
                Unverified::WrongSignature,
            ),
            (
                Received {
                    timestamp: "01614265330",
                    ..received
                },
                Unverified::WrongSignature,
            ),
            (
                Received {
                    timestamp: "+1614265330",
                    ..received
                },
                Unverified::Malformed,
            ),
            (
                Received {
                    timestamp: "",
                    ..received
                },
                Unverified::Malformed,
            ),
            (
                Received {
                    body: b"{}",
                    ..received
                },
                Unverified::WrongSignature,
            ),
            (
                Received {
                    signature: "",
                    ..received
                },
                Unverified::WrongSignature,
            ),
            (
                Received {
                    signature: "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                    ..received
                },
                Unverified::WrongSignature,
            ),
            (
                Received {
                    signature: "v1,g0hM9SsE",
                    ..received
                },
                Unverified::WrongSignature,
            ),
        ] {
            assert_eq!(verify(&changed, &secrets, NOW), Err(error), "{changed:?}");
        }
    }

    #[test]
    fn five_minutes_either_way_are_allowed_and_not_a_second_more() {
        let (secret, received) = example();
        let at = |seconds| {
            verify(
                &received,
                std::slice::from_ref(&secret),
                UnixTime::from_secs(seconds),
            )
        };
        for seconds in [
            NOW.as_secs() - TOLERANCE_SECONDS,
            NOW.as_secs() + TOLERANCE_SECONDS,
        ] {
            assert_eq!(at(seconds), Ok(()));
        }
        for seconds in [
            NOW.as_secs() - TOLERANCE_SECONDS - 1,
            NOW.as_secs() + TOLERANCE_SECONDS + 1,
        ] {
            assert_eq!(at(seconds), Err(Unverified::WrongTime));
        }
    }

    #[test]
    fn secret_has_24_to_64_bytes_and_is_never_printed() {
        for (bytes, fits) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(Secret::from_bytes(&vec![5; bytes]).is_ok(), fits, "{bytes}");
        }
        let secret = Secret::from_bytes(&[5; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        let again = Secret::parse(&secret.to_text()).unwrap();
        assert_eq!(again.to_text(), secret.to_text());
        for wrong in ["", "whsec_", "whsec_???", &secret.to_text()[6..]] {
            assert!(Secret::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn body_has_type_time_and_data() {
        assert_eq!(
            body("certificate.bound", NOW, &json!({ "id": "ab" })),
            r#"{"type":"certificate.bound","timestamp":"2021-02-25T15:02:10Z","data":{"id":"ab"}}"#
        );
    }

    #[test]
    fn ten_tries_within_four_days() {
        let waits: Vec<_> = (0..11).map(wait_after).collect();
        assert_eq!(waits[0], Some(Duration::ZERO));
        assert_eq!(waits[1], Some(Duration::from_secs(5)));
        assert_eq!(waits[9], Some(Duration::from_secs(24 * 3_600)));
        assert_eq!(waits[10], None);
    }
}
