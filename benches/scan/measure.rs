//! What a program takes: time on the clock, time of processors, and memory at its peak.

use std::{
    fs, io,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// Ticks of a processor's time in a second, on every Linux that there is.
const TICKS: f64 = 100.0;
/// What takes longer is ended.
const PATIENCE: Duration = Duration::from_mins(10);

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// In bytes.
    pub(crate) memory: u64,
}

/// Runs a program to its end; `None` when it takes too long. What it prints is thrown away.
pub(crate) fn run(command: &mut Command) -> io::Result<Option<Cost>> {
    let started = Instant::now();
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn()?;
    let mut memory = 0;
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    let pid = Pid::from_child(&child);
    while waitid(WaitId::Pid(pid), options)?.is_none() {
        memory = memory.max(peak(&child).unwrap_or_default());
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_micros(500));
    }
    let wall = started.elapsed();
    let cpu = cpu(&child)?;
    child.wait()?;
    Ok(Some(Cost { wall, cpu, memory }))
}

/// The most memory that a running process has had.
fn peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// What a process that has ended, and has not been waited for, has spent.
fn cpu(child: &Child) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
    // The name of the program may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_secs_f64(ticks as f64 / TICKS))
}
