//! The real program as a child process.

use std::{
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The running program; ends with the test, and shows its log when the test fails, or always with
/// `HOLYSTONE_KEEP` as the control plane does.
pub struct Controller {
    child: Child,
    log: tempfile::NamedTempFile,
    port: u16,
}

impl Controller {
    /// Starts the program. Later arguments win over ours.
    pub fn start(kubeconfig: &Path, arguments: &[&str]) -> Self {
        Self::spawn(Command::new(env!("CARGO_BIN_EXE_holystone")), kubeconfig, arguments)
    }

    /// The same for another program.
    pub fn spawn(mut program: Command, kubeconfig: &Path, arguments: &[&str]) -> Self {
        let log = tempfile::NamedTempFile::new().expect("a log file can be made");
        let port = free_port();
        let ours = ["--log=info,holystone=debug", "--policy-loss-confirmation=2"];
        let lease = "--lease-duration=4";
        let is_given = |ours: &&&str| {
            let name = ours.split('=').next().unwrap_or_default();
            !arguments.iter().any(|given| given.starts_with(name))
        };
        let child = program
            .arg("run")
            .args(ours.iter().chain([&lease]).filter(is_given))
            .arg(format!("--listen=127.0.0.1:{port}"))
            .arg("--kubeconfig")
            .arg(kubeconfig)
            .args(arguments)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.reopen().expect("the log file can be opened"))
            .spawn()
            .expect("the program starts");
        Self { child, log, port }
    }

    /// SIGKILL: no time to tidy up.
    pub fn kill(&mut self) {
        self.child.kill().expect("the program can be killed");
        self.child.wait().expect("the program has ended");
    }

    /// SIGTERM, and how it ended.
    pub fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// How it ended, once it has.
    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().expect("the program has ended")
    }

    /// SIGSTOP: it does nothing and knows of nothing, until it is thawed.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it is running");
    }

    /// Ends it in peace, so that the next one leads at once.
    pub fn stop(mut self) {
        assert!(self.terminate().success());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the program can be asked").is_none()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap_or_default()
    }

    /// The lines of the log that hold all of these words.
    pub fn log_lines(&self, words: &[&str]) -> Vec<String> {
        let log = self.log();
        let lines = log.lines().filter(|line| words.iter().all(|word| line.contains(word)));
        lines.map(ToOwned::to_owned).collect()
    }

    /// Where its pages are.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Status and body of one of its pages; `None` when nobody answers.
    pub async fn page(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(self.address()).await.ok()?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let code = head.split(' ').nth(1)?.parse().ok()?;
        Some((code, body.to_owned()))
    }

    /// The value of a metric that counts, given as it is written: name and labels.
    pub async fn metric(&self, series: &str) -> Option<usize> {
        let (_, text) = self.page("/metrics").await?;
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
        let value: f64 = line.trim().parse().ok()?;
        format!("{value:.0}").parse().ok()
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() || std::env::var_os("HOLYSTONE_KEEP").is_some() {
            eprintln!("--- log of the controller\n{}", self.log());
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
