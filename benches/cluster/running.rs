//! The controller as it is built for use, as a process of its own.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};

/// A running controller; it ends when this is dropped.
pub struct Running {
    child: Child,
    port: u16,
    started: Instant,
}

impl Running {
    pub fn start(kubeconfig: &Path) -> Result<Self> {
        let mut program: PathBuf = std::env::current_exe()?;
        program.pop();
        program.pop();
        program.push("holystone");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new(&program)
            .args(["run", &format!("--listen=127.0.0.1:{port}"), "--log=warn", "--kubeconfig"])
            .arg(kubeconfig)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}; build it first", program.display()))?;
        Ok(Self { child, port, started: Instant::now() })
    }

    /// Ends it in peace, and waits for that.
    pub fn stop(mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }

    /// How long it took from the start until everything was read.
    pub async fn ready(&self, patience: Duration) -> Result<Duration> {
        loop {
            if self.page("/readyz").await.is_ok_and(|page| page.starts_with("HTTP/1.1 200"))
                && self.sum("holystone_leader").await? > 0.0
            {
                return Ok(self.started.elapsed());
            }
            ensure!(self.started.elapsed() < patience, "the controller is not ready");
            time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The sum of all series of a metric.
    pub async fn sum(&self, metric: &str) -> Result<f64> {
        let page = self.page("/metrics").await?;
        let series = page.lines().filter_map(|line| {
            let rest = line.strip_prefix(metric)?;
            rest.starts_with(['{', ' ']).then(|| rest.rsplit(' ').next()?.parse::<f64>().ok())?
        });
        Ok(series.fold(0.0, |sum, value| sum + value))
    }

    /// Waits until nothing has been written for this long.
    pub async fn rests(&self, quiet: Duration, patience: Duration) -> Result<()> {
        let started = Instant::now();
        let (mut last, mut since) = (-1.0, started);
        while since.elapsed() < quiet {
            ensure!(started.elapsed() < patience, "the controller does not come to rest");
            let writes = self.sum("holystone_writes_total").await?;
            if (writes - last).abs() > 0.5 {
                (last, since) = (writes, Instant::now());
            }
            time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    async fn page(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        if answer.is_empty() {
            bail!("no answer for {path}");
        }
        Ok(answer)
    }

    /// What it takes of memory now, and took at most.
    pub fn memory(&self) -> Result<String> {
        memory_of(self.child.id())
    }
}

/// What a process takes of memory now, and took at most.
pub fn memory_of(process: u32) -> Result<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let mebibytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kibibytes.unwrap_or_default() / 1024.0
    };
    Ok(format!(
        "{:.0} MiB resident, {:.0} MiB at its peak",
        mebibytes("VmRSS:"),
        mebibytes("VmHWM:")
    ))
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
