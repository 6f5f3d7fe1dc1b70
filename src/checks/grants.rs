//! Judges a role by what it grants: the question that most checks of roles share.

use crate::{
    api::Severity,
    model::{Carriers, Cluster, Facts, Kind, ObjectKey, Origin, PolicyRule, Reach, Role},
};

use super::{Evidence, Verdict};

/// What a check of roles looks for.
pub(crate) struct Grants {
    /// Whether a rule gives it, where the rule reaches so far.
    pub(crate) gives: fn(&PolicyRule, Reach) -> bool,
    /// The field of the rule that shows it, with a slash; empty for the rule.
    pub(crate) field: &'static str,
    /// What should be there instead.
    pub(crate) wanted: &'static str,
    /// What the role does.
    pub(crate) message: &'static str,
}

/// A rule that gives what is looked for.
struct Given<'a> {
    path: String,
    rule: &'a PolicyRule,
    /// The role that it comes from, by aggregation.
    part: Option<&'a str>,
}

impl Grants {
    /// The kinds that are judged.
    pub(crate) const KINDS: &'static [Kind] = &[Kind::ClusterRole, Kind::Role];
    /// The kinds that are looked up.
    pub(crate) const READS: &'static [Kind] =
        &[Kind::ClusterRole, Kind::ClusterRoleBinding, Kind::RoleBinding];

    /// Judges a Role or `ClusterRole` by how far it is bound. Whom nobody is bound to is worth
    /// knowing and no more.
    pub(crate) fn judge(&self, facts: &Facts, cluster: &Cluster) -> Verdict {
        let Some(role) = facts.role().filter(|_| facts.rbac_origin() == Origin::Own) else {
            return Verdict::NotApplicable;
        };
        let given = self.given(facts, role, cluster);
        if given.is_empty() {
            return match role.is_to_be_filled() && !cluster.is_complete(Kind::ClusterRole) {
                true => Verdict::Unknown("roles that it aggregates may be elsewhere".into()),
                false => Verdict::Pass,
            };
        }
        let kinds = [Kind::ClusterRoleBinding, Kind::RoleBinding];
        let all_known = kinds.into_iter().all(|kind| cluster.is_complete(kind));
        let carriers = cluster.rbac().carriers(facts);
        let reaches = carriers.reaches();
        let is_carried =
            |given: &Given<'_>| reaches.iter().any(|reach| (self.gives)(given.rule, reach));
        let carried = given.iter().filter(|given| is_carried(given)).map(|one| self.evidence(one));
        let carried: Vec<_> = carried.collect();
        if !carried.is_empty() {
            let bindings = self.bindings(&carriers, &given);
            return Verdict::fail(format!("{}; granted by {bindings}", self.message), carried);
        }
        let all: Vec<_> = given.iter().map(|given| self.evidence(given)).collect();
        match (reaches.is_empty(), all_known) {
            (true, true) => Verdict::fail(format!("{}; nobody is bound to it", self.message), all)
                .at_severity(Severity::Info),
            (true, false) => Verdict::fail(self.message, all),
            (false, true) => Verdict::Pass,
            (false, false) => Verdict::Unknown("it may be bound further elsewhere".into()),
        }
    }

    /// The rules that give it. What an aggregated role has from a role that is judged itself is
    /// found there.
    fn given<'a>(&self, facts: &'a Facts, role: &'a Role, cluster: &'a Cluster) -> Vec<Given<'a>> {
        let reach = Reach::of(&facts.key);
        let rules = role.rules.iter().enumerate();
        let own = rules.filter(|(_, rule)| (self.gives)(rule, reach)).map(|(index, rule)| Given {
            path: format!("/rules/{index}{}", self.field),
            rule,
            part: None,
        });
        let mut given: Vec<_> = own.collect();
        if role.aggregation_rule.is_none() || (given.is_empty() && !role.is_to_be_filled()) {
            return given;
        }
        let parts = cluster.rbac().parts(facts);
        let has = |part: &Facts, rule| part.role().is_some_and(|role| role.rules.contains(rule));
        let is_judged = |part: &Facts| part.rbac_origin() == Origin::Own;
        given.retain(|one| !parts.iter().any(|part| is_judged(part) && has(part, one.rule)));
        if role.is_to_be_filled() {
            for part in parts.into_iter().filter(|part| !is_judged(part)) {
                let rules = part.role().into_iter().flat_map(|role| role.rules.iter());
                given.extend(rules.filter(|rule| (self.gives)(rule, reach)).map(|rule| Given {
                    path: "/aggregationRule".to_owned(),
                    rule,
                    part: Some(&part.key.name),
                }));
            }
        }
        given
    }

    fn evidence(&self, Given { path, rule, part }: &Given<'_>) -> Evidence {
        let mut found = format!("{} on {}", rule.verbs.join(", "), rule.resources.join(", "));
        if !rule.resource_names.is_empty() {
            found = format!("{found} named {}", rule.resource_names.join(", "));
        }
        if let Some(part) = part {
            found = format!("{found}, from ClusterRole `{part}`");
        }
        Evidence::at(path.as_str(), found, self.wanted)
    }

    /// The first bindings that carry it to somebody. How many more there are changes too often.
    fn bindings(&self, carriers: &Carriers<'_>, given: &[Given<'_>]) -> String {
        let reaches = carriers.reaches().iter();
        let reaches =
            reaches.filter(|reach| given.iter().any(|one| (self.gives)(one.rule, *reach)));
        let mut carriers = reaches.flat_map(|reach| carriers.of(reach));
        let named: Vec<_> = carriers.by_ref().take(2).map(title).collect();
        let rest = if carriers.next().is_some() { " and others" } else { "" };
        format!("{}{rest}", named.join(", "))
    }
}

fn title(key: &ObjectKey) -> String {
    let ObjectKey { kind, namespace, name } = key;
    match namespace.is_empty() {
        true => format!("{kind} `{name}`"),
        false => format!("{kind} `{namespace}/{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::decode;

    const GRANTS: Grants = Grants {
        gives: |rule, _| rule.allows("", &["secrets"], &["get"]),
        field: "",
        wanted: "none",
        message: "role reads",
    };

    const ROLE: &str = r#"{"metadata": {"name": "reader"}, "rules": [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]}"#;

    fn binding(subjects: &str) -> String {
        format!(
            r#"{{"metadata": {{"name": "b", "namespace": "shop"}}, "subjects": {subjects},
                "roleRef": {{"kind": "ClusterRole", "name": "reader"}}}}"#
        )
    }

    /// Severity and message about the role, given bindings to it.
    fn judged(bindings: &[String], complete: bool) -> (Option<Severity>, String) {
        let mut cluster = Cluster::default();
        for kind in Grants::READS {
            cluster.set_complete(*kind, complete);
        }
        let role = Facts::of(&decode(Kind::ClusterRole, ROLE).unwrap());
        cluster.insert(role.clone());
        for binding in bindings {
            cluster.insert(Facts::of(&decode(Kind::RoleBinding, binding).unwrap()));
        }
        match GRANTS.judge(&role, &cluster) {
            Verdict::Fail(finding) => (finding.severity, finding.message.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_role_that_is_proved_to_be_nobodys_is_worth_knowing_only() {
        let alice = binding(r#"[{"kind": "User", "name": "alice"}]"#);
        let nobody = binding("[]");
        let granted = (None, "role reads; granted by RoleBinding `shop/b`".to_owned());
        let unbound = (Some(Severity::Info), "role reads; nobody is bound to it".to_owned());
        assert_eq!(judged(std::slice::from_ref(&alice), true), granted);
        assert_eq!(judged(&[alice], false), granted);
        assert_eq!(judged(&[], true), unbound);
        assert_eq!(judged(&[nobody], true), unbound);
        assert_eq!(judged(&[], false), (None, "role reads".to_owned()));
    }
}
