//! Moments, as each format writes them.

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

/// When the contracts are signed: 2026-06-01T00:00:00Z.
pub const SIGNED: Moment = Moment(1_780_272_000);
/// When the files are verified: an hour later.
pub const NOW: Moment = Moment(SIGNED.0 + 3_600);
/// A day in seconds.
pub const DAY: u64 = 86_400;

impl Moment {
    /// So many days later, or earlier if negative.
    pub fn days(self, days: i64) -> Self {
        let seconds = days
            .checked_mul(DAY.cast_signed())
            .expect("test data are small");
        Self(self.0.checked_add_signed(seconds).expect("after 1970"))
    }

    /// `YYYYMMDDhhmmss`.
    pub fn digits(self) -> String {
        let [year, month, day] = self.date();
        let (hour, minute, second) = (self.0 / 3600 % 24, self.0 / 60 % 60, self.0 % 60);
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }

    /// As PDF writes it: `D:YYYYMMDDhhmmssZ`.
    pub fn pdf(self) -> String {
        format!("D:{}Z", self.digits())
    }

    /// As RFC 3339 writes it.
    pub fn rfc3339(self) -> String {
        let digits = self.digits();
        let (date, time) = digits.split_at(8);
        format!(
            "{}-{}-{}T{}:{}:{}Z",
            &date[..4],
            &date[4..6],
            &date[6..],
            &time[..2],
            &time[2..4],
            &time[4..]
        )
    }

    /// Year, month, day: counted on from the first of March of a year divisible by 400, so that leap days come last.
    fn date(self) -> [u64; 3] {
        let days = self.0 / DAY + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        [year, month, day]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_the_known_dates() {
        assert_eq!(Moment(0).rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(SIGNED.rfc3339(), "2026-06-01T00:00:00Z");
        assert_eq!(Moment(1_709_208_000).rfc3339(), "2024-02-29T12:00:00Z");
    }
}
