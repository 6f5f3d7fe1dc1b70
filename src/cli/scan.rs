//! `holystone scan`: judges manifests before they reach a cluster, or an export of one.

use std::{collections::HashMap, path::PathBuf, process::ExitCode};

use anyhow::bail;
use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use jiff::Timestamp;

use crate::{
    api::Severity,
    checks::{self, FRAMEWORKS, Framework},
    engine::{self, Rules, Target},
    manifests::{Loaded, Manifest, Place},
    model::{MinorVersion, NoMinorVersion, Object},
    report::{self, ScanReport},
};

use super::{
    Exit,
    files::{self, STDIN},
    output::{Format, print, style, warn},
    policies::{self, Named},
};

/// Judge manifests, or an export of a whole cluster.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Files, folders, or - for stdin. Of a folder, .yaml, .yml and .json files are read, but for
    /// those that are hidden or that git ignores.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
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
    /// Form of the output.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The input is a whole cluster: what is not in it does not exist.
    #[arg(long)]
    complete: bool,
    /// Severity from which on findings are a failure.
    #[arg(long, value_enum, default_value = "high", value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Kubernetes version to judge for.
    #[arg(long, value_name = "1.xx", default_value = "1.36", value_parser = parse_minor)]
    kubernetes_version: u16,
    /// Namespace of the objects that name none.
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    /// Take it for success when there is nothing to judge.
    #[arg(long)]
    allow_empty: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  no finding at or above --fail-on
  1  at least one
  2  the arguments, a file or a policy cannot be used
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
    let inputs = arguments.paths.iter().chain(&arguments.policy);
    if inputs.filter(|path| path.as_os_str() == STDIN).count() > 1 {
        bail!("stdin can be read once only; give - once");
    }
    let now = Timestamp::now();
    let mut manifest = files::read_all(&arguments.paths)?;
    if let Some(namespace) = &arguments.namespace {
        manifest.set_namespace(namespace);
    }
    let framework = arguments.compliance.as_deref().and_then(Framework::find);
    let named = Named { profiles: &arguments.profile, files: &arguments.policy, framework };
    let policies = policies::choose(&named, &manifest, now)?;
    let rules = Rules::new(policies, arguments.kubernetes_version);
    let report = judge(&rules, manifest, arguments.complete, framework, now);
    let text = match arguments.format {
        Format::Table => report::scan_table(&report, style()),
        Format::Json => report::json(&report)?,
    };
    print(&text, exit(&report, arguments))
}

fn judge(
    rules: &Rules,
    manifest: Manifest,
    complete: bool,
    framework: Option<&Framework>,
    now: Timestamp,
) -> ScanReport {
    tell_repeated(&manifest.objects);
    let objects = manifest.objects.into_iter();
    let (objects, places): (Vec<Object>, Vec<Place>) =
        objects.map(|Loaded { content, place }| (content, place)).unzip();
    let found = engine::evaluate(rules, &objects, complete, now);
    let report = ScanReport::new(&found, &places, &manifest.problems, manifest.ignored, complete);
    match framework {
        Some(framework) => report.against(framework, &found),
        None => report,
    }
}

/// An object is one, however often it is written: its findings are shown together.
fn tell_repeated(objects: &[Loaded<Object>]) {
    let mut known: HashMap<Target, &Place> = HashMap::new();
    for Loaded { content, place } in objects {
        let key = Target::from(content);
        if let Some(first) = known.get(&key) {
            let [here, there] = [place, first].map(|at| format!("{}:{}", at.file, at.line("")));
            warn(&format!(
                "{here}: {key} stands at {there} too; scan what belongs to one cluster, or name \
                 their namespaces"
            ));
        } else {
            known.insert(key, place);
        }
    }
}

fn exit(report: &ScanReport, arguments: &Arguments) -> Exit {
    let is_empty = report.summary.objects == 0 && !arguments.allow_empty;
    if arguments.fail_on.severity().is_some_and(|severity| report.reaches(severity)) {
        Exit::Findings
    } else if report.summary.problems > 0 || is_empty {
        if is_empty {
            warn(
                "nothing was judged; check the paths and the scope of the policies, or give --allow-empty",
            );
        }
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}

/// The minor version of 1.xx.
fn parse_minor(text: &str) -> Result<u16, NoMinorVersion> {
    text.parse::<MinorVersion>().map(|version| version.0)
}
