//! One run of the checks over what was read, and the forms of what was found.

use std::{collections::HashMap, process::ExitCode};

use jiff::Timestamp;

use crate::{
    api::ActionItem,
    checks::{Framework, Source},
    engine::{self, Acceptance, Located, Rules},
    manifests::{Loaded, Manifest, Place, Problem},
    model::{Kind, Labels, Object},
    report::{self, Judged, ScanReport, Spot, Style},
};

use super::{
    Exit,
    files::Input,
    forms::{self, Form, Output},
    origin::Origins,
    output::{print, style},
};

/// What was judged, and what was found.
pub(super) struct Scan {
    objects: Vec<Object>,
    places: Vec<Place>,
    problems: Vec<Problem>,
    ignored: usize,
    origins: Origins,
    found: engine::Report,
    acceptances: Vec<Acceptance>,
    complete: bool,
    now: Timestamp,
}

impl Scan {
    /// Judges everything that was read. With `complete` it is a whole cluster.
    pub(super) fn new(
        rules: &Rules,
        Input { manifest, origins, .. }: Input,
        complete: bool,
        respected: &[Source],
        now: Timestamp,
    ) -> Self {
        let Manifest { objects, problems, ignored, .. } = manifest;
        let objects = objects.into_iter().map(|Loaded { content, place }| (content, place));
        let (objects, places): (Vec<Object>, Vec<Place>) = objects.unzip();
        let found = engine::evaluate(rules, &objects, complete, now);
        let acceptances = found.accept(rules, &objects, respected, now);
        Self { objects, places, problems, ignored, origins, found, acceptances, complete, now }
    }

    /// What is to be printed; with each check that passes, if `passes` says so.
    pub(super) fn report(&self, framework: Option<&Framework>, passes: bool) -> ScanReport {
        let locate = |position: usize, pointer: &str| self.locate(position, pointer);
        let judged = Judged {
            report: &self.found,
            acceptances: &self.acceptances,
            locate: &locate,
            problems: &self.problems,
            ignored: self.ignored,
            complete: self.complete,
        };
        let mut report = ScanReport::new(&judged);
        if passes {
            report = report.with_passes(&judged);
        }
        match framework {
            Some(framework) => report.against(framework, &self.found),
            None => report,
        }
    }

    /// Where a field of a judged object stands: in the file that people edit.
    fn locate(&self, position: usize, pointer: &str) -> Spot {
        let place = &self.places[position];
        let here = (place.file.to_string(), place.position(pointer));
        match self.origins.find(&self.objects[position], place, pointer) {
            Some((file, position)) => Spot { file, position, rendered: Some(here) },
            None => Spot { file: here.0, position: here.1, rendered: None },
        }
    }

    /// What is written on objects and cannot count, each with its place.
    pub(super) fn complaints(&self) -> Vec<String> {
        let pairs = self.found.findings.iter().zip(&self.acceptances);
        let complaint = |(found, acceptance): (&Located, &Acceptance)| {
            let problem = acceptance.problem.as_ref()?;
            let Spot { file, position, .. } = self.locate(found.position, "/metadata/annotations");
            let target = &found.target;
            Some(format!("{file}:{}: {target} is not exempt: {problem}", position.line))
        };
        let mut complaints: Vec<_> = pairs.filter_map(complaint).collect();
        complaints.dedup();
        complaints
    }

    /// Writes files first, so that what is printed is not all that there is.
    pub(super) fn write(
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
        report::action_items(&self.found, &self.acceptances, owner, self.now)
    }
}
