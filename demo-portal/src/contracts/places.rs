//! Room for work that takes long: so much in all, and so much of it for one enterprise, so that nobody takes all of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use hyper::StatusCode;
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;

use crate::http::Problem;

/// How much may be going on.
#[derive(Clone, Debug)]
pub struct Places {
    all: usize,
    own: usize,
    /// By enterprise; those with nothing going on are not in it.
    taken: Arc<Mutex<HashMap<i64, usize>>>,
}

/// Room for one piece of work, until it is dropped.
#[derive(Debug)]
pub struct Place {
    enterprise: i64,
    taken: Arc<Mutex<HashMap<i64, usize>>>,
}

impl Places {
    /// `all` at once, `own` of them for one enterprise.
    pub fn new(all: usize, own: usize) -> Self {
        Self {
            all,
            own,
            taken: Arc::default(),
        }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// 503 `full`.
    pub fn take(&self, enterprise: i64) -> Result<Place, Problem> {
        let full = |detail| Problem::new(StatusCode::SERVICE_UNAVAILABLE, Code::Full, detail);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.get(&enterprise).is_some_and(|own| *own >= self.own) {
            let detail = "Your enterprise has as much of this going on as is allowed: wait until some of it is done.";
            return Err(full(detail));
        }
        if taken.values().sum::<usize>() >= self.all {
            let detail = "Too much of this is going on at the moment. Try again a little later.";
            return Err(full(detail));
        }
        *taken.entry(enterprise).or_default() += 1;
        Ok(Place {
            enterprise,
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.enterprise) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.enterprise);
            }
        }
    }
}

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Bytes that an enterprise may send in a day: files that nothing names any more stay on the disk until the next start.
#[derive(Debug)]
pub struct DailyBytes {
    most: u64,
    /// By enterprise: which day, and how many so far.
    sent: Mutex<HashMap<i64, (u64, u64)>>,
}

impl DailyBytes {
    /// `most` for each enterprise.
    pub fn new(most: u64) -> Self {
        Self {
            most,
            sent: Mutex::default(),
        }
    }

    /// Nobody begins a file whose enterprise has sent that many.
    ///
    /// # Errors
    /// 429 `rate-limited`, until the day is over.
    pub fn require(&self, enterprise: i64, now: UnixTime) -> Result<(), Problem> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let (today, begun) = (now.as_secs() / DAY, now.as_secs() % DAY);
        match sent.get(&enterprise) {
            Some((day, bytes)) if *day == today && *bytes >= self.most => {
                Err(Problem::rate_limited(DAY - begun))
            }
            _ => Ok(()),
        }
    }

    /// So many bytes of a file have come.
    pub fn add(&self, enterprise: i64, bytes: u64, now: UnixTime) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let today = now.as_secs() / DAY;
        sent.retain(|_, (day, _)| *day == today);
        let (_, so_far) = sent.entry(enterprise).or_insert((today, 0));
        *so_far = so_far.saturating_add(bytes);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_enterprise_leaves_room_for_others_and_all_of_them_for_the_server() {
        let places = Places::new(3, 2);
        let first = places.take(1).unwrap();
        let second = places.take(1).unwrap();
        assert!(places.take(1).is_err());
        let third = places.take(2).unwrap();
        assert!(places.take(3).is_err());
        drop(first);
        let again = places.take(3).unwrap();
        drop((second, third, again));
        assert!(places.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn enterprise_at_its_limit_waits_until_the_day_is_over() {
        let daily = DailyBytes::new(10);
        let noon = UnixTime::from_secs(100 * DAY + DAY / 2);
        daily.add(1, 9, noon);
        assert!(daily.require(1, noon).is_ok());
        daily.add(1, 1, noon);
        assert!(daily.require(1, noon).is_err());
        assert!(daily.require(2, noon).is_ok());
        let midnight = noon.saturating_add_secs(DAY / 2);
        assert!(
            daily
                .require(1, UnixTime::from_secs(midnight.as_secs() - 1))
                .is_err()
        );
        assert!(daily.require(1, midnight).is_ok());
        daily.add(2, 1, midnight);
        assert_eq!(daily.sent.lock().unwrap().len(), 1);
    }
}
