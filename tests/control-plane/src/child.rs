//! Child processes that cannot outlive the process that started them.
//!
//! The shell that becomes the program first leaves a small process behind. That one waits on a
//! pipe of which we hold the other end, the leash: a word says that the child is gone and was
//! waited for; the end of the pipe says that we are gone, and then it kills the child. This
//! needs no unsafe code, works on every Unix, does not depend on the thread that forks, and has
//! no moment in which a child is without its watcher.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

const WATCH_THEN_BECOME: &str = r#"
exec 3<&0 </dev/null
{ read -r word <&3 || kill -KILL $$; } >/dev/null 2>&1 &
exec 3<&-
exec "$@"
"#;

/// A running or ended child process; dropping it kills it.
pub(crate) struct Child {
    process: std::process::Child,
    leash: Option<ChildStdin>,
    ended: Option<ExitStatus>,
}

impl Child {
    /// Starts `command` (program and arguments) with its output going to `log`.
    pub(crate) fn spawn(
        command: impl IntoIterator<Item = impl Into<OsString>>,
        log: File,
    ) -> io::Result<Self> {
        let mut process = Command::new("sh")
            .args(["-c", WATCH_THEN_BECOME, "sh"])
            .args(command.into_iter().map(Into::into))
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // An interrupt from the terminal is for us alone; we decide what happens to children.
            .process_group(0)
            .spawn()?;
        // Taken out, because waiting for a child closes the pipe that is still in it.
        let leash = process.stdin.take();
        Ok(Self { process, leash, ended: None })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// How the child ended, if it has.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.ended.is_none()
            && let Some(status) = self.process.try_wait()?
        {
            self.note_end(status);
        }
        Ok(self.ended)
    }

    /// Sends a signal, unless the child has ended.
    fn signal(&mut self, signal: Signal) -> io::Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        Ok(kill_process(Pid::from_child(&self.process), signal)?)
    }

    /// Stops the child in its tracks. The system only does so when one of its threads next gets
    /// a turn, and the others run on until then, so this waits for it.
    pub(crate) fn freeze(&mut self) -> io::Result<()> {
        self.signal(Signal::STOP)?;
        if self.ended.is_none() {
            let stopped_or_ended = WaitIdOptions::STOPPED | WaitIdOptions::EXITED;
            let child = WaitId::Pid(Pid::from_child(&self.process));
            // An end is left to be seen by `ended`.
            waitid(child, stopped_or_ended | WaitIdOptions::NOWAIT)?;
        }
        Ok(())
    }

    /// Lets a frozen child go on.
    pub(crate) fn thaw(&mut self) -> io::Result<()> {
        self.signal(Signal::CONT)
    }

    /// Kills the child and waits until it is gone.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.signal(Signal::KILL)?;
        if self.ended.is_none() {
            let status = self.process.wait()?;
            self.note_end(status);
        }
        Ok(())
    }

    /// Asks the child to end and waits; kills it after `patience`.
    pub(crate) async fn terminate(&mut self, patience: Duration) -> io::Result<()> {
        let deadline = Instant::now() + patience;
        self.signal(Signal::TERM)?;
        // A frozen process only sees the request once it runs again.
        self.thaw()?;
        while self.ended()?.is_none() {
            if Instant::now() > deadline {
                return self.kill();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    fn note_end(&mut self, status: ExitStatus) {
        self.ended = Some(status);
        if let Some(mut leash) = self.leash.take() {
            // Nobody listens when the watcher was killed by hand; then there is nobody to tell.
            let _ = leash.write_all(b"ended\n");
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // A process that cannot be signalled any more is gone, which is all that is wanted.
        let _ = self.kill();
    }
}
