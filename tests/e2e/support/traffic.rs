//! What the controller writes, in the words of the API server's audit log.

use std::time::{Duration, Instant};

use control_plane::{Mark, Record, Records};

use super::{CONTROLLER, Cluster};

/// After this long without a write there is nothing left to say.
const REST: Duration = Duration::from_secs(2);
const RESTLESS: Duration = Duration::from_mins(1);

impl Cluster {
    /// A moment in the audit log.
    pub fn mark(&self) -> Mark {
        self.plane.audit().mark().expect("the audit log can be read")
    }

    /// What the controller wrote, or tried to, since then: everything but its lease.
    pub fn writes_since(&self, mark: Mark) -> Records {
        self.writes_by(CONTROLLER, mark)
    }

    /// The same, for a controller with an account of its own.
    pub fn writes_by(&self, user: &str, mark: Mark) -> Records {
        let records = self.plane.audit().since(mark).expect("the audit log can be read");
        records.by_user(user).writes().only(|record| record.resource != "leases")
    }

    /// Waits until the controller has nothing left to write.
    pub async fn comes_to_rest(&self) {
        self.comes_to_rest_of(CONTROLLER).await;
    }

    /// The same, for a controller with an account of its own.
    pub async fn comes_to_rest_of(&self, user: &str) {
        let (mark, started) = (self.mark(), Instant::now());
        let (mut count, mut changed) = (0, started);
        while changed.elapsed() < REST {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let writes = self.writes_by(user, mark);
            if writes.len() != count {
                (count, changed) = (writes.len(), Instant::now());
            }
            assert!(started.elapsed() < RESTLESS, "no rest:\n{}", told(&writes));
        }
    }
}

/// Records for the message of a failed test, one a line.
pub fn told<'a>(records: impl IntoIterator<Item = &'a Record>) -> String {
    let line = |record: &Record| {
        let Record { verb, resource, subresource, namespace, name, code, .. } = record;
        let body = record.request.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{verb} {resource}/{subresource} {namespace}/{name} {code} {body:.400}")
    };
    records.into_iter().map(line).collect::<Vec<_>>().join("\n")
}
