//! A cluster instead of files: reads and judges it through the kubeconfig, and changes nothing.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context, bail};
use clap::Args;
use futures::{StreamExt, stream};
use kube::Client;
use tokio::runtime::Runtime;

use crate::{
    api::{ActionItem, AuditPolicy},
    cluster_io::{self, Clients},
    engine::{Extent, Judge, Judged, Policy, Scan, Target},
    inventory::{self, Owner, Pace, Problem as Unread, Query, Source, Wanted, find_owner},
    manifests::{Loaded, Manifest, Place},
    metrics::Metrics,
    model::{Kind, KindSet, Object, ObjectKey},
};

use super::{
    files::problem,
    output::warn,
    progress::Progress,
    reading::{Batch, Intake, Outcome, Site, Terms},
};

/// Owners that are looked for at once.
const LOOKS: usize = 4;

/// Whether a cluster is read, and how it is found.
#[derive(Args, Clone, Debug)]
pub(super) struct Connection {
    /// Read the cluster of the kubeconfig instead of files. Nothing is changed there, and nothing has to
    /// be installed.
    #[arg(long, conflicts_with_all = ["paths", "complete", "values", "set"])]
    pub(super) cluster: bool,
    /// With --cluster: all namespaces, and what is in none.
    #[arg(long, short = 'A', requires = "cluster", conflicts_with = "namespace")]
    pub(super) all_namespaces: bool,
    /// Kubeconfig to use; otherwise as kubectl does.
    #[arg(long, value_name = "FILE")]
    pub(super) kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    #[arg(long, value_name = "NAME")]
    pub(super) context: Option<String>,
}

impl Connection {
    /// Whether something is said of a cluster.
    pub(super) fn is_given(&self) -> bool {
        self.kubeconfig.is_some() || self.context.is_some()
    }
}

/// A cluster that answers.
pub(super) struct Live {
    runtime: Runtime,
    client: Client,
    /// Its address.
    pub(super) address: String,
    /// The minor version of Kubernetes that it runs.
    pub(super) kubernetes_minor: Option<u16>,
}

/// What of a cluster is judged.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    Everything,
    /// What is in these namespaces, and they themselves.
    Namespaces(&'a [String]),
}

impl Live {
    /// Connects, and makes sure that somebody answers.
    pub(super) fn connect(connection: &Connection) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let metrics = Metrics::new().context("cannot declare instruments")?;
        let Connection { kubeconfig, context, .. } = connection;
        let silence = Pace::default().silence;
        let clients = Clients::connect(kubeconfig.as_deref(), context.clone(), silence, &metrics);
        let Clients { call: client, address, .. } = runtime.block_on(clients)?;
        let minor = runtime.block_on(cluster_io::kubernetes_minor(&client));
        let minor = minor.with_context(|| format!("the cluster {address} does not answer"))?;
        Ok(Self { kubernetes_minor: minor, runtime, client, address })
    }

    /// The namespace of the context.
    pub(super) fn default_namespace(&self) -> &str {
        self.client.default_namespace()
    }

    /// The policies of the cluster; where there is no definition of them, there are none.
    pub(super) fn policies(&self) -> Manifest {
        let mut manifest = Manifest::default();
        for policy in self.own::<AuditPolicy>(Source::Policies, "auditpolicies").unwrap_or_default()
        {
            let name = policy.metadata.name.as_deref().unwrap_or_default();
            let place = Place::nowhere(&format!("auditpolicies/{name}"));
            manifest.policies.push(Loaded { content: policy, place });
        }
        manifest
    }

    /// The items of the cluster.
    pub(super) fn items(&self) -> anyhow::Result<Vec<ActionItem>> {
        self.own(Source::Items, "actionitems")
    }

    fn own<K: serde::de::DeserializeOwned>(
        &self,
        source: Source,
        plural: &str,
    ) -> anyhow::Result<Vec<K>> {
        match self.runtime.block_on(inventory::list_own(&self.client, source, Query::default())) {
            Ok((read, broken)) => {
                broken.iter().for_each(|name| warn(&format!("{plural}/{name} cannot be read")));
                Ok(read)
            }
            Err(Unread::NotServed) => Ok(Vec::new()),
            Err(problem) => {
                warn(&format!("{plural}.holystone.dev: {}", reason(&problem)));
                bail!("the cluster does not show its {plural}")
            }
        }
    }

    /// Reads and judges; objects are dropped as soon as they were judged by themselves.
    pub(super) fn judge(&self, scope: Scope<'_>, terms: Terms<'_>) -> Outcome {
        let extent = match scope {
            Scope::Everything => Extent::Lists,
            Scope::Namespaces(_) => Extent::Namespaces,
        };
        let scan = Scan::of_lists(terms.rules, extent, terms.now);
        let mut reader = Reader {
            client: &self.client,
            scope,
            judge: Judge::new(terms.rules, terms.now),
            terms,
            intake: Intake::over(scan, terms),
            waiting: Vec::new(),
            read: 0,
            progress: Progress::start(),
        };
        let namespaces = [Kind::Namespace].into_iter();
        let kinds: KindSet = namespaces.chain(terms.rules.kinds().iter()).collect();
        self.runtime.block_on(async {
            for kind in kinds.iter().filter(|kind| *kind != Kind::Other) {
                reader.read(kind).await;
            }
            reader.settle_owners().await;
            reader.tell_unread();
        });
        reader.intake.finish()
    }
}

/// Has kinds be read, too, that only custom checks name.
pub(super) fn name_kinds(policies: &[Arc<Policy>]) {
    for (group, kind) in policies.iter().flat_map(|policy| policy.custom_kinds()) {
        Kind::name_another(group, kind);
    }
}

/// Why something is not read.
fn reason(problem: &Unread) -> String {
    match problem {
        Unread::Forbidden(resource) => format!("may not be listed; grant `list` on {resource}"),
        other => other.to_string(),
    }
}

/// How a kind is called in rights.
fn plural(kind: Kind) -> String {
    match kind.group() {
        "" => kind.plural().to_owned(),
        group => format!("{}.{group}", kind.plural()),
    }
}

/// The path of an object in the API.
fn path(key: &ObjectKey) -> String {
    let ObjectKey { kind, namespace, name } = key;
    let (api, version) = (if kind.group().is_empty() { "api" } else { "apis" }, kind.api_version());
    match kind.is_namespaced() {
        true => format!("{api}/{version}/namespaces/{namespace}/{}/{name}", kind.plural()),
        false => format!("{api}/{version}/{}/{name}", kind.plural()),
    }
}

/// Reads one kind after the other.
struct Reader<'a> {
    client: &'a Client,
    scope: Scope<'a>,
    terms: Terms<'a>,
    judge: Judge<'a>,
    intake: Intake<'a>,
    /// What is reported on owners that are not known yet.
    waiting: Vec<(Judged, Site)>,
    read: usize,
    progress: Progress,
}

impl Reader<'_> {
    async fn read(&mut self, kind: Kind) {
        let (client, scope) = (self.client, self.scope);
        let one_by_one: Vec<Option<&str>> = match scope {
            Scope::Namespaces(names) if kind.is_namespaced() => {
                names.iter().map(|name| Some(name.as_str())).collect()
            }
            _ => vec![None],
        };
        let wanted = self.wanted(kind);
        let mut is_complete = true;
        for namespace in one_by_one {
            let take = &mut |object| is_complete &= self.take(kind, object);
            if let Err(problem) = inventory::list_each(client, &wanted, namespace, take).await {
                is_complete = self.miss(kind, &problem).await;
                break;
            }
        }
        self.intake.scan.set_complete(kind, is_complete);
    }

    /// Takes in an object; tells whether it could be read.
    fn take(&mut self, kind: Kind, object: Result<Object, String>) -> bool {
        self.read += 1;
        let read = self.read;
        self.progress.tell(|| format!("read {read} objects, now {}", kind.plural()));
        let object = match object {
            Ok(object) => object,
            Err(text) => {
                self.intake.add_problem(problem(plural(kind), text));
                return false;
            }
        };
        let judged = self.judge.judge(&object);
        let is_asked = match self.scope {
            Scope::Everything => true,
            Scope::Namespaces(_) if kind.is_namespaced() => true,
            Scope::Namespaces(names) => {
                kind == Kind::Namespace && names.iter().any(|name| *name == *judged.key().name)
            }
        };
        let judged = if is_asked { judged } else { judged.unasked() };
        let place = Place::nowhere(&path(judged.key()));
        let site = Site::of(&object, place, self.terms.rules);
        match judged.owner() {
            Some(_) => self.waiting.push((judged, site)),
            None => self.intake.take(Batch::of(vec![(judged, site)])),
        }
        true
    }

    fn wanted(&self, kind: Kind) -> Wanted {
        let rules = self.terms.rules;
        Wanted { kind, is_whole: rules.sees_whole(kind), versions: rules.versions_of(kind) }
    }

    /// Tells which custom checks do not judge what they are meant to.
    fn tell_unread(&mut self) {
        let rules = self.terms.rules;
        for policy in rules.policies() {
            for rejected in rules.unread(policy) {
                let (name, id) = (&policy.name, &rejected.id);
                warn(&format!("AuditPolicy `{name}`: `{id}` is left out: {}", rejected.reason));
            }
        }
        for (group, kind) in rules.seen_whole() {
            if Kind::find_named(group, kind).is_none() {
                let text = "is not read: custom checks name too many kinds".to_owned();
                self.intake.add_problem(problem(format!("{kind}.{group}"), text));
            }
        }
    }

    /// Tells that a kind is not read, and whether that means that there is nothing of it.
    async fn miss(&mut self, kind: Kind, unread: &Unread) -> bool {
        let is_narrow = matches!(self.scope, Scope::Namespaces(_));
        match unread {
            // An add-on that nobody has installed.
            Unread::NotServed if kind.is_optional() => return true,
            // What takes a right of its own, or is only there to be looked up: checks know that.
            Unread::Forbidden(_) if kind.needs_grant() => {}
            Unread::Forbidden(_) if is_narrow && kind == Kind::Namespace => {
                self.find_namespaces().await;
            }
            Unread::Forbidden(_) if is_narrow && !kind.is_namespaced() => {}
            unread => self.intake.add_problem(problem(plural(kind), reason(unread))),
        }
        false
    }

    /// Who may not list namespaces may still read some.
    async fn find_namespaces(&mut self) {
        let Scope::Namespaces(names) = self.scope else { return };
        let wanted = self.wanted(Kind::Namespace);
        for name in names {
            match inventory::find(self.client, &wanted, name).await {
                Ok(Some(namespace)) => drop(self.take(Kind::Namespace, Ok(namespace))),
                Ok(None) | Err(Unread::Forbidden(_)) => {}
                Err(unread) => {
                    self.intake.add_problem(problem(plural(Kind::Namespace), reason(&unread)));
                }
            }
        }
    }

    /// Reports on those at the top, as the controller does. What an owner has left behind that is gone is
    /// not reported.
    async fn settle_owners(&mut self) {
        let owners: HashSet<Target> =
            self.waiting.iter().filter_map(|(judged, _)| judged.owner().cloned()).collect();
        let look = |owner: Target| async {
            let found = find_owner(self.client.clone(), owner.clone()).await;
            (owner, found)
        };
        let looks = stream::iter(owners.into_iter().map(look)).buffer_unordered(LOOKS);
        let found: HashMap<Target, Owner> = looks.collect().await;
        for (mut judged, site) in std::mem::take(&mut self.waiting) {
            match judged.owner().and_then(|owner| found.get(owner)) {
                Some(Owner::Top(top)) => judged.set_owner(top.clone()),
                Some(Owner::Missing) => continue,
                _ => {}
            }
            self.intake.take(Batch::of(vec![(judged, site)]));
        }
    }
}
