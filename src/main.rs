//! Parses the arguments, runs the command, and answers with its exit code.

use std::process::ExitCode;

use clap::Parser;
use holystone::cli::{self, Cli};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::run(Cli::parse()).unwrap_or_else(|error| cli::complain(&error))
}
