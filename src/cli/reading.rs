//! Reads and judges files, several at once, and takes them in in their order.

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread,
};

use jiff::Timestamp;
use memchr::memmem;

use crate::{
    checks,
    engine::{Acceptance, Judge, Judged, Marks, Report, Rules, Scan},
    manifests::{Loaded, Manifest, Place, Problem},
    model::{Kind, Object},
};

use super::{
    files::{Source, Sources},
    origin::{Built, Origins},
    output::warn,
    policies::Named,
    progress::Progress,
    template::Rendering,
};

/// How to judge.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) rules: &'a Rules,
    /// Of objects that name none.
    pub(super) namespace: Option<&'a str>,
    /// Whether the objects are a whole cluster.
    pub(super) complete: bool,
    pub(super) now: Timestamp,
    /// Whether nobody has been told of this input yet.
    pub(super) is_first: bool,
    /// Whether it is kept what passes.
    pub(super) keeps_passes: bool,
}

/// What was judged, and what was found.
pub(super) struct Outcome {
    pub(super) report: Report,
    /// The judged objects, in the order of the input.
    pub(super) sites: Vec<Site>,
    /// The positions of Namespaces, by name.
    pub(super) namespaces: HashMap<Arc<str>, usize>,
    pub(super) origins: Origins,
    pub(super) problems: Vec<Problem>,
    pub(super) ignored: usize,
}

impl Outcome {
    /// Which findings are accepted, by their order.
    pub(super) fn accept(
        &self,
        terms: Terms<'_>,
        respected: &[checks::Source],
    ) -> BTreeMap<usize, Acceptance> {
        let marks = |position: usize| &self.sites[position].marks;
        let labels = |namespace: &str| Some(&self.of_namespace(namespace)?.labels);
        self.report.accept(terms.rules, marks, labels, respected, terms.now)
    }

    /// What is written on a namespace that was read.
    pub(super) fn of_namespace(&self, name: &str) -> Option<&Marks> {
        self.namespaces.get(name).map(|position| &self.sites[*position].marks)
    }
}

/// Where an object stands, and what is written on it.
pub(super) struct Site {
    pub(super) place: Place,
    pub(super) marks: Marks,
    pub(super) built: Option<Box<Built>>,
    /// Whether another object has made it.
    pub(super) is_owned: bool,
}

impl Site {
    pub(super) fn of(object: &Object, place: Place, rules: &Rules) -> Self {
        let built = Built::read(object).map(Box::new);
        let is_owned = object.meta.controller().is_some();
        Self { place, marks: rules.marks(&object.meta), built, is_owned }
    }
}

/// The policies of the input, and what is wrong with them, if they matter.
pub(super) fn policies_for(named: &Named<'_>, sources: &Sources) -> anyhow::Result<Manifest> {
    let mut manifest = Manifest::default();
    let sources = sources.list.iter().filter(|_| !named.is_something());
    for source in sources {
        let Ok((name, text)) = source.text()? else { continue };
        if memmem::find(text.as_bytes(), b"AuditPolicy").is_some() {
            manifest.read(&name, &text, &mut drop);
        }
    }
    Ok(manifest)
}

/// Judges everything. Objects are dropped as soon as they were judged by themselves.
pub(super) fn judge(sources: Sources, terms: Terms<'_>) -> anyhow::Result<Outcome> {
    let Sources { list, origins, .. } = sources;
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(list.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            let (list, next, sender) = (&list, &next, sender.clone());
            scope.spawn(move || work(list, terms, next, &sender));
        }
        drop(sender);
        let Terms { rules, complete, now, .. } = terms;
        let mut intake = Intake::over(Scan::new(rules, complete, now), terms);
        intake.origins = origins;
        let mut progress = Progress::start();
        let mut early = BTreeMap::new();
        for (index, batch) in receiver {
            early.insert(index, batch);
            while let Some(batch) = early.remove(&intake.taken) {
                intake.take(batch?);
                progress.tell(|| format!("read {} files", intake.taken));
            }
        }
        Ok(intake.finish())
    })
}

/// What one text holds.
#[derive(Default)]
pub(super) struct Batch {
    objects: Vec<(Judged, Site)>,
    problems: Vec<Problem>,
    ignored: usize,
    /// Its name, if Helm wrote it.
    helm: Option<(String, Rendering)>,
}

impl Batch {
    /// Objects, and nothing else.
    pub(super) fn of(objects: Vec<(Judged, Site)>) -> Self {
        Self { objects, ..Self::default() }
    }
}

/// Takes one text after the other, as long as there is one and somebody listens.
fn work(
    sources: &[Source],
    terms: Terms<'_>,
    next: &AtomicUsize,
    sender: &Sender<(usize, anyhow::Result<Batch>)>,
) {
    let mut judge = Judge::new(terms.rules, terms.now);
    let mut manifest = Manifest::keeping_whole(terms.rules.seen_whole());
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(source) = sources.get(index) else { return };
        let batch = read(source, terms, &mut judge, &mut manifest);
        if sender.send((index, batch)).is_err() {
            return;
        }
    }
}

fn read(
    source: &Source,
    terms: Terms<'_>,
    judge: &mut Judge<'_>,
    manifest: &mut Manifest,
) -> anyhow::Result<Batch> {
    let (name, text) = match source.text()? {
        Ok(read) => read,
        Err(problem) => return Ok(Batch { problems: vec![problem], ..Batch::default() }),
    };
    let mut objects = Vec::new();
    manifest.read(&name, &text, &mut |Loaded { mut content, place }| {
        if let Some(namespace) = terms.namespace {
            content.set_namespace(namespace);
        }
        objects.push((judge.judge(&content), Site::of(&content, place, terms.rules)));
    });
    manifest.policies.clear();
    manifest.items.clear();
    // Of other texts it is known already.
    let is_file = matches!(source, Source::File { .. });
    let helm = if is_file { Rendering::read(&text) } else { None };
    Ok(Batch {
        objects,
        problems: mem::take(&mut manifest.problems),
        ignored: mem::take(&mut manifest.ignored),
        helm: helm.map(|helm| (name, helm)),
    })
}

/// Takes in what was read, in the order of the input.
pub(super) struct Intake<'a> {
    pub(super) scan: Scan<'a>,
    is_first: bool,
    taken: usize,
    sites: Vec<Site>,
    namespaces: HashMap<Arc<str>, usize>,
    origins: Origins,
    problems: Vec<Problem>,
    ignored: usize,
}

impl<'a> Intake<'a> {
    /// Takes in what a scan joins.
    pub(super) fn over(scan: Scan<'a>, terms: Terms<'_>) -> Self {
        Self {
            scan: scan.keeping_passes(terms.keeps_passes),
            is_first: terms.is_first,
            taken: 0,
            sites: Vec::new(),
            namespaces: HashMap::new(),
            origins: Origins::default(),
            problems: Vec::new(),
            ignored: 0,
        }
    }

    pub(super) fn add_problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn take(&mut self, Batch { objects, problems, ignored, helm }: Batch) {
        for (judged, site) in objects {
            let key = judged.key();
            if key.kind == Kind::Namespace {
                self.namespaces.insert(Arc::clone(&key.name), self.sites.len());
            }
            // An object is one, however often it is written: its findings are shown together.
            let repeated = self.scan.take(judged).filter(|_| self.is_first);
            if let Some((object, first)) = repeated {
                let [here, there] = [&site.place, &self.sites[first].place]
                    .map(|at| format!("{}:{}", at.file, at.line("")));
                warn(&format!(
                    "{here}: {object} stands at {there} too; scan what belongs to one cluster, or \
                     name their namespaces"
                ));
            }
            self.sites.push(site);
        }
        self.problems.extend(problems);
        self.ignored += ignored;
        if let Some((name, helm)) = helm {
            self.origins.add_helm(&name, Some(helm), None);
        }
        self.taken += 1;
    }

    pub(super) fn finish(self) -> Outcome {
        let Self { scan, sites, namespaces, origins, problems, ignored, .. } = self;
        Outcome { report: scan.finish(), sites, namespaces, origins, problems, ignored }
    }
}
