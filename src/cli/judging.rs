//! One run of the checks over what was read, and the forms of what was found.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    iter,
    process::ExitCode,
    rc::Rc,
};

use crate::{
    api::ActionItem,
    checks::{Framework, Source},
    engine::{Acceptance, Located},
    report::{self, Judged, ScanReport, Spot, Style},
};

use super::{
    Exit,
    files::Sources,
    forms::{self, Form, Output},
    output::{columns, print_by, style},
    reading::{self, Outcome, Site, Terms},
};

/// What was judged, and what was found.
pub(super) struct Scan<'a> {
    terms: Terms<'a>,
    outcome: Outcome,
    acceptances: BTreeMap<usize, Acceptance>,
}

impl<'a> Scan<'a> {
    /// Judges everything that is to be read.
    pub(super) fn new(
        sources: Sources,
        terms: Terms<'a>,
        respected: &[Source],
    ) -> anyhow::Result<Self> {
        Ok(Self::of(reading::judge(sources, terms)?, terms, respected))
    }

    /// What was judged, and which of it is accepted.
    pub(super) fn of(outcome: Outcome, terms: Terms<'a>, respected: &[Source]) -> Self {
        let acceptances = outcome.accept(terms, respected);
        Self { terms, outcome, acceptances }
    }

    /// What is to be printed.
    pub(super) fn report(&self, framework: Option<&Framework>) -> ScanReport<'_> {
        let Outcome { report: found, problems, ignored, .. } = &self.outcome;
        let judged = Judged {
            report: found,
            acceptances: &self.acceptances,
            locate: Rc::new(|position, pointer| self.locate(position, pointer)),
            problems,
            ignored: *ignored,
            complete: self.terms.complete,
        };
        let report = ScanReport::new(&judged);
        match framework {
            Some(framework) => report.against(framework, found),
            None => report,
        }
    }

    /// A report, held against the items of a cluster.
    pub(super) fn against<'r>(
        &self,
        report: ScanReport<'r>,
        with: &str,
        items: &[ActionItem],
    ) -> ScanReport<'r> {
        report.against_items(with, items, &self.outcome.report)
    }

    /// Where a field of a judged object stands: in the file that people edit.
    fn locate(&self, position: usize, pointer: &str) -> Spot {
        let Site { place, built, .. } = &self.outcome.sites[position];
        let here = (place.file.to_string(), place.position(pointer));
        match self.outcome.origins.find(built.as_deref(), place, pointer) {
            Some((file, position)) => Spot { file, position, rendered: Some(here) },
            None => Spot { file: here.0, position: here.1, rendered: None },
        }
    }

    /// What is written on objects and cannot count, each with its place.
    pub(super) fn complaints(&self) -> Vec<String> {
        let complaint = |(index, acceptance): (&usize, &Acceptance)| {
            let problem = acceptance.problem.as_ref()?;
            let Located { target, position, .. } = &self.outcome.report.findings[*index];
            let Spot { file, position, .. } = self.locate(*position, "/metadata/annotations");
            Some(format!("{file}:{}: {target} is not exempt: {problem}", position.line))
        };
        let mut complaints: Vec<_> = self.acceptances.iter().filter_map(complaint).collect();
        complaints.dedup();
        complaints
    }

    /// Writes files first, so that what is printed is not all that there is.
    pub(super) fn write(
        &self,
        report: &ScanReport<'_>,
        outputs: &[Output],
        exit: Exit,
    ) -> anyhow::Result<ExitCode> {
        let mut printed = None;
        for Output { form, file } in outputs {
            match file {
                Some(file) => {
                    let mut text = Vec::new();
                    self.write_form(report, *form, (Style::Plain, None), &mut text)?;
                    forms::write(file, &text)?;
                }
                None => printed = Some(form),
            }
        }
        print_by(exit, |out| match printed {
            Some(form) => self.write_form(report, *form, (style(), columns()), out),
            None => Ok(()),
        })
    }

    fn write_form(
        &self,
        report: &ScanReport<'_>,
        form: Form,
        (style, columns): (Style, Option<usize>),
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let text = match form {
            Form::Table => {
                return Ok(write!(out, "{}", report::scan_table(report, style, columns))?);
            }
            Form::Json => {
                serde_json::to_writer_pretty(&mut *out, report).map_err(io::Error::from)?;
                return Ok(writeln!(out)?);
            }
            Form::Yaml => report::yaml(report)?,
            Form::Sarif => report::sarif(report)?,
            Form::Junit => report::junit(report),
            Form::Github => report::github(report),
            Form::Gitlab => report::gitlab(report)?,
            Form::Markdown => report::markdown(report),
            Form::Html => report::html(report),
            Form::Actionitems => report::yaml_documents(&self.items())?,
        };
        Ok(out.write_all(text.as_bytes())?)
    }

    /// The items that a cluster would hold.
    fn items(&self) -> Vec<ActionItem> {
        let Terms { rules, now, .. } = &self.terms;
        let owner = |found: &Located| {
            let own = iter::once(&self.outcome.sites[found.position].marks);
            let namespace = self.outcome.of_namespace(&found.target.namespace);
            rules.owner_keys.find(own, namespace.map(|marks| (&marks.annotations, &marks.labels)))
        };
        report::action_items(rules, &self.outcome.report, &self.acceptances, owner, *now)
    }
}
