//! All active policies together: what is evaluated for each kind, and who asks for it.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    api::Severity,
    checks::{Context, Finding, Parameters, Run, Verdict},
    model::{Cluster, Facts, Kind, KindSet, Labels, Object, ObjectKey},
};

use super::{
    AnyCheck, Contents, Exemption, Extent, MAX_POLICIES, OwnerKeys, Policy, PolicySet, Verdicts,
    View, whole_kinds::WholeKinds,
};

/// One check with one set of parameters.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The check.
    pub check: AnyCheck,
    part: Part,
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
    pub(super) policies: Vec<Arc<Policy>>,
    kinds: BTreeMap<Kind, Vec<Evaluation>>,
    signatures: BTreeMap<Kind, u64>,
    /// The kinds whose related checks look up a kind, by that kind.
    readers: BTreeMap<Kind, KindSet>,
    /// The kinds that custom checks look up in the whole cluster, and the kinds that they judge then.
    readers_everywhere: BTreeMap<Kind, KindSet>,
    pub(super) whole: WholeKinds,
    /// Whether some exemption selects objects by their labels.
    pub(super) reads_labels: bool,
    /// What names an owner.
    pub owner_keys: OwnerKeys,
    kubernetes_minor: u16,
}

impl Rules {
    /// Compiles policies, sorted by name; those beyond [`MAX_POLICIES`] are left out.
    #[must_use]
    pub fn new(mut policies: Vec<Arc<Policy>>, kubernetes_minor: u16) -> Self {
        policies.sort_by(|a, b| a.name.cmp(&b.name));
        policies.truncate(MAX_POLICIES);
        let mut exemptions = policies.iter().flat_map(|policy| &policy.exemptions);
        let reads_labels = exemptions.any(Exemption::reads_labels);
        let mut rules = Self { policies, reads_labels, kubernetes_minor, ..Self::default() };
        for kind in Kind::ANY.iter().copied().chain(Kind::named()) {
            let evaluations = rules.compile(kind);
            if !evaluations.is_empty() {
                rules.kinds.insert(kind, evaluations);
            }
        }
        rules.whole = WholeKinds::of(&rules);
        let all = || Kind::ALL.into_iter().chain(Kind::named());
        rules.readers = all().map(|kind| (kind, rules.find_readers(kind))).collect();
        rules.readers_everywhere = rules.find_readers_everywhere();
        rules.signatures = all().map(|kind| (kind, rules.sign(kind))).collect();
        rules
    }

    /// The same, with other annotations and labels that name an owner.
    #[must_use]
    pub fn naming_owners_by(self, owner_keys: OwnerKeys) -> Self {
        Self { owner_keys, ..self }
    }

    fn compile(&self, kind: Kind) -> Vec<Evaluation> {
        let mut evaluations: Vec<Evaluation> = Vec::new();
        for (position, policy) in self.policies.iter().enumerate() {
            for enabled in &policy.enabled {
                if !enabled.check.judges(kind) {
                    continue;
                }
                let same = |known: &Evaluation| {
                    known.check == enabled.check && known.parameters_key == enabled.parameters_key
                };
                let index = evaluations.iter().position(same).unwrap_or(evaluations.len());
                if index == evaluations.len() {
                    evaluations.push(Evaluation {
                        check: enabled.check.clone(),
                        part: enabled.check.part(),
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
            .sort_by(|a, b| (&a.check, &a.parameters_key).cmp(&(&b.check, &b.parameters_key)));
        evaluations
    }

    /// The active policies, sorted by name.
    #[must_use]
    pub fn policies(&self) -> &[Arc<Policy>] {
        &self.policies
    }

    /// The position of the policy of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.policies.iter().position(|policy| &*policy.name == name)
    }

    /// The policy of that name.
    #[must_use]
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.position(name).map(|position| &*self.policies[position])
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
        evaluations.flat_map(|evaluation| evaluation.check.needs()).collect()
    }

    /// The kinds that a policy needs: those of its checks, and those that they look up.
    #[must_use]
    pub fn kinds_of(&self, policy: usize) -> KindSet {
        let enabled = self.policies.get(policy).into_iter().flat_map(|policy| &policy.enabled);
        enabled.flat_map(|enabled| enabled.check.needs()).collect()
    }

    /// Changes when objects of a kind have to be read again, because what was kept of them does
    /// not answer for the new policies.
    #[must_use]
    pub fn signature(&self, kind: Kind) -> u64 {
        self.signatures.get(&kind).copied().unwrap_or_default()
    }

    fn sign(&self, kind: Kind) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.whole.of_kind(kind).hash(&mut hasher);
        self.versions_of(kind).hash(&mut hasher);
        for evaluation in self.evaluations(kind) {
            (evaluation.check.id(), &evaluation.parameters_key).hash(&mut hasher);
        }
        for policy in &self.policies {
            (&policy.name, policy.scope.objects()).hash(&mut hasher);
        }
        self.reads_labels.hash(&mut hasher);
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
            kind if is_cluster_scoped(key) => return Some(self.selecting_cluster_scoped(kind)),
            _ => &key.namespace,
        };
        cluster
            .namespace_labels(namespace)
            .map(|labels| self.selecting_namespace(namespace, labels))
    }

    /// Asks every check that looks at the object alone, or at its template alone. `view` is the
    /// whole object, for custom checks.
    #[must_use]
    pub fn judge_alone(
        &self,
        object: &Object,
        view: Option<&View>,
        part: Part,
        now: Timestamp,
    ) -> Verdicts {
        let (nothing, nowhere) = (Cluster::default(), Contents::default());
        let evaluations = self.evaluations(object.kind).iter().enumerate();
        evaluations
            .filter(|(_, evaluation)| evaluation.part == part)
            .map(|(position, evaluation)| {
                let verdict = match &evaluation.check {
                    AnyCheck::BuiltIn(check) => {
                        let context = evaluation.context(self.kubernetes_minor, now);
                        check.judge(object, &nothing, &context)
                    }
                    AnyCheck::Custom(check) => check.judge(view, &nowhere),
                };
                (position as u16, verdict)
            })
            .collect()
    }

    /// Asks every check that looks at other objects too.
    #[must_use]
    pub fn judge_related(
        &self,
        (facts, view): (&Facts, Option<&View>),
        (cluster, contents): (&Cluster, &Contents),
        extent: Extent,
        now: Timestamp,
    ) -> Verdicts {
        let evaluations = self.evaluations(facts.kind()).iter().enumerate();
        evaluations
            .filter(|(_, evaluation)| evaluation.part == Part::Related)
            .map(|(position, evaluation)| {
                let verdict = match (extent.lacks(&evaluation.check, cluster), &evaluation.check) {
                    (Some(lack), _) => Verdict::Unknown(lack.into()),
                    (None, AnyCheck::Custom(check)) => check.judge(view, contents),
                    (None, AnyCheck::BuiltIn(check)) => match check.run {
                        Run::Related(lookup) | Run::RelatedTimed(lookup) => {
                            let context = evaluation.context(self.kubernetes_minor, now);
                            (lookup.run)(facts, cluster, &context)
                        }
                        _ => Verdict::NotApplicable,
                    },
                };
                (position as u16, verdict)
            })
            .collect()
    }

    /// Whether checks that depend on the time look at a kind by itself; relations are judged again by
    /// each audit.
    #[must_use]
    pub fn is_timed(&self, kind: Kind) -> bool {
        self.evaluations(kind).iter().any(|evaluation| evaluation.check.is_timed())
    }

    /// The kinds whose related checks look up `read`.
    #[must_use]
    pub fn judged_by(&self, read: Kind) -> KindSet {
        self.readers.get(&read).copied().unwrap_or_default()
    }

    fn find_readers(&self, read: Kind) -> KindSet {
        let looks_up = |evaluations: &[Evaluation]| {
            evaluations.iter().any(|evaluation| evaluation.check.reads().contains(&read))
        };
        let kinds = self.kinds.iter();
        kinds.filter(|(_, evaluations)| looks_up(evaluations)).map(|(kind, _)| *kind).collect()
    }

    /// The kinds whose related checks look up `read` in the whole cluster.
    #[must_use]
    pub fn judged_by_everywhere(&self, read: Kind) -> KindSet {
        self.readers_everywhere.get(&read).copied().unwrap_or_default()
    }

    fn find_readers_everywhere(&self) -> BTreeMap<Kind, KindSet> {
        let mut readers: BTreeMap<Kind, KindSet> = BTreeMap::new();
        for (kind, evaluations) in &self.kinds {
            for evaluation in evaluations {
                let AnyCheck::Custom(check) = &evaluation.check else { continue };
                for read in check.reads_everywhere() {
                    readers.entry(read).or_default().insert(*kind);
                }
            }
        }
        readers
    }

    /// Whether some policy enables a check.
    #[must_use]
    pub fn enables(&self, check: &str) -> bool {
        self.kinds.values().flatten().any(|evaluation| evaluation.check.id() == check)
    }

    /// Whether each check is evaluated once for a kind, and a policy in `selecting` asks for it.
    #[must_use]
    pub fn asks_plainly(&self, kind: Kind, selecting: PolicySet) -> bool {
        let evaluations = self.evaluations(kind);
        evaluations.iter().all(|evaluation| !evaluation.enabled_by.and(selecting).is_empty())
            && evaluations.is_sorted_by(|left, right| left.check < right.check)
    }

    /// Whether related checks look at a kind.
    #[must_use]
    pub fn is_related(&self, kind: Kind) -> bool {
        self.evaluations(kind).iter().any(|evaluation| evaluation.part == Part::Related)
    }
}

/// An object of a kind that was named is cluster-scoped if it is in no namespace.
pub(super) fn is_cluster_scoped(key: &ObjectKey) -> bool {
    match key.kind {
        Kind::Named(_) => key.namespace.is_empty(),
        kind => !kind.is_namespaced(),
    }
}

impl Evaluation {
    fn context(&self, kubernetes_minor: u16, now: Timestamp) -> Context<'_> {
        Context::new(&self.parameters, kubernetes_minor, now)
    }

    /// What its answer depends on.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// The severity that a policy gives a finding.
    #[must_use]
    pub fn severity(&self, policy: usize, finding: &Finding) -> Severity {
        let own = self.severities.get(&policy).copied();
        own.or(finding.severity).unwrap_or(self.check.severity())
    }
}
