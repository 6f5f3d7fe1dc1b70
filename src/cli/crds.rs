//! `holystone crds`: the definitions of the custom resources.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;

use crate::{api, report};

use super::{Exit, output::print};

/// Print the custom resource definitions, for `kubectl apply --server-side -f -`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Write one file for each into this folder instead.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the reference of all their fields into this file instead.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    markdown: Option<PathBuf>,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(path) = &arguments.markdown {
        fs::write(path, report::reference()?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        return Ok(Exit::Clean.into());
    }
    let Some(folder) = &arguments.out else { return print(&api::crds_yaml()?, Exit::Clean) };
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (name, yaml) in api::files()? {
        let path = folder.join(name);
        fs::write(&path, yaml).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Exit::Clean.into())
}
