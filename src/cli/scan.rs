//! `holystone scan`: judges manifests before they reach a cluster, or an export of one.

use std::{
    env, mem,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use jiff::Timestamp;

use crate::{
    api::Severity,
    checks::{self, FRAMEWORKS, Framework, Source},
    engine::{Policy, RESPECTABLE, Rules},
    manifests::Manifest,
    model::{MinorVersion, NoMinorVersion},
    report::{Baseline, Outdated, PastFinding, ScanReport},
};

use super::{
    Exit,
    files::{self, Sources},
    forms::{self, Form, Output},
    judging::Scan,
    live::{self, Connection, Live, Scope},
    output::warn,
    past::Past,
    policies::{self, Named},
    reading::{self, Terms},
    render::Rendering,
    text::{self, STDIN},
};

/// Judge manifests, or an export of a whole cluster.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Files, folders, globs, or - for stdin. Of a folder, .yaml, .yml and .json files are read, but
    /// for those that are hidden, or that .gitignore or .holystoneignore names; charts are rendered by
    /// helm, and kustomizations by kustomize or kubectl.
    #[arg(value_name = "PATH", required_unless_present = "cluster")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    connection: Connection,
    /// Profile to judge everything by; may be repeated. Without --profile and --policy, each
    /// `AuditPolicy` of the input counts, and without any the profile `recommended`.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(checks::PROFILES))]
    profile: Vec<String>,
    /// File with an `AuditPolicy` to judge by, or - for stdin; may be repeated.
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,
    /// Framework to hold everything against, control by control. Its checks are judged on top of
    /// --profile and --policy, and alone without them.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(FRAMEWORKS.iter().map(|framework| framework.name)))]
    compliance: Option<String>,
    /// Form of the output: table, json, yaml, sarif, junit, github, gitlab, markdown, html or
    /// actionitems, and the file that it goes to; may be repeated. One goes to stdout.
    #[arg(long, value_name = "FORM[=FILE]", default_value = "table", value_parser = Output::parse)]
    format: Vec<Output>,
    /// Check to judge by: an id, a glob or a category; may be repeated. On top of --profile and
    /// --policy, and alone without them.
    #[arg(long, value_name = "ID")]
    check: Vec<String>,
    /// Check to leave out, in the same words; may be repeated.
    #[arg(long, value_name = "ID")]
    exclude: Vec<String>,
    /// Lowest severity that is shown.
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    severity: Option<Severity>,
    /// Tools whose annotations on objects count as holystone.dev/exempt does.
    #[arg(long, value_name = "TOOL", value_delimiter = ',', value_parser = PossibleValuesParser::new(RESPECTABLE.map(Source::as_str)))]
    respect: Vec<String>,
    /// Values file to render charts with; may be repeated.
    #[arg(long, value_name = "FILE")]
    values: Vec<PathBuf>,
    /// Value to render charts with; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// File with the findings that are known: only others fail.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings into a file for --baseline, and succeed whatever they are. Reasons and
    /// ends that the file gives already are kept.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "against"])]
    write_baseline: Option<PathBuf>,
    /// Commit, branch or tag of git: only findings that its files do not have fail. Or the word
    /// cluster: only those that the cluster of the kubeconfig has no item for.
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["baseline", "cluster"])]
    against: Option<String>,
    /// Least score, from 0 to 100, that each policy has to reach.
    #[arg(long, value_name = "SCORE", value_parser = clap::value_parser!(u32).range(0..=100))]
    fail_score: Option<u32>,
    /// The input is a whole cluster: what is not in it does not exist.
    #[arg(long)]
    complete: bool,
    /// Severity from which on findings are a failure.
    #[arg(long, value_enum, default_value = "high", value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Kubernetes version to judge for; that of the cluster with --cluster, else 1.36.
    #[arg(long, value_name = "1.xx", value_parser = parse_minor)]
    kubernetes_version: Option<u16>,
    /// Namespace of the objects that name none. With --cluster, the namespace that is read; may be
    /// repeated; otherwise that of the context.
    #[arg(long, short, value_name = "NAME")]
    namespace: Vec<String>,
    /// Take it for success when there is nothing to judge.
    #[arg(long)]
    allow_empty: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  no finding at or above --fail-on
  1  at least one, or a score below --fail-score
  2  the arguments, a file or a policy cannot be used, or the cluster does not answer
  3  something could not be read, or there was nothing to judge";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Never,
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

pub(super) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    arguments.check()?;
    let now = now()?;
    let baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
    let live = arguments.connect()?;
    let input = match live.as_ref().filter(|_| arguments.connection.cluster) {
        Some(live) => Input::Cluster(live),
        None => Input::Files(files::list(&arguments.paths, &arguments.rendering())?),
    };
    let namespace = arguments.namespace.first().map(String::as_str);
    let namespace = namespace.or_else(|| live.as_ref().map(Live::default_namespace));
    let rules = Rules::new(arguments.policies(&input, now)?, arguments.minor(live.as_ref()));
    let keeps_passes = arguments.keeps_passes();
    let complete = arguments.complete;
    let terms = Terms { rules: &rules, namespace, complete, now, is_first: true, keeps_passes };
    let scan = arguments.judge(input, terms)?;
    scan.complaints().iter().for_each(|complaint| warn(complaint));
    let report = scan.report(arguments.framework());
    let mut report = arguments.compare(report, &scan, live.as_ref(), terms)?;
    if let (Some(baseline), Some(file)) = (&baseline, &arguments.baseline) {
        let (compared, outdated) = report.against_baseline(&text::name(file), baseline, now);
        tell_outdated(&outdated, file);
        report = compared;
    }
    if let Some(file) = &arguments.write_baseline {
        write_baseline(file, &report)?;
    }
    let exit = match arguments.write_baseline {
        Some(_) => arguments.settled(&report),
        None => arguments.exit(&report),
    };
    let exit = scan.write(&report, &arguments.format, exit)?;
    // The system takes it all back at once, and not piece by piece.
    mem::forget(report);
    mem::forget(scan);
    Ok(exit)
}

/// What is judged.
enum Input<'a> {
    Files(Sources),
    Cluster(&'a Live),
}

/// What --against calls the cluster of the kubeconfig.
const CLUSTER: &str = "cluster";
/// The version to judge files for.
const KUBERNETES: u16 = 36;

impl Arguments {
    /// Whether everything goes together.
    fn check(&self) -> anyhow::Result<()> {
        let inputs = self.paths.iter().chain(&self.policy);
        if inputs.filter(|path| path.as_os_str() == STDIN).count() > 1 {
            bail!("stdin can be read once only; give - once");
        }
        forms::check(&self.format)
    }

    /// The cluster, if one is needed.
    fn connect(&self) -> anyhow::Result<Option<Live>> {
        let is_needed = self.connection.cluster || self.against.as_deref() == Some(CLUSTER);
        if !is_needed && self.connection.is_given() {
            bail!("--kubeconfig and --context go with --cluster, or with --against cluster");
        }
        if !self.connection.cluster && self.namespace.len() > 1 {
            bail!("objects that name no namespace can be in one only; give -n once");
        }
        is_needed.then(|| Live::connect(&self.connection)).transpose()
    }

    fn minor(&self, live: Option<&Live>) -> u16 {
        let of_cluster = || live.and_then(|live| live.kubernetes_minor);
        self.kubernetes_version.or_else(of_cluster).unwrap_or(KUBERNETES)
    }

    /// Whether it matters what passes, and not only how much.
    fn keeps_passes(&self) -> bool {
        let shows_them = self.format.iter().any(|output| output.form == Form::Junit);
        shows_them || self.against.as_deref() == Some(CLUSTER)
    }

    fn framework(&self) -> Option<&'static Framework> {
        self.compliance.as_deref().and_then(Framework::find)
    }

    fn respected(&self) -> Vec<Source> {
        self.respect.iter().filter_map(|name| Source::find(name)).collect()
    }

    fn rendering(&self) -> Rendering {
        Rendering {
            values: self.values.clone(),
            set: self.set.clone(),
            namespace: self.namespace.first().cloned(),
            kubernetes_minor: self.minor(None),
            ..Rendering::default()
        }
    }

    fn judge<'a>(&self, input: Input<'_>, mut terms: Terms<'a>) -> anyhow::Result<Scan<'a>> {
        let live = match input {
            Input::Files(sources) => return Scan::new(sources, terms, &self.respected()),
            Input::Cluster(live) => live,
        };
        terms.complete = self.connection.all_namespaces;
        let own = [live.default_namespace().to_owned()];
        let scope = match (self.connection.all_namespaces, &self.namespace[..]) {
            (true, _) => Scope::Everything,
            (false, []) => Scope::Namespaces(&own),
            (false, named) => Scope::Namespaces(named),
        };
        Ok(Scan::of(live.judge(scope, terms), terms, &self.respected()))
    }

    fn policies(&self, input: &Input<'_>, now: Timestamp) -> anyhow::Result<Vec<Arc<Policy>>> {
        let named = Named {
            profiles: &self.profile,
            files: &self.policy,
            framework: self.framework(),
            checks: &self.check,
            excluded: &self.exclude,
            floor: self.severity,
        };
        let input = match input {
            Input::Files(sources) => reading::policies_for(&named, sources)?,
            Input::Cluster(live) if !named.is_something() => live.policies(),
            Input::Cluster(_) => Manifest::default(),
        };
        let policies = policies::choose(&named, &input, now)?;
        if self.connection.cluster {
            live::name_kinds(&policies);
        }
        Ok(policies)
    }

    /// Holds a report against a cluster or a commit, if that is asked for.
    fn compare<'r>(
        &self,
        mut report: ScanReport<'r>,
        scan: &Scan<'_>,
        live: Option<&Live>,
        terms: Terms<'_>,
    ) -> anyhow::Result<ScanReport<'r>> {
        Ok(match (&self.against, live) {
            (Some(_), Some(live)) => {
                scan.against(report, &format!("cluster {}", live.address), &live.items()?)
            }
            (Some(reference), None) => {
                report.against_past(reference, &self.past(reference, terms)?)
            }
            (None, live) => {
                report.cluster = live.map(|live| live.address.clone());
                report
            }
        })
    }

    /// What the same rules found in the files of another commit. What was not there then holds
    /// nothing.
    fn past(&self, reference: &str, terms: Terms<'_>) -> anyhow::Result<ScanReport<'static>> {
        if self.paths.iter().any(|path| path.as_os_str() == STDIN) {
            bail!("--against reads files of both sides; name them instead of -");
        }
        Past::of(reference)?.visit(&self.paths, |paths| {
            let paths: Vec<_> =
                paths.iter().filter(|path| files::is_there(path)).cloned().collect();
            let sources = files::list(&paths, &self.rendering())?;
            Ok(self.judge(Input::Files(sources), terms)?.report(None).made())
        })
    }

    fn exit(&self, report: &ScanReport<'_>) -> Exit {
        let is_severe = self.fail_on.severity().is_some_and(|severity| report.reaches(severity));
        let score = report.score();
        let missed = self.fail_score.filter(|least| score.is_some_and(|score| score < *least));
        if let (Some(least), Some(score)) = (missed, score) {
            warn(&format!("the score is {score}; --fail-score asks for {least}"));
        }
        if is_severe || missed.is_some() { Exit::Findings } else { self.settled(report) }
    }

    /// How a scan ends whose findings do not matter.
    fn settled(&self, report: &ScanReport<'_>) -> Exit {
        let is_empty = report.summary.objects == 0 && !self.allow_empty;
        if is_empty {
            warn(
                "nothing was judged; check the paths and the scope of the policies, or give --allow-empty",
            );
        }
        if report.summary.problems > 0 || is_empty { Exit::Incomplete } else { Exit::Clean }
    }
}

/// The time to judge by: `SOURCE_DATE_EPOCH` makes a scan repeatable, as it does a build.
pub(super) fn now() -> anyhow::Result<Timestamp> {
    let Ok(seconds) = env::var("SOURCE_DATE_EPOCH") else { return Ok(Timestamp::now()) };
    let parsed = seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    parsed.context("SOURCE_DATE_EPOCH is not a number of seconds since 1970; correct or unset it")
}

fn read_baseline(file: &Path) -> anyhow::Result<Baseline> {
    let text = text::read(file)?;
    Baseline::parse(&text).with_context(|| format!("cannot read the baseline {}", file.display()))
}

/// Writes the findings of a report, with the reasons that the file has given before.
fn write_baseline(file: &Path, report: &ScanReport<'_>) -> anyhow::Result<()> {
    let before = file.is_file().then(|| read_baseline(file)).transpose()?;
    forms::write(file, &Baseline::of(report, before.as_ref()).to_yaml()?)
}

fn tell_outdated(Outdated { expired, stale }: &Outdated, file: &Path) {
    let file = text::name(file);
    for PastFinding { fingerprint, target, .. } in expired {
        warn(&format!("{file}: {fingerprint} has ended: the finding about {target} fails again"));
    }
    for PastFinding { fingerprint, target, .. } in stale {
        warn(&format!("{file}: {fingerprint} is stale: {target} has no such finding; remove it"));
    }
}

pub(super) fn parse_severity(name: &str) -> Result<Severity, String> {
    let all = || Severity::ALL.map(Severity::as_str).join(", ");
    Severity::parse(name).ok_or_else(|| format!("there is no severity `{name}`; use {}", all()))
}

/// The minor version of 1.xx.
pub(super) fn parse_minor(text: &str) -> Result<u16, NoMinorVersion> {
    text.parse::<MinorVersion>().map(|version| version.0)
}
