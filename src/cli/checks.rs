//! `holystone checks`: what is checked, why, and how a finding is repaired.

use std::{fs, io::ErrorKind, path::Path, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, builder::PossibleValuesParser};

use crate::{
    checks::{self, Category, Check, Source},
    report::{self, CheckEntry, GENERATED},
};

use super::{
    Exit, checks_test,
    output::{Format, print, style},
};

/// List the checks, or explain one.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Check to explain.
    #[arg(value_name = "ID", conflicts_with_all = ["category", "profile", "markdown"])]
    id: Option<String>,
    /// Form of the output.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Only the checks of this category.
    #[arg(long, value_parser = PossibleValuesParser::new(Category::ALL.map(Category::as_str)))]
    category: Option<String>,
    /// Only the checks of this profile.
    #[arg(long, value_parser = PossibleValuesParser::new(checks::PROFILES))]
    profile: Option<String>,
    /// The ids of a standard or another tool, and the checks that mean the same.
    #[arg(
        long,
        value_name = "NAME",
        value_parser = PossibleValuesParser::new(Source::ALL.iter().map(|source| source.as_str())),
        conflicts_with_all = ["id", "category", "profile"]
    )]
    peer: Option<String>,
    /// Write the documentation of all checks into this folder instead.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["category", "profile", "peer", "format"])]
    markdown: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Test(checks_test::Arguments),
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(Action::Test(arguments)) = &arguments.action {
        return checks_test::execute(arguments);
    }
    if let Some(folder) = &arguments.markdown {
        return write_pages(folder);
    }
    if let Some(source) = arguments.peer.as_deref().and_then(Source::find) {
        let peer = report::peer(source);
        let text = match arguments.format {
            Format::Table => report::peer_table(&peer, style()),
            Format::Json => report::json(&peer)?,
        };
        return print(&text, Exit::Clean);
    }
    let text = match (&arguments.id, arguments.format) {
        (Some(id), Format::Table) => report::explanation(find(id)?, style()),
        (Some(id), Format::Json) => report::json(&CheckEntry::from(find(id)?))?,
        (None, Format::Table) => report::check_table(&chosen(arguments), style()),
        (None, Format::Json) => {
            let chosen = chosen(arguments);
            report::json(&chosen.into_iter().map(CheckEntry::from).collect::<Vec<_>>())?
        }
    };
    print(&text, Exit::Clean)
}

fn find(id: &str) -> anyhow::Result<&'static Check> {
    checks::find(id).with_context(|| {
        let words: Vec<_> = id.split('-').filter(|word| word.len() > 3).collect();
        let is_near = |check: &&&Check| words.iter().any(|word| check.id.contains(word));
        let near: Vec<_> =
            checks::ALL.iter().filter(is_near).map(|check| check.id).take(5).collect();
        let hint =
            if near.is_empty() { String::new() } else { format!(" such as {}", near.join(", ")) };
        format!("there is no check `{id}`; use one of `holystone checks`{hint}")
    })
}

/// The checks of the category and of the profile, in the order of the documentation.
fn chosen(arguments: &Arguments) -> Vec<&'static Check> {
    let profile = arguments.profile.as_deref().and_then(checks::profile);
    let in_profile = |check: &Check| {
        profile.as_ref().is_none_or(|members| members.iter().any(|member| member.id == check.id))
    };
    let in_category = |check: &Check| {
        arguments.category.as_deref().is_none_or(|category| category == check.category.as_str())
    };
    checks::ALL.iter().copied().filter(|check| in_profile(check) && in_category(check)).collect()
}

/// Writes all pages, and removes those of checks that are no more.
fn write_pages(folder: &Path) -> anyhow::Result<ExitCode> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let pages = report::pages();
    for page in &pages {
        let path = folder.join(&page.name);
        fs::write(&path, &page.text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    for path in generated(folder)? {
        let name = path.file_name().unwrap_or_default();
        if !pages.iter().any(|page| name == page.name.as_str()) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(Exit::Clean.into())
}

/// The files of a folder that an earlier version wrote.
fn generated(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        match fs::read_to_string(&path) {
            Ok(text) if text.starts_with(GENERATED) => found.push(path),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                bail!("cannot read {}; permission denied", path.display())
            }
            _ => {}
        }
    }
    Ok(found)
}
