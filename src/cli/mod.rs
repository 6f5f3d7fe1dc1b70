//! The commands: arguments in, text and an exit code out.

mod access;
mod checks;
mod checks_test;
mod complete;
mod crds;
mod export;
mod files;
mod fix;
mod forms;
mod judging;
mod live;
mod origin;
mod output;
mod past;
mod plugin;
mod policies;
mod progress;
mod rbac;
mod reading;
mod render;
pub mod run;
mod scan;
mod shell;
mod template;
mod text;
mod triage;
mod who_can;
mod workshop;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use output::complain;
pub use plugin::start;

/// Audits Kubernetes clusters and keeps one ActionItem per open finding.
#[derive(Debug, Parser)]
#[command(name = "holystone", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<run::Arguments>),
    Scan(Box<scan::Arguments>),
    Fix(fix::Arguments),
    #[command(flatten)]
    Triage(Box<triage::Verb>),
    Checks(checks::Arguments),
    WhoCan(who_can::Arguments),
    Rbac(rbac::Arguments),
    Export(export::Arguments),
    Crds(crds::Arguments),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well; so it is when nobody reads the output to its end.
    Clean = 0,
    /// There are findings at or above the severity that was asked for.
    Findings = 1,
    /// The arguments, a file or a policy cannot be used.
    Unusable = 2,
    /// Something could not be read, or there was nothing to judge.
    Incomplete = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the command that was asked for.
fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Run(arguments) => run::execute(*arguments),
        Command::Scan(arguments) => scan::execute(&arguments),
        Command::Fix(arguments) => fix::execute(&arguments),
        Command::Triage(verb) => verb.execute(),
        Command::Checks(arguments) => checks::execute(&arguments),
        Command::WhoCan(arguments) => who_can::execute(&arguments),
        Command::Rbac(arguments) => rbac::execute(&arguments),
        Command::Export(arguments) => export::execute(&arguments),
        Command::Crds(arguments) => crds::execute(&arguments),
        Command::Completions(arguments) => shell::completions(&arguments),
        Command::Man(arguments) => shell::man(&arguments),
    }
}
