//! `holystone scan`: judges manifests before they reach a cluster, or an export of one.

use std::{collections::HashMap, env, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use jiff::Timestamp;

use crate::{
    api::{ActionItem, Severity},
    checks::{self, FRAMEWORKS, Framework},
    engine::{self, Located, Rules, Target},
    manifests::{Loaded, Manifest, Place, Problem},
    model::{Kind, Labels, MinorVersion, NoMinorVersion, Object},
    report::{self, ScanReport, Style},
};

use super::{
    Exit,
    files::{self, STDIN},
    forms::{self, Form, Output},
    output::{print, style, warn},
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
    /// Form of the output: table, json, yaml, sarif, junit, github, gitlab, markdown, html or
    /// actionitems, and the file that it goes to; may be repeated. One goes to stdout.
    #[arg(long, value_name = "FORM[=FILE]", default_value = "table", value_parser = Output::parse)]
    format: Vec<Output>,
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
    forms::check(&arguments.format)?;
    let now = now()?;
    let mut manifest = files::read_all(&arguments.paths)?;
    if let Some(namespace) = &arguments.namespace {
        manifest.set_namespace(namespace);
    }
    let framework = arguments.compliance.as_deref().and_then(Framework::find);
    let named = Named { profiles: &arguments.profile, files: &arguments.policy, framework };
    let policies = policies::choose(&named, &manifest, now)?;
    let rules = Rules::new(policies, arguments.kubernetes_version);
    let scan = Scan::new(&rules, manifest, arguments, now);
    let report = scan.report(framework);
    let exit = exit(&report, arguments);
    scan.write(&report, &arguments.format, exit)
}

/// The time to judge by: `SOURCE_DATE_EPOCH` makes a scan repeatable, as it does a build.
fn now() -> anyhow::Result<Timestamp> {
    let Ok(seconds) = env::var("SOURCE_DATE_EPOCH") else { return Ok(Timestamp::now()) };
    let parsed = seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    parsed.context("SOURCE_DATE_EPOCH is not a number of seconds since 1970; correct or unset it")
}

/// What was judged, and what was found.
struct Scan<'a> {
    arguments: &'a Arguments,
    objects: Vec<Object>,
    places: Vec<Place>,
    problems: Vec<Problem>,
    ignored: usize,
    found: engine::Report,
    now: Timestamp,
}

impl<'a> Scan<'a> {
    fn new(rules: &Rules, manifest: Manifest, arguments: &'a Arguments, now: Timestamp) -> Self {
        tell_repeated(&manifest.objects);
        let Manifest { objects, problems, ignored, .. } = manifest;
        let objects = objects.into_iter().map(|Loaded { content, place }| (content, place));
        let (objects, places): (Vec<Object>, Vec<Place>) = objects.unzip();
        let found = engine::evaluate(rules, &objects, arguments.complete, now);
        Self { arguments, objects, places, problems, ignored, found, now }
    }

    fn report(&self, framework: Option<&Framework>) -> ScanReport {
        let Self { arguments, places, problems, ignored, found, .. } = self;
        let mut report = ScanReport::new(found, places, problems, *ignored, arguments.complete);
        if arguments.format.iter().any(|output| output.form == Form::Junit) {
            report = report.with_passes(found, places);
        }
        match framework {
            Some(framework) => report.against(framework, found),
            None => report,
        }
    }

    /// Writes files first: what is printed last is what a failure is not hidden by.
    fn write(
        &self,
        report: &ScanReport,
        outputs: &[Output],
        exit: Exit,
    ) -> anyhow::Result<ExitCode> {
        let mut printed = String::new();
        for Output { form, file } in outputs {
            let style = if file.is_none() { style() } else { Style::Plain };
            let text = self.text(report, *form, style)?;
            match file {
                Some(file) => forms::write(file, &text)?,
                None => printed = text,
            }
        }
        print(&printed, exit)
    }

    fn text(&self, report: &ScanReport, form: Form, style: Style) -> anyhow::Result<String> {
        Ok(match form {
            Form::Table => report::scan_table(report, style),
            Form::Json => report::json(report)?,
            Form::Yaml => report::yaml(report)?,
            Form::Sarif => report::sarif(report)?,
            Form::Junit => report::junit(report),
            Form::Github => report::github(report),
            Form::Gitlab => report::gitlab(report)?,
            Form::Markdown => report::markdown(report),
            Form::Html => report::html(report),
            Form::Actionitems => report::yaml_documents(&self.items())?,
        })
    }

    /// The items that a cluster would hold, with the owners that the annotations name.
    fn items(&self) -> Vec<ActionItem> {
        let namespaces = self.objects.iter().filter(|object| object.kind == Kind::Namespace);
        let namespaces: HashMap<&str, &Labels> = namespaces
            .map(|object| (object.meta.name.as_str(), &object.meta.annotations))
            .collect();
        let owner = |found: &Located| {
            let own = engine::owner(&self.objects[found.position].meta.annotations);
            own.or_else(|| engine::owner(namespaces.get(&*found.target.namespace)?))
        };
        report::action_items(&self.found, owner, self.now)
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
