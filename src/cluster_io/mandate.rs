//! What entitles to write: a lease that is ours for certain; or nothing, in a dry run.

use std::time::Instant;

use tokio::sync::watch;

use super::LeaseTimes;

/// What entitles to write.
#[derive(Clone, Debug)]
pub enum Mandate {
    /// Nothing does: writes are only told.
    DryRun,
    /// A lease.
    Lease {
        /// When it was renewed last, counted from the request.
        renewed: watch::Receiver<Option<Instant>>,
        /// For how long that counts.
        times: LeaseTimes,
    },
}

impl Mandate {
    /// Whether nothing may be written, ever.
    #[must_use]
    pub fn is_dry(&self) -> bool {
        matches!(self, Self::DryRun)
    }

    /// Whether nobody else can lead by now. A process that was stopped for a while wakes without
    /// knowing what has become of its lease.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        match self {
            Self::DryRun => false,
            Self::Lease { renewed, times } => {
                renewed.borrow().is_some_and(|renewed| times.is_certain(renewed, Instant::now()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_renewal_entitles_to_nothing() {
        let times = LeaseTimes::default();
        let (tell, renewed) = watch::channel(None);
        let mandate = Mandate::Lease { renewed, times };
        assert!(!mandate.is_certain());
        tell.send_replace(Some(Instant::now()));
        assert!(mandate.is_certain() && !mandate.is_dry());
        tell.send_replace(Instant::now().checked_sub(times.deadline));
        assert!(!mandate.is_certain());
        assert!(!Mandate::DryRun.is_certain());
    }
}
