//! `holystone fix`: changes manifests where there is but one way to remedy a finding.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::bail;
use clap::{Args, builder::PossibleValuesParser};
use jiff::Timestamp;

use crate::{
    api::Severity,
    checks,
    engine::{AnyCheck, Located, Policy, Rules, Target},
    manifests::{self, Change, Edited},
    report,
};

use super::{
    Exit,
    files::{self, Source, Sources},
    forms,
    output::{print, style, warn},
    policies::{self, Named},
    reading::{self, Outcome, Site, Terms},
    render::Rendering,
    scan::{now, parse_minor, parse_severity},
    text::{self, STDIN},
};

/// Show, or write, the changes that remedy findings where there is but one way to do it.
///
/// The diff goes to stdout; what is left to people is told on stderr. Comments, order and layout of a
/// file are kept. What Helm or kustomize renders is not changed.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Files, folders, or globs, as for holystone scan.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Change the files.
    #[arg(long)]
    write: bool,
    /// Profile whose findings are remedied; may be repeated. Without --profile and --policy, each
    /// `AuditPolicy` of the input counts, and without any the profile `recommended`.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(checks::PROFILES))]
    profile: Vec<String>,
    /// File with an `AuditPolicy`; may be repeated.
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,
    /// Check whose findings are remedied: an id, a glob or a category; may be repeated. On top of
    /// --profile and --policy, and alone without them.
    #[arg(long, value_name = "ID")]
    check: Vec<String>,
    /// Check to leave out, in the same words; may be repeated.
    #[arg(long, value_name = "ID")]
    exclude: Vec<String>,
    /// Lowest severity that is remedied.
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    severity: Option<Severity>,
    /// Kubernetes version to judge for.
    #[arg(long, value_name = "1.xx", default_value = "1.36", value_parser = parse_minor)]
    kubernetes_version: u16,
    /// Namespace of the objects that name none.
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing to change, or it was written
  1  there is something to change
  2  the arguments, a file or a policy cannot be used
  3  something could not be read";

/// After so many rounds nothing can be left that a fix has made possible.
const ROUNDS: usize = 5;

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let now = now()?;
    if arguments.paths.iter().any(|path| path.as_os_str() == STDIN) {
        bail!("stdin cannot be changed; name files or folders");
    }
    let sources = arguments.sources()?;
    let rules = Rules::new(arguments.policies(&sources, now)?, arguments.kubernetes_version);
    for package in &sources.left_out {
        warn(&format!(
            "{package} is rendered by Helm or kustomize; name files in it to change them"
        ));
    }
    let namespace = arguments.namespace.as_deref();
    let terms = Terms {
        rules: &rules,
        namespace,
        complete: false,
        now,
        is_first: true,
        keeps_passes: false,
    };
    let mut bench = Workbench::default();
    let first = bench.work(reading::judge(sources, terms)?, &terms)?;
    first.problems.iter().for_each(|problem| warn(&problem.to_string()));
    let terms = Terms { is_first: false, ..terms };
    for _ in 0..ROUNDS {
        let before = bench.edits;
        let outcome = reading::judge(bench.beside(arguments.sources()?), terms)?;
        if (outcome.sites.len(), outcome.problems.len())
            != (first.sites.len(), first.problems.len())
        {
            bail!("what would be written cannot be read; nothing was written");
        }
        bench.work(outcome, &terms)?;
        if bench.edits == before {
            break;
        }
    }
    bench.finish(arguments.write, first.problems.is_empty())
}

impl Arguments {
    /// The files; what would be rendered is left out.
    fn sources(&self) -> anyhow::Result<Sources> {
        files::list(&self.paths, &Rendering { is_off: true, ..Rendering::default() })
    }

    fn policies(&self, sources: &Sources, now: Timestamp) -> anyhow::Result<Vec<Arc<Policy>>> {
        let named = Named {
            profiles: &self.profile,
            files: &self.policy,
            framework: None,
            checks: &self.check,
            excluded: &self.exclude,
            floor: self.severity,
        };
        policies::choose(&named, &reading::policies_for(&named, sources)?, now)
    }
}

/// A file before and after.
struct Text {
    before: String,
    after: String,
}

/// The files that are worked on, and what was done.
#[derive(Default)]
struct Workbench {
    texts: BTreeMap<String, Text>,
    /// How often a text was changed.
    edits: usize,
    done: BTreeSet<(Arc<Target>, AnyCheck)>,
    /// What is left to people, and where it stood first.
    left: BTreeMap<(Arc<Target>, AnyCheck), String>,
}

impl Workbench {
    /// Remedies what can be.
    fn work(&mut self, outcome: Outcome, terms: &Terms<'_>) -> anyhow::Result<Outcome> {
        let acceptances = outcome.accept(*terms, &[]);
        let mut wanted: BTreeMap<String, Vec<(&Located, Change)>> = BTreeMap::new();
        for (index, found) in outcome.report.findings.iter().enumerate() {
            let acceptance = acceptances.get(&index);
            let is_exempt = acceptance.is_some_and(|known| known.in_force.is_some());
            if is_exempt || found.wanted.check.fixes().is_empty() {
                continue;
            }
            match change(found, &outcome) {
                Ok(change) => {
                    wanted.entry(change.place.file.to_string()).or_default().push((found, change));
                }
                Err(reason) => self.leave(found, &outcome, &reason),
            }
        }
        for (file, wanted) in wanted {
            self.edit(&file, wanted, &outcome)?;
        }
        Ok(outcome)
    }

    fn edit(
        &mut self,
        file: &str,
        wanted: Vec<(&Located, Change)>,
        outcome: &Outcome,
    ) -> anyhow::Result<()> {
        if !self.texts.contains_key(file) {
            let before = text::read(Path::new(file))?;
            self.texts.insert(file.to_owned(), Text { after: before.clone(), before });
        }
        let Some(text) = self.texts.get_mut(file) else { return Ok(()) };
        let (found, changes): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        let Edited { text: after, outcomes } = manifests::edit(&text.after, &changes);
        self.edits += usize::from(text.after != after);
        text.after = after;
        for (found, made) in found.into_iter().zip(outcomes) {
            match made {
                Ok(()) => {
                    self.done.insert((found.target.clone(), found.wanted.check.clone()));
                }
                Err(refusal) => self.leave(found, outcome, &refusal),
            }
        }
        Ok(())
    }

    /// The same files, as they are now.
    fn beside(&self, mut sources: Sources) -> Sources {
        for source in &mut sources.list {
            let Source::File { path, .. } = source else { continue };
            let name = text::name(path);
            if let Some(text) = self.texts.get(&name) {
                *source = Source::Text { name, text: text.after.clone() };
            }
        }
        sources
    }

    fn leave(&mut self, found: &Located, outcome: &Outcome, reason: &dyn Display) {
        let Located { target, position, wanted } = found;
        let place = &outcome.sites[*position].place;
        let path = wanted.evidence.first().map_or("", |evidence| &evidence.path);
        let (file, line, check) = (&place.file, place.line(path), &wanted.check);
        let told = format!("{file}:{line}: {} of {target} is left to you: {reason}", check.id());
        self.left.entry((target.clone(), check.clone())).or_insert(told);
    }

    /// Tells what is left, writes, and prints what is changed.
    fn finish(&self, is_written: bool, is_all: bool) -> anyhow::Result<ExitCode> {
        let left = self.left.iter().filter(|(finding, _)| !self.done.contains(finding));
        left.for_each(|(_, text)| warn(text));
        if is_written {
            let mut changed = self.changed();
            changed.try_for_each(|(file, text)| forms::write(Path::new(file), &text.after))?;
        }
        let diff = self.diff();
        if !diff.is_empty() {
            warn(&self.summary(is_written));
        }
        let exit = match (diff.is_empty() || is_written, is_all) {
            (false, _) => Exit::Findings,
            (true, true) => Exit::Clean,
            (true, false) => Exit::Incomplete,
        };
        let is_shown = io::stdout().is_terminal();
        print(&if is_shown { report::shown_diff(&diff, style()) } else { diff }, exit)
    }

    fn diff(&self) -> String {
        let texts = self.texts.iter();
        texts.map(|(file, text)| report::diff(file, &text.before, &text.after)).collect()
    }

    fn changed(&self) -> impl Iterator<Item = (&String, &Text)> {
        self.texts.iter().filter(|(_, text)| text.before != text.after)
    }

    fn summary(&self, is_written: bool) -> String {
        let counted = |count: usize, noun: &str| report::counted(count, noun);
        let findings = counted(self.done.len(), "finding");
        let files = counted(self.changed().count(), "file");
        match is_written {
            true => format!("remedied {findings} in {files}"),
            false => format!("can remedy {findings} in {files}; give --write to change them"),
        }
    }
}

/// What remedies a finding: all of it, or nothing.
fn change(found: &Located, outcome: &Outcome) -> Result<Change, &'static str> {
    let Site { place, built, is_owned, .. } = &outcome.sites[found.position];
    if *is_owned {
        return Err("another object has made it; change that one");
    }
    if built.is_some() || outcome.origins.is_helm(&place.file) {
        return Err("Helm or kustomize has rendered it; change what it is rendered from");
    }
    let steps = found.wanted.remedy().ok_or("there is more than one way to do it")?;
    Ok(Change { place: place.clone(), steps })
}
