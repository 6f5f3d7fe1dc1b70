//! Parses the arguments, runs the command, and answers with its exit code.

use std::process::ExitCode;

use holystone::cli;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::start().unwrap_or_else(|error| cli::complain(&error))
}
