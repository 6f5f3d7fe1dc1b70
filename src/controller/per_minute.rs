//! Never more than a number of writes in a minute.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The writes of the last minute.
#[derive(Debug)]
pub(super) struct PerMinute {
    most: usize,
    last: VecDeque<Timestamp>,
}

impl PerMinute {
    /// At most `most` in any minute.
    pub(super) fn new(most: usize) -> Self {
        Self { most, last: VecDeque::new() }
    }

    /// Counts one; the error is when to ask again.
    pub(super) fn count(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        let after = |time: &Timestamp| time.checked_add(MINUTE).unwrap_or(Timestamp::MAX);
        while self.last.front().is_some_and(|first| after(first) <= now) {
            self.last.pop_front();
        }
        match self.last.front() {
            Some(first) if self.last.len() >= self.most => Err(after(first)),
            None if self.most == 0 => Err(Timestamp::MAX),
            _ => {
                self.last.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn no_minute_has_too_many() {
        let mut writes = PerMinute::new(2);
        assert_eq!(writes.count(at(0)), Ok(()));
        assert_eq!(writes.count(at(30)), Ok(()));
        assert_eq!(writes.count(at(31)), Err(at(60)));
        assert_eq!(writes.count(at(60)), Ok(()));
        assert_eq!(writes.count(at(61)), Err(at(90)));
        assert!(PerMinute::new(0).count(at(0)).is_err());
    }
}
