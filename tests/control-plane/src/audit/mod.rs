//! The audit log of the API server: the ground truth of who did what.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::error::Error;

pub(crate) mod policy;
mod record;
mod records;

pub use record::{Record, Stage};
pub use records::Records;

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A reader of the audit log.
///
/// A record is written while its request is answered, so it may come a moment after the answer:
/// use [`Audit::wait_for`] when a record is expected.
#[derive(Clone, Debug)]
pub struct Audit {
    path: PathBuf,
}

/// A place in the audit log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(u64);

impl Audit {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The end of the log as it is now.
    pub fn mark(&self) -> Result<Mark, Error> {
        let metadata = std::fs::metadata(&self.path).map_err(|source| self.unreadable(source))?;
        Ok(Mark(metadata.len()))
    }

    /// All records.
    pub fn records(&self) -> Result<Records, Error> {
        self.since(Mark::default())
    }

    /// The records that came after the mark.
    pub fn since(&self, mark: Mark) -> Result<Records, Error> {
        let text = self.read_from(mark).map_err(|source| self.unreadable(source))?;
        parse(&text)
    }

    /// Waits for a record after the mark that is wanted.
    pub async fn wait_for(
        &self,
        mark: Mark,
        patience: Duration,
        wanted: impl Fn(&Record) -> bool,
    ) -> Result<Record, Error> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(record) = self.since(mark)?.into_iter().find(&wanted) {
                return Ok(record);
            }
            if Instant::now() > deadline {
                return Err(Error::AwaitRecord { seconds: patience.as_secs() });
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    fn read_from(&self, mark: Mark) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        // From one byte before the mark: it is the end of a line, unless the mark was set while
        // one was being written, and then the rest of that line belongs to the time before.
        let start = mark.0.saturating_sub(1);
        file.seek(SeekFrom::Start(start))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        if mark.0 > 0 {
            let end = text.iter().position(|&byte| byte == b'\n').map_or(text.len(), |at| at + 1);
            text.drain(..end);
        }
        Ok(text)
    }

    fn unreadable(&self, source: io::Error) -> Error {
        Error::ReadAudit { path: self.path.clone(), source }
    }
}

/// Reads whole lines; what follows the last line end is still being written.
fn parse(text: &[u8]) -> Result<Records, Error> {
    let complete = text.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
    let lines = text[..complete].split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(Record::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(user: &str) -> String {
        let record = serde_json::json!({
            "stage": "ResponseComplete",
            "verb": "get",
            "requestURI": "/version",
            "user": { "username": user },
            "requestReceivedTimestamp": "2026-11-21T09:00:00.000000Z",
        });
        format!("{record}\n")
    }

    fn users(records: &Records) -> Vec<&str> {
        records.iter().map(|record| record.user.as_str()).collect()
    }

    #[test]
    fn a_line_that_is_being_written_is_left_for_later() {
        let folder = tempfile::tempdir().unwrap();
        let audit = Audit::new(folder.path().join("audit.log"));
        let (whole, half) = (line("anna"), line("berta"));
        std::fs::write(&audit.path, format!("{whole}{}", &half[..20])).unwrap();
        assert_eq!(users(&audit.records().unwrap()), ["anna"]);

        let within = audit.mark().unwrap();
        std::fs::write(&audit.path, format!("{whole}{half}{}", line("clara"))).unwrap();
        assert_eq!(users(&audit.since(within).unwrap()), ["clara"]);
        let after_first = Mark(whole.len() as u64);
        assert_eq!(users(&audit.since(after_first).unwrap()), ["berta", "clara"]);
    }
}
