//! `holystone checks test`: holds the checks of a policy against objects that are known to be good or
//! bad.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, bail};
use clap::Args;

use crate::{
    api::{AuditPolicy, AuditPolicySpec, CustomCheck, Severity},
    engine::{Policy, Report, Rules, evaluate},
    items::clean,
    manifests::{Loaded, Manifest},
    model::Object,
    report::counted,
};

use super::{
    Exit, files,
    output::print,
    render::Rendering,
    scan::{now, parse_minor},
    text,
};

/// The longest line of the output.
const LINE: usize = 512;

/// Test checks of your own with objects that are known to be good or bad.
///
/// DIR holds an `AuditPolicy`, and for each of its checks a folder that is called by the id, with the
/// files good*.yaml and bad*.yaml. What else is there, a Namespace say, is read for all of them.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Folder with policies and tests.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Kubernetes version to judge for.
    #[arg(long, value_name = "1.xx", default_value = "1.36", value_parser = parse_minor)]
    kubernetes_version: u16,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every test passes
  1  a test fails, or a check does not compile
  2  the folder holds no policy with checks, or no test";

/// What a file says its objects are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quality {
    Good,
    Bad,
}

/// What was tested.
#[derive(Default)]
struct Tally {
    text: String,
    passed: usize,
    failed: usize,
    untested: usize,
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    let all = files::read_all(std::slice::from_ref(folder), &Rendering::default())?;
    if let Some(problem) = all.problems.first() {
        bail!("{problem}");
    }
    let mut tally = Tally::default();
    for Loaded { content: policy, .. } in &all.policies {
        for check in &policy.spec.checks.custom {
            tally.test(arguments, policy, check)?;
        }
    }
    let Tally { mut text, passed, failed, untested } = tally;
    if passed + failed == 0 {
        bail!(
            "{} tests nothing; it needs an AuditPolicy with checks, and ID/good.yaml or ID/bad.yaml",
            folder.display()
        );
    }
    let mut summary = vec![format!("{passed} passed"), format!("{failed} failed")];
    if untested > 0 {
        summary.push(format!("{} without a test", counted(untested, "check")));
    }
    let _ = writeln!(text, "{}", summary.join(", "));
    print(&text, if failed > 0 { Exit::Findings } else { Exit::Clean })
}

impl Tally {
    fn test(
        &mut self,
        arguments: &Arguments,
        policy: &AuditPolicy,
        check: &CustomCheck,
    ) -> anyhow::Result<()> {
        let name = policy.metadata.name.as_deref().unwrap_or_default();
        let _ = writeln!(self.text, "{}", clean(&format!("{name}.{}", check.id), LINE));
        let alone = Policy::compile(name, &alone(check))?;
        if let Some(rejected) = alone.rejected.first() {
            self.tell(false, &rejected.reason);
            return Ok(());
        }
        let rules = Rules::new(vec![Arc::new(alone)], arguments.kubernetes_version);
        let candidates = [format!("{name}.{}", check.id), check.id.clone()];
        let folder =
            candidates.iter().map(|id| arguments.folder.join(id)).find(|path| path.is_dir());
        let files = folder.map(|folder| manifests(&folder)).transpose()?.unwrap_or_default();
        let is_tested = |(path, _): &(PathBuf, String)| quality(path).is_some();
        if !files.iter().any(is_tested) {
            self.untested += 1;
            let _ =
                writeln!(self.text, "  no test: write {0}/good.yaml and {0}/bad.yaml", check.id);
        }
        for (path, _) in files.iter().filter(|file| is_tested(file)) {
            let Some(quality) = quality(path) else { continue };
            let (objects, own) = objects(&rules, &files, path)?;
            let report = evaluate(&rules, &objects, true, now()?);
            self.judge(&text::name(path), quality, &report, own);
        }
        Ok(())
    }

    /// Holds what was found of the first objects, which are those of the file, against what they are
    /// said to be.
    fn judge(&mut self, file: &str, quality: Quality, report: &Report, own: usize) {
        let before = self.passed + self.failed;
        for found in report.findings.iter().filter(|found| found.position < own) {
            let told = format!("{file}  {}: {}", found.target, found.wanted.message);
            self.tell(quality == Quality::Bad, &told);
        }
        for unknown in report.unknown.iter().filter(|unknown| unknown.position < own) {
            self.tell(
                false,
                &format!("{file}  {} is not judged: {}", unknown.target, unknown.reason),
            );
        }
        for index in report.passes.values().flatten() {
            let (target, position) = &report.targets[*index as usize];
            if *position < own {
                self.tell(quality == Quality::Good, &format!("{file}  {target} passes"));
            }
        }
        if before == self.passed + self.failed {
            self.tell(false, &format!("{file}  holds nothing that the check judges"));
        }
    }

    fn tell(&mut self, is_right: bool, text: &str) {
        *(if is_right { &mut self.passed } else { &mut self.failed }) += 1;
        let word = if is_right { "ok  " } else { "FAIL" };
        let _ = writeln!(self.text, "  {word}  {}", clean(text, LINE));
    }
}

/// A policy that asks for this check only, everywhere.
fn alone(check: &CustomCheck) -> AuditPolicySpec {
    let mut spec = AuditPolicySpec { severity_floor: Severity::Info, ..AuditPolicySpec::default() };
    spec.scope.namespaces.exclude = Vec::new();
    spec.checks.profiles = Vec::new();
    spec.checks.custom = vec![check.clone()];
    spec
}

/// The manifests of a folder with their texts, sorted.
fn manifests(folder: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let entries = fs::read_dir(folder);
    let entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| files::is_manifest(path));
    paths.sort();
    paths.into_iter().map(|path| text::read(&path).map(|text| (path, text))).collect()
}

fn quality(path: &Path) -> Option<Quality> {
    let name = path.file_name()?.to_str()?;
    let qualities = [("good", Quality::Good), ("bad", Quality::Bad)];
    qualities.into_iter().find(|(start, _)| name.starts_with(start)).map(|(_, quality)| quality)
}

/// The objects of a file, how many they are, and those that are there for all files.
fn objects(
    rules: &Rules,
    files: &[(PathBuf, String)],
    tested: &Path,
) -> anyhow::Result<(Vec<Object>, usize)> {
    let mut manifest = Manifest::keeping_whole(rules.seen_whole());
    let own = files.iter().filter(|(path, _)| path == tested);
    own.for_each(|(path, text)| manifest.add(&text::name(path), text));
    let count = manifest.objects.len();
    let others = files.iter().filter(|(path, _)| quality(path).is_none());
    others.for_each(|(path, text)| manifest.add(&text::name(path), text));
    if let Some(problem) = manifest.problems.first() {
        bail!("{problem}");
    }
    Ok((manifest.objects.into_iter().map(|loaded| loaded.content).collect(), count))
}
