//! The moment at which something is judged.

#[cfg(feature = "path")]
use core::time::Duration;

#[cfg(feature = "path")]
use der::DateTime;
use serde::{Deserialize, Serialize};
use x509_cert::time::Time;

#[cfg(feature = "path")]
use crate::asn1::{self, Element, NotDer};

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Everything in `crates/` that needs to know the time takes one of these as a parameter; nothing reads a clock.
/// Serialised as a bare number, as JWS claims want it (RFC 7519 section 2, NumericDate).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The moment `secs` seconds after the epoch.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// Seconds since the epoch.
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// The moment `secs` seconds later; the last representable moment if there is none so late.
    #[must_use]
    pub const fn saturating_add_secs(self, secs: u64) -> Self {
        Self(self.0.saturating_add(secs))
    }

    /// The seconds from `earlier` to this moment; none if `earlier` is later.
    pub const fn saturating_secs_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment as RFC 3339 writes it: `2026-10-01T08:30:00Z`. Years after 9999 cannot be written so; they give the
    /// last moment that can.
    #[cfg(feature = "path")]
    pub fn to_rfc3339(self) -> String {
        let date = DateTime::from_unix_duration(self.to_duration());
        date.unwrap_or(DateTime::INFINITY).to_string()
    }

    /// Reads a moment of RFC 3339, with `Z` or an offset such as `+08:00`; fractions of a second are not taken.
    #[cfg(feature = "path")]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let (date, offset_minutes) = match text.strip_suffix('Z') {
            Some(date) => (date, 0),
            None => {
                let (date, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
                let (hours, minutes) = offset.get(1..)?.split_once(':')?;
                let digits = |text: &str| -> Option<i64> {
                    let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
                    two.then(|| text.parse().ok()).flatten()
                };
                let (hours, minutes) = (digits(hours)?, digits(minutes)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let minutes = hours * 60 + minutes;
                match offset.as_bytes().first()? {
                    b'+' => (date, minutes),
                    b'-' => (date, -minutes),
                    _ => return None,
                }
            }
        };
        let date: DateTime = format!("{date}Z").parse().ok()?;
        let seconds = i64::try_from(date.unix_duration().as_secs()).ok()?;
        let seconds = seconds.checked_sub(offset_minutes * 60)?;
        u64::try_from(seconds).ok().map(Self)
    }

    /// Reads UTCTime or GeneralizedTime in the one form that certificates have: whole seconds, and `Z` (RFC 5280 section
    /// 4.1.2.5).
    #[cfg(feature = "path")]
    pub(crate) fn from_element(time: &Element<'_>) -> Result<Self, NotDer> {
        let Some((b'Z', digits)) = time.content.split_last() else {
            return Err(NotDer);
        };
        let mut pairs = Vec::with_capacity(7);
        for pair in digits.chunks(2) {
            match *pair {
                [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                    pairs.push((tens - b'0') * 10 + (ones - b'0'));
                }
                _ => return Err(NotDer),
            }
        }
        let (year, rest) = match (time.tag, pairs.as_slice()) {
            (asn1::UTC_TIME, [year @ 0..=49, rest @ ..]) => (2000 + u16::from(*year), rest),
            (asn1::UTC_TIME, [year, rest @ ..]) => (1900 + u16::from(*year), rest),
            (asn1::GENERALIZED_TIME, [century, year, rest @ ..]) => {
                (u16::from(*century) * 100 + u16::from(*year), rest)
            }
            _ => return Err(NotDer),
        };
        let &[month, day, hour, minute, second] = rest else {
            return Err(NotDer);
        };
        DateTime::new(year, month, day, hour, minute, second)
            .map(|time| Self(time.unix_duration().as_secs()))
            .map_err(|_| NotDer)
    }

    #[cfg(feature = "path")]
    pub(crate) const fn to_duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl From<Time> for UnixTime {
    fn from(time: Time) -> Self {
        Self(time.to_unix_duration().as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_at_the_ends_saturates() {
        let last = UnixTime::from_secs(u64::MAX);
        assert_eq!(last.saturating_add_secs(1), last);
        assert_eq!(
            UnixTime::from_secs(5).saturating_secs_since(UnixTime::from_secs(6)),
            0
        );
        assert_eq!(
            UnixTime::from_secs(6).saturating_secs_since(UnixTime::from_secs(5)),
            1
        );
    }

    #[cfg(feature = "path")]
    #[test]
    fn rfc_3339_is_read_with_and_without_an_offset_and_written_in_utc() {
        let moment = UnixTime::from_secs(1_790_843_400);
        assert_eq!(moment.to_rfc3339(), "2026-10-01T08:30:00Z");
        for text in [
            "2026-10-01T08:30:00Z",
            "2026-10-01T16:30:00+08:00",
            "2026-10-01T03:00:00-05:30",
        ] {
            assert_eq!(UnixTime::from_rfc3339(text), Some(moment), "{text}");
        }
        for text in [
            "",
            "Z",
            "2026-10-01",
            "2026-10-01T08:30:00",
            "2026-10-01T08:30:00+8:00",
            "2026-10-01T08:30:00+24:00",
            "2026-13-01T08:30:00Z",
            "1969-12-31T23:59:59Z",
            "2026-10-01T08:30:00 08:00",
            "2026-10-01T08:30:00+é8:0",
        ] {
            assert_eq!(UnixTime::from_rfc3339(text), None, "{text}");
        }
        assert_eq!(
            UnixTime::from_secs(u64::MAX).to_rfc3339(),
            "9999-12-31T23:59:59Z"
        );
    }
}
