//! What entitles to write: a lease that is ours for certain; or nothing, in a dry run.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// What entitles to write.
#[derive(Clone, Debug)]
pub enum Mandate {
    /// Nothing does: writes are only told.
    DryRun,
    /// A lease.
    Lease {
        /// When it was renewed last, counted from the request.
        renewed: watch::Receiver<Option<Instant>>,
        /// For so long it is nobody else's.
        deadline: Duration,
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
            Self::Lease { renewed, deadline } => {
                renewed.borrow().is_some_and(|renewed| renewed.elapsed() < *deadline)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_renewal_entitles_to_nothing() {
        let deadline = Duration::from_secs(10);
        let (tell, renewed) = watch::channel(None);
        let mandate = Mandate::Lease { renewed, deadline };
        assert!(!mandate.is_certain());
        tell.send_replace(Some(Instant::now()));
        assert!(mandate.is_certain() && !mandate.is_dry());
        tell.send_replace(Instant::now().checked_sub(deadline));
        assert!(!mandate.is_certain());
        assert!(!Mandate::DryRun.is_certain());
    }
}
