//! How controllers replace pods, and whether enough of them are available.

use compact_str::CompactString;

use super::{IntOrString, Kind, Workload, mirror::mirror};

mirror! {
    /// `strategy` of a Deployment, `updateStrategy` of a `StatefulSet` or `DaemonSet`.
    pub struct Strategy {
        /// Defaulted to `RollingUpdate`.
        #[serde(rename = "type")]
        pub kind: CompactString,
        pub rolling_update: Option<RollingUpdate>,
    }

    /// How pods are replaced one after the other.
    pub struct RollingUpdate {
        pub max_unavailable: Option<IntOrString>,
    }
}

/// Fewer pods are available than are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shortage {
    /// When the controller last had something new to say about them, in seconds since the epoch.
    pub since: Option<i64>,
    /// Pods that are available.
    pub available: i32,
    /// Pods that are wanted.
    pub wanted: i32,
}

/// Why new pods do not come one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Break {
    /// All old pods are ended first.
    Recreate,
    /// Somebody has to delete each pod.
    OnDelete,
    /// All pods may be unavailable at once.
    AllAtOnce,
}

impl Workload {
    /// The field of `spec` that holds the strategy.
    #[must_use]
    pub fn strategy_field(kind: Kind) -> &'static str {
        if kind == Kind::Deployment { "strategy" } else { "updateStrategy" }
    }

    /// Why a new template is not rolled out pod by pod, if it is not.
    #[must_use]
    pub fn rollout_break(&self) -> Option<Break> {
        let strategy = self.strategy.as_ref()?;
        match strategy.kind.as_str() {
            "Recreate" => Some(Break::Recreate),
            "OnDelete" => Some(Break::OnDelete),
            _ => {
                let most = strategy.rolling_update.as_ref()?.max_unavailable.as_ref()?;
                let is_all = matches!(most, IntOrString::String(_))
                    && most.scaled_up(100).is_some_and(|percent| percent >= 100);
                is_all.then_some(Break::AllAtOnce)
            }
        }
    }
}
