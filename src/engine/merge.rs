//! Several policies, one item: who asks for a finding, how severe it is, and what it shows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::SignedDuration;

use crate::{
    api::Severity,
    checks::{Evidence, Finding},
    model::Kind,
};

use super::{AnyCheck, Evaluation, PolicySet, Rules, Verdicts};

/// A finding that at least one policy asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The check.
    pub check: AnyCheck,
    /// The highest severity among the asking policies.
    pub severity: Severity,
    /// The asking policies, by name.
    pub policies: Vec<Arc<str>>,
    /// The severity that each of them gives it.
    pub severities: Vec<Severity>,
    /// The fact, in the words of the most severe evaluation.
    pub message: Box<str>,
    /// The evidence of all evaluations, once for each path and container.
    pub evidence: Vec<Evidence>,
}

/// How a check stands for an object, over all active policies.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// It fails, and somebody asks for it.
    Wanted(Box<Wanted>),
    /// It cannot be known; nothing is opened and nothing closed.
    Unknown(String),
    /// It was judged and passes, or does not apply.
    Clean,
    /// Policies enable it, and none of them selects the object.
    OutOfScope,
    /// No policy enables it, or all findings are below the floors.
    NotAsked,
}

impl Standing {
    /// How a check stands for a target on whose behalf several objects were judged: it fails if it
    /// fails for one of them, and is clean only if nothing is unknown.
    #[must_use]
    pub fn joined(standings: impl IntoIterator<Item = Self>) -> Self {
        standings.into_iter().reduce(Self::and).unwrap_or(Self::NotAsked)
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Wanted(mut wanted), Self::Wanted(more)) => {
                wanted.join(*more);
                Self::Wanted(wanted)
            }
            (wanted @ Self::Wanted(_), _) | (_, wanted @ Self::Wanted(_)) => wanted,
            (unknown @ Self::Unknown(_), _) | (_, unknown @ Self::Unknown(_)) => unknown,
            (Self::Clean, _) | (_, Self::Clean) => Self::Clean,
            (Self::OutOfScope, _) | (_, Self::OutOfScope) => Self::OutOfScope,
            (Self::NotAsked, Self::NotAsked) => Self::NotAsked,
        }
    }
}

impl Wanted {
    fn join(&mut self, more: Self) {
        self.severity = self.severity.min(more.severity);
        for place in more.evidence {
            let known =
                |seen: &Evidence| (&seen.path, &seen.container) == (&place.path, &place.container);
            if !self.evidence.iter().any(known) {
                self.evidence.push(place);
            }
        }
        let asked = self.policies.drain(..).zip(self.severities.drain(..));
        let asked = asked.chain(more.policies.into_iter().zip(more.severities));
        (self.policies, self.severities) = worst(asked).into_iter().unzip();
    }
}

/// The worst severity of each policy.
fn worst(asked: impl IntoIterator<Item = (Arc<str>, Severity)>) -> BTreeMap<Arc<str>, Severity> {
    let mut worst = BTreeMap::new();
    for (policy, severity) in asked {
        let known = worst.entry(policy).or_insert(severity);
        *known = severity.min(*known);
    }
    worst
}

impl Rules {
    /// How long a finding may stay open: the shortest time of the policies that ask for it.
    #[must_use]
    pub fn due(&self, wanted: &Wanted) -> Option<SignedDuration> {
        let asking = wanted.policies.iter().zip(&wanted.severities);
        asking.filter_map(|(name, severity)| self.policy(name)?.due.get(severity).copied()).min()
    }

    /// How a check stands for an object of a kind that the policies in `selecting` select.
    /// `verdicts` are the answers by [`super::Part`].
    #[must_use]
    pub fn standing(
        &self,
        kind: Kind,
        check: &str,
        selecting: PolicySet,
        verdicts: [&Verdicts; 3],
    ) -> Standing {
        let mut answers = Answers::default();
        for (position, evaluation) in self.evaluations_of(kind, check) {
            if evaluation.enabled_by.is_empty() {
                continue;
            }
            answers.is_enabled = true;
            let asking = evaluation.enabled_by.and(selecting);
            if !asking.is_empty() {
                answers.is_selected = true;
                let verdicts = verdicts[evaluation.part() as usize];
                self.add(&mut answers, evaluation, asking, verdicts, position);
            }
        }
        answers.into_standing()
    }

    /// Whether an object passes a check that a policy in `selecting` asks for, rather than that its
    /// question does not arise.
    #[must_use]
    pub fn passes(
        &self,
        kind: Kind,
        check: &str,
        selecting: PolicySet,
        verdicts: [&Verdicts; 3],
    ) -> bool {
        self.evaluations_of(kind, check).any(|(position, evaluation)| {
            let is_asked = !evaluation.enabled_by.and(selecting).is_empty();
            is_asked && verdicts[evaluation.part() as usize].passed(position)
        })
    }

    fn add<'a>(
        &self,
        answers: &mut Answers<'a>,
        evaluation: &'a Evaluation,
        asking: PolicySet,
        verdicts: &'a Verdicts,
        position: u16,
    ) {
        if let Some(reason) = verdicts.unknown(position) {
            answers.unknown = Some(reason);
        } else if let Some(finding) = verdicts.finding(position) {
            for policy in asking.iter() {
                let severity = evaluation.severity(policy, finding);
                if severity <= self.policies()[policy].floor {
                    answers.check = Some(&evaluation.check);
                    answers.asked.push((severity, policy, finding));
                } else {
                    answers.is_below_floor = true;
                }
            }
        } else {
            answers.is_clean = true;
        }
        let asked = |(severity, policy, _): &(Severity, usize, &Finding)| {
            (Arc::clone(&self.policies()[*policy].name), *severity)
        };
        answers.policies = worst(answers.asked.iter().map(asked));
    }

    /// The evaluations of one check, with their positions: they stand side by side.
    fn evaluations_of(&self, kind: Kind, check: &str) -> impl Iterator<Item = (u16, &Evaluation)> {
        let evaluations = self.evaluations(kind);
        let start = evaluations.partition_point(|evaluation| evaluation.check.id() < check);
        let same = evaluations[start..].iter().take_while(move |next| next.check.id() == check);
        same.enumerate().map(move |(offset, evaluation)| ((start + offset) as u16, evaluation))
    }
}

/// What the evaluations of one check answered.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer that some evaluation gave")]
struct Answers<'a> {
    check: Option<&'a AnyCheck>,
    asked: Vec<(Severity, usize, &'a Finding)>,
    policies: BTreeMap<Arc<str>, Severity>,
    unknown: Option<&'a str>,
    is_enabled: bool,
    is_selected: bool,
    is_below_floor: bool,
    is_clean: bool,
}

impl Answers<'_> {
    fn into_standing(mut self) -> Standing {
        if let Some(check) = self.check {
            self.asked.sort_by_key(|(severity, policy, _)| (*severity, *policy));
            let (severity, _, first) = self.asked[0];
            let mut seen = BTreeSet::new();
            let places = self.asked.iter().flat_map(|(_, _, finding)| &finding.evidence);
            let evidence = places
                .filter(|place| seen.insert((place.path.clone(), place.container.clone())))
                .cloned()
                .collect();
            let (policies, severities) = self.policies.into_iter().unzip();
            return Standing::Wanted(Box::new(Wanted {
                check: check.clone(),
                severity,
                policies,
                severities,
                message: first.message.clone(),
                evidence,
            }));
        }
        match self.unknown {
            Some(reason) => Standing::Unknown(reason.to_owned()),
            None if !self.is_enabled => Standing::NotAsked,
            None if !self.is_selected => Standing::OutOfScope,
            None if self.is_below_floor && !self.is_clean => Standing::NotAsked,
            None => Standing::Clean,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::{
        engine::{Part, Policy},
        model::{Labels, decode},
    };

    /// How `privileged-container` stands for a privileged Deployment in the namespace `shop`.
    fn standing(policies: &[&str]) -> Standing {
        let compile = |(index, spec): (usize, &&str)| {
            let name = ["a", "b", "c"][index];
            Arc::new(Policy::compile(name, &serde_saphyr::from_str(spec).unwrap()).unwrap())
        };
        let rules = Rules::new(policies.iter().enumerate().map(compile).collect(), 37);
        let json = r#"{"metadata": {"name": "web", "namespace": "shop"}, "spec": {"template":
            {"spec": {"containers": [{"name": "app", "securityContext": {"privileged": true}}]}}}}"#;
        let object = decode(Kind::Deployment, json).unwrap();
        let selecting = rules.selecting_namespace("shop", &Labels::default());
        let template = rules.judge_alone(&object, None, Part::Template, Timestamp::UNIX_EPOCH);
        let others = Verdicts::default();
        let verdicts = [&template, &others, &others];
        rules.standing(Kind::Deployment, "privileged-container", selecting, verdicts)
    }

    fn policy(severity: &str, floor: &str) -> String {
        format!(
            "{{severityFloor: {floor}, checks: {{profiles: [], include: [privileged-container], \
             settings: [{{check: privileged-container, severity: {severity}}}]}}}}"
        )
    }

    fn wanted(policies: &[&str]) -> (Severity, Vec<String>) {
        match standing(policies) {
            Standing::Wanted(wanted) => {
                (wanted.severity, wanted.policies.iter().map(ToString::to_string).collect())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_finding_below_every_floor_is_asked_for_by_nobody() {
        let (a, b) = (policy("low", "medium"), policy("high", "critical"));
        assert_eq!(standing(&[&a, &b]), Standing::NotAsked);
    }

    #[test]
    fn only_asking_policies_are_named_and_give_the_severity() {
        let (a, b) = (policy("low", "medium"), policy("medium", "medium"));
        assert_eq!(wanted(&[&a, &b]), (Severity::Medium, vec!["b".to_owned()]));
        let (a, b) = (policy("low", "low"), policy("critical", "high"));
        assert_eq!(wanted(&[&a, &b]), (Severity::Critical, vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn scope_and_enabling_are_told_apart() {
        let elsewhere = "{scope: {namespaces: {include: [office]}}, checks: {profiles: [], \
                         include: [privileged-container]}}";
        assert_eq!(standing(&[elsewhere]), Standing::OutOfScope);
        let other = "{checks: {profiles: [], include: [namespace-owner-missing]}}";
        assert_eq!(standing(&[other]), Standing::NotAsked);
        assert_eq!(standing(&[elsewhere, other]), Standing::OutOfScope);
        let here = policy("critical", "low");
        assert_eq!(wanted(&[elsewhere, &here]).1, ["b"]);
    }

    #[test]
    fn one_failing_object_makes_its_target_fail() {
        let unknown = || Standing::Unknown("why".to_owned());
        let wanted = standing(&[&policy("high", "low")]);
        assert_eq!(Standing::joined([Standing::Clean, wanted.clone()]), wanted);
        assert_eq!(Standing::joined([unknown(), wanted.clone()]), wanted);
        assert_eq!(Standing::joined([Standing::Clean, unknown()]), unknown());
        assert_eq!(Standing::joined([Standing::Clean, Standing::OutOfScope]), Standing::Clean);
        assert_eq!(Standing::joined([]), Standing::NotAsked);
    }
}
