//! `cargo demo`: a real control plane, a small shop, and the real controller.

mod life;
mod manifests;
mod screen;
mod stage;
mod story;
mod table;

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

/// Shows what Holystone does, on a real control plane of its own.
#[derive(Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo")]
struct Arguments {
    /// End after the show; otherwise everything runs until Ctrl-C.
    #[arg(long)]
    once: bool,
    /// Where no kubectl is installed, fetch or build one to try.
    #[arg(long, conflicts_with = "once")]
    kubectl: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            screen::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let ended = runtime.block_on(show_until_stopped(arguments));
    // A build that still runs ends with this process.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

/// The servers end with the show, however it ends.
async fn show_until_stopped(arguments: &Arguments) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = story::tell(arguments) => ended?,
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    screen::paragraph("The servers have been stopped.");
    Ok(())
}
