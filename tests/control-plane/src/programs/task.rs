//! Runs a tool that takes its time.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::progress::{Heartbeat, Progress};
use crate::child::Child;

/// Runs `command` with its output in a file of `workshop` and signs of life on the standard
/// error. The error is the last line of the output.
pub(super) fn run(
    command: impl IntoIterator<Item = impl Into<OsString>>,
    workshop: &Path,
    label: &str,
    progress: &Progress,
) -> Result<(), String> {
    let output = workshop.join("output.log");
    let status = wait(command, &output, label, progress).map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(());
    }
    let output = fs::read(&output).unwrap_or_default();
    let output = String::from_utf8_lossy(&output);
    let last = output.lines().rfind(|line| !line.trim().is_empty());
    Err(last.map_or_else(|| format!("{label} ended with {status}"), |line| line.trim().to_owned()))
}

fn wait(
    command: impl IntoIterator<Item = impl Into<OsString>>,
    output: &Path,
    label: &str,
    progress: &Progress,
) -> io::Result<std::process::ExitStatus> {
    let mut child = Child::spawn(command, File::create(output)?)?;
    let mut heartbeat = Heartbeat::start();
    loop {
        if let Some(status) = child.ended()? {
            return Ok(status);
        }
        if heartbeat.is_due() {
            progress.say(format_args!("{label} is still at work"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
