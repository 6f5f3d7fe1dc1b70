//! All active policies together: what is evaluated for each kind, and who asks for it.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    api::Severity,
    checks::{Check, Context, Finding, Parameters, Run, Verdict},
    model::{Cluster, Facts, Kind, KindSet, Labels, Object, ObjectKey},
};

use super::{Policy, Verdicts};

/// The most policies that can be active at once.
pub const MAX_POLICIES: usize = 64;

/// A set of active policies, by their position in [`Rules::policies`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PolicySet(u64);

impl PolicySet {
    fn insert(&mut self, position: usize) {
        self.0 |= 1 << position;
    }

    /// Whether a policy is in the set.
    #[must_use]
    pub fn contains(self, position: usize) -> bool {
        self.0 & (1 << position) != 0
    }

    /// Whether no policy is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The policies that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The positions in the set.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..MAX_POLICIES).filter(move |position| self.contains(*position))
    }
}

impl FromIterator<usize> for PolicySet {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        let mut set = Self::default();
        positions.into_iter().for_each(|position| set.insert(position));
        set
    }
}

/// One check with one set of parameters.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The check.
    pub check: &'static Check,
    parameters: Parameters,
    parameters_key: String,
    /// The policies that enable it so.
    pub enabled_by: PolicySet,
    /// Severities that policies give it.
    severities: BTreeMap<usize, Severity>,
}

/// What an answer depends on, and so how long it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The pod template: objects with the same one share the answer.
    Template,
    /// The object itself, and perhaps the time.
    Object,
    /// Other objects too.
    Related,
}

/// The active policies, compiled together.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    policies: Vec<Arc<Policy>>,
    kinds: BTreeMap<Kind, Vec<Evaluation>>,
    signatures: BTreeMap<Kind, u64>,
    /// The kinds whose related checks look up a kind, by that kind.
    readers: BTreeMap<Kind, KindSet>,
    kubernetes_minor: u16,
}

impl Rules {
    /// Compiles policies, sorted by name; those beyond [`MAX_POLICIES`] are left out.
    #[must_use]
    pub fn new(mut policies: Vec<Arc<Policy>>, kubernetes_minor: u16) -> Self {
        policies.sort_by(|a, b| a.name.cmp(&b.name));
        policies.truncate(MAX_POLICIES);
        let mut rules = Self { policies, kubernetes_minor, ..Self::default() };
        for &kind in Kind::ANY {
            let evaluations = rules.compile(kind);
            if !evaluations.is_empty() {
                rules.kinds.insert(kind, evaluations);
            }
        }
        rules.readers =
            Kind::ALL.into_iter().map(|kind| (kind, rules.find_readers(kind))).collect();
        rules.signatures = Kind::ALL.into_iter().map(|kind| (kind, rules.sign(kind))).collect();
        rules
    }

    fn compile(&self, kind: Kind) -> Vec<Evaluation> {
        let mut evaluations: Vec<Evaluation> = Vec::new();
        for (position, policy) in self.policies.iter().enumerate() {
            for enabled in &policy.enabled {
                if !enabled.check.run.kinds().contains(&kind) {
                    continue;
                }
                let same = |known: &Evaluation| {
                    known.check.id == enabled.check.id
                        && known.parameters_key == enabled.parameters_key
                };
                let index = evaluations.iter().position(same).unwrap_or(evaluations.len());
                if index == evaluations.len() {
                    evaluations.push(Evaluation {
                        check: enabled.check,
                        parameters: enabled.parameters.clone(),
                        parameters_key: enabled.parameters_key.clone(),
                        enabled_by: PolicySet::default(),
                        severities: BTreeMap::new(),
                    });
                }
                let evaluation = &mut evaluations[index];
                evaluation.enabled_by.insert(position);
                if let Some(severity) = enabled.severity {
                    evaluation.severities.insert(position, severity);
                }
            }
        }
        evaluations
            .sort_by(|a, b| (a.check.id, &a.parameters_key).cmp(&(b.check.id, &b.parameters_key)));
        evaluations
    }

    /// The active policies, sorted by name.
    #[must_use]
    pub fn policies(&self) -> &[Arc<Policy>] {
        &self.policies
    }

    /// What is evaluated for a kind, sorted by check.
    #[must_use]
    pub fn evaluations(&self, kind: Kind) -> &[Evaluation] {
        self.kinds.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The kinds that have to be read: judged ones, and those that checks look up. Pods tell
    /// nothing of what their owners do not, yet bare ones and those of custom owners do.
    #[must_use]
    pub fn kinds(&self) -> KindSet {
        let evaluations = self.kinds.values().flatten();
        evaluations.flat_map(|evaluation| evaluation.check.run.needs()).collect()
    }

    /// The kinds that a policy needs: those of its checks, and those that they look up.
    #[must_use]
    pub fn kinds_of(&self, policy: usize) -> KindSet {
        let enabled = self.policies.get(policy).into_iter().flat_map(|policy| &policy.enabled);
        enabled.flat_map(|enabled| enabled.check.run.needs()).collect()
    }

    /// Changes when objects of a kind have to be read again, because what was kept of them does
    /// not answer for the new policies.
    #[must_use]
    pub fn signature(&self, kind: Kind) -> u64 {
        self.signatures.get(&kind).copied().unwrap_or_default()
    }

    fn sign(&self, kind: Kind) -> u64 {
        let mut hasher = DefaultHasher::new();
        for evaluation in self.evaluations(kind) {
            (evaluation.check.id, &evaluation.parameters_key).hash(&mut hasher);
        }
        for policy in &self.policies {
            (&policy.name, policy.scope.objects()).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The policies whose object selector selects an object with these labels.
    #[must_use]
    pub fn selecting_labels(&self, labels: &Labels) -> PolicySet {
        self.positions(|policy| policy.scope.selects_labels(labels))
    }

    /// The policies that select what is in a namespace with these labels.
    #[must_use]
    pub fn selecting_namespace(&self, name: &str, labels: &Labels) -> PolicySet {
        self.positions(|policy| policy.scope.selects_namespace(name, labels))
    }

    /// The policies that select cluster-scoped objects of a kind.
    #[must_use]
    pub fn selecting_cluster_scoped(&self, kind: Kind) -> PolicySet {
        self.positions(|policy| policy.scope.selects_cluster_scoped(kind))
    }

    fn positions(&self, selects: impl Fn(&Policy) -> bool) -> PolicySet {
        let positions = self.policies.iter().enumerate();
        positions.filter(|(_, policy)| selects(policy)).map(|(position, _)| position).collect()
    }

    /// The policies that select an object by where it is; `None` when its Namespace is not known.
    #[must_use]
    pub fn selecting_place(&self, key: &ObjectKey, cluster: &Cluster) -> Option<PolicySet> {
        let namespace = match key.kind {
            Kind::Namespace => &key.name,
            kind if !kind.is_namespaced() => return Some(self.selecting_cluster_scoped(kind)),
            _ => &key.namespace,
        };
        cluster
            .namespace_labels(namespace)
            .map(|labels| self.selecting_namespace(namespace, labels))
    }

    /// Asks every check that looks at the object alone, or at its template alone.
    #[must_use]
    pub fn judge_alone(&self, object: &Object, part: Part, now: Timestamp) -> Verdicts {
        let nothing = Cluster::default();
        let evaluations = self.evaluations(object.kind).iter().enumerate();
        evaluations
            .filter(|(_, evaluation)| evaluation.part() == part)
            .map(|(position, evaluation)| {
                let context = evaluation.context(self.kubernetes_minor, now);
                (position as u16, evaluation.check.judge(object, &nothing, &context))
            })
            .collect()
    }

    /// Asks every check that looks at other objects too. With `settled`, a check whose kinds have
    /// not all been read completely cannot know yet.
    #[must_use]
    pub fn judge_related(
        &self,
        facts: &Facts,
        cluster: &Cluster,
        settled: bool,
        now: Timestamp,
    ) -> Verdicts {
        let evaluations = self.evaluations(facts.kind()).iter().enumerate();
        evaluations
            .filter_map(|(position, evaluation)| {
                let (Run::Related(lookup) | Run::RelatedTimed(lookup)) = evaluation.check.run
                else {
                    return None;
                };
                // What takes a right of its own is often not read; checks see to that themselves.
                let mut reads = lookup.reads.iter().filter(|kind| !kind.needs_grant());
                let missing = reads.find(|kind| !cluster.is_complete(**kind));
                let context = evaluation.context(self.kubernetes_minor, now);
                let verdict = match missing.filter(|_| settled) {
                    Some(kind) => Verdict::Unknown(format!("no complete list of {kind}s").into()),
                    None => (lookup.run)(facts, cluster, &context),
                };
                Some((position as u16, verdict))
            })
            .collect()
    }

    /// Whether checks that depend on the time look at a kind by itself; relations are judged again by
    /// each audit.
    #[must_use]
    pub fn is_timed(&self, kind: Kind) -> bool {
        let mut runs = self.evaluations(kind).iter().map(|evaluation| evaluation.check.run);
        runs.any(|run| matches!(run, Run::Timed(..)))
    }

    /// The kinds whose related checks look up `read`.
    #[must_use]
    pub fn judged_by(&self, read: Kind) -> KindSet {
        self.readers.get(&read).copied().unwrap_or_default()
    }

    fn find_readers(&self, read: Kind) -> KindSet {
        let looks_up = |evaluations: &[Evaluation]| {
            evaluations.iter().any(|evaluation| evaluation.check.run.reads().contains(&read))
        };
        let kinds = self.kinds.iter();
        kinds.filter(|(_, evaluations)| looks_up(evaluations)).map(|(kind, _)| *kind).collect()
    }

    /// Whether some policy enables a check.
    #[must_use]
    pub fn enables(&self, check: &str) -> bool {
        self.kinds.values().flatten().any(|evaluation| evaluation.check.id == check)
    }

    /// Whether each check is evaluated once for a kind, and a policy in `selecting` asks for it.
    #[must_use]
    pub fn asks_plainly(&self, kind: Kind, selecting: PolicySet) -> bool {
        let evaluations = self.evaluations(kind);
        evaluations.iter().all(|evaluation| !evaluation.enabled_by.and(selecting).is_empty())
            && evaluations.is_sorted_by(|left, right| left.check.id < right.check.id)
    }

    /// Whether related checks look at a kind.
    #[must_use]
    pub fn is_related(&self, kind: Kind) -> bool {
        self.evaluations(kind).iter().any(|evaluation| evaluation.check.run.is_related())
    }
}

impl Evaluation {
    fn context(&self, kubernetes_minor: u16, now: Timestamp) -> Context<'_> {
        Context::new(&self.parameters, kubernetes_minor, now)
    }

    /// What its answer depends on.
    #[must_use]
    pub fn part(&self) -> Part {
        match self.check.run {
            Run::Workload(_) => Part::Template,
            Run::Object(..) | Run::Timed(..) => Part::Object,
            Run::Related(_) | Run::RelatedTimed(_) => Part::Related,
        }
    }

    /// The severity that a policy gives a finding.
    #[must_use]
    pub fn severity(&self, policy: usize, finding: &Finding) -> Severity {
        let own = self.severities.get(&policy).copied();
        own.or(finding.severity).unwrap_or(self.check.severity)
    }
}
