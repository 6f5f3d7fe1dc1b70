//! One server as a process that can be started again with the same data and addresses.

use std::fs::{self, OpenOptions};
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::{Probe, Server};
use crate::child::Child;
use crate::error::Error;

const READY_WITHIN: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(25);
const TERMINATION_PATIENCE: Duration = Duration::from_secs(20);
const LOG_LINES_SHOWN: usize = 15;

/// A server with everything needed to start it, running or not.
pub(crate) struct Process {
    server: Server,
    command: Vec<String>,
    log: PathBuf,
    probes: Vec<Probe>,
    child: Option<Child>,
}

impl Process {
    pub(crate) fn new(
        server: Server,
        program: &Path,
        arguments: Vec<String>,
        logs: &Path,
        probes: Vec<Probe>,
    ) -> Self {
        let mut command = vec![program.display().to_string()];
        command.extend(arguments);
        let log = logs.join(format!("{server}.log"));
        Self { server, command, log, probes, child: None }
    }

    /// Starts with more environment variables.
    pub(crate) fn with_environment(mut self, variables: &[(String, String)]) -> Self {
        let variables = variables.iter().map(|(name, value)| format!("{name}={value}"));
        self.command.splice(0..0, iter::once("env".to_owned()).chain(variables));
        self
    }

    /// Starts the server and waits until it is ready.
    pub(crate) async fn start(&mut self) -> Result<(), Error> {
        self.spawn()?;
        self.until_ready().await
    }

    /// Ends the server if it runs, starts it again, and waits until it is ready. Its port may be
    /// taken for a moment by somebody else's outgoing connection, so that is tried again.
    pub(crate) async fn restart(&mut self) -> Result<(), Error> {
        self.stop().await?;
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            match self.start().await {
                Err(error) if error.is_port_taken() && Instant::now() < deadline => {
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Waits until every probe of a running server succeeds.
    pub(crate) async fn until_ready(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + READY_WITHIN;
        let questions =
            self.probes.iter().map(Probe::question).collect::<Result<Vec<_>, Error>>()?;
        for question in questions {
            while let Err(reason) = question.ask().await {
                self.require_running()?;
                if Instant::now() > deadline {
                    return Err(self.not_ready(reason));
                }
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
        Ok(())
    }

    /// Asks the server to end and waits for it.
    pub(crate) async fn stop(&mut self) -> Result<(), Error> {
        let Some(child) = self.child.as_mut() else { return Ok(()) };
        child.terminate(TERMINATION_PATIENCE).await.map_err(|source| self.uncontrolled(source))
    }

    /// Kills the server and waits for its end.
    pub(crate) fn kill(&mut self) -> Result<(), Error> {
        let Some(child) = self.child.as_mut() else { return Ok(()) };
        child.kill().map_err(|source| self.uncontrolled(source))
    }

    /// Stops the server in its tracks.
    pub(crate) fn freeze(&mut self) -> Result<(), Error> {
        let Some(child) = self.child.as_mut() else { return Ok(()) };
        child.freeze().map_err(|source| self.uncontrolled(source))
    }

    /// Lets a frozen server go on.
    pub(crate) fn thaw(&mut self) -> Result<(), Error> {
        let Some(child) = self.child.as_mut() else { return Ok(()) };
        child.thaw().map_err(|source| self.uncontrolled(source))
    }

    /// The process id, while the server runs.
    pub(crate) fn id(&mut self) -> Result<Option<u32>, Error> {
        let ended = self.ended()?;
        Ok(self.child.as_ref().filter(|_| ended.is_none()).map(Child::id))
    }

    fn spawn(&mut self) -> Result<(), Error> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(|source| Error::WriteFile { path: self.log.clone(), source })?;
        let child = Child::spawn(&self.command, log).map_err(|source| self.uncontrolled(source))?;
        self.child = Some(child);
        Ok(())
    }

    fn require_running(&mut self) -> Result<(), Error> {
        match self.ended()? {
            Some(status) => {
                Err(Error::StartServer { server: self.server, status, log: self.end_of_log() })
            }
            None => Ok(()),
        }
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        let Some(child) = self.child.as_mut() else { return Ok(None) };
        child.ended().map_err(|source| self.uncontrolled(source))
    }

    fn not_ready(&self, reason: String) -> Error {
        let seconds = READY_WITHIN.as_secs();
        Error::AwaitReady { server: self.server, seconds, reason, log: self.end_of_log() }
    }

    fn uncontrolled(&self, source: io::Error) -> Error {
        Error::ControlProcess { server: self.server, source }
    }

    fn end_of_log(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&log), LOG_LINES_SHOWN)
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::last_lines;

    #[test]
    fn the_end_of_a_log_is_its_last_lines() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a\n", 2), "a");
        assert_eq!(last_lines("", 2), "");
    }
}
