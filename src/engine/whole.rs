//! Objects that custom checks see whole, as they come and go.

use std::sync::Arc;

use crate::model::{Kind, Object, ObjectKey};

use super::{Contents, Findings, View};

impl Findings {
    /// Nothing is known yet, and so many bytes of whole objects may be kept.
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        let mut findings = Self::default();
        findings.set_room(bytes);
        findings
    }

    /// Says how many bytes of whole objects may be kept.
    pub fn set_room(&mut self, bytes: usize) {
        self.contents.set_room(bytes);
    }

    /// Whole objects that custom checks look up.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// All of an object, where a custom check wants to see that. What others look up is kept.
    pub(super) fn view(&mut self, object: &Object, key: &ObjectKey) -> Option<View> {
        let view = View::of(object)?;
        self.keep_whole(key, &view);
        Some(view)
    }

    fn keep_whole(&mut self, key: &ObjectKey, view: &View) {
        let whole = self.rules.keep(key.kind, view);
        if whole.is_some_and(|whole| self.contents.insert(key, None, whole)) {
            self.looked_up_changed(key);
        }
    }

    /// Keeps an object that is not judged, because its owner is, for those that look it up.
    pub(super) fn keep_unjudged(&mut self, key: &ObjectKey, view: Option<&View>) {
        let Some(view) = view.filter(|_| self.rules.looks_up_whole(key.kind)) else { return };
        self.keep_whole(key, view);
        let sweep = self.sweeps.get(&key.kind).copied().unwrap_or_default();
        self.unjudged.insert(key.clone(), sweep);
    }

    /// Marks what custom checks have to judge again because they may have looked up this object.
    pub(super) fn looked_up_changed(&mut self, key: &ObjectKey) {
        let scope = match key.kind {
            Kind::Namespace => Some(Arc::clone(&key.name)),
            _ => Some(Arc::clone(&key.namespace)).filter(|name| !name.is_empty()),
        };
        let everywhere = self.rules.judged_by_everywhere(key.kind);
        for kind in self.rules.judged_by(key.kind).iter() {
            let scope = scope.clone().filter(|_| !everywhere.contains(kind));
            if let (Some(_), Kind::Named(_)) = (&scope, kind) {
                // What is in no namespace looks at all of them.
                self.unrelated.insert((kind, Some("".into())));
            }
            self.unrelated.insert((kind, scope));
        }
    }

    /// An object is gone, or another one stands for it.
    pub(super) fn forget_whole(&mut self, key: &ObjectKey) {
        self.unjudged.remove(key);
        if self.contents.remove(key) {
            self.looked_up_changed(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        engine::{Policy, Rules, Standing, Target},
        model::decode,
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    /// Every Deployment wants a Service of its name, among those that `related` names.
    fn findings(related: &str) -> Findings {
        let spec = format!(
            "checks:
  profiles: []
  custom:
    - id: served
      title: Deployments are served
      severity: high
      match: [{{apiGroups: [apps], kinds: [Deployment]}}]
      relatedKinds: [{related}]
      validations:
        - expression: objects.exists(o, o.metadata.name == object.metadata.name)
"
        );
        let policy = Policy::compile("own", &serde_saphyr::from_str(&spec).unwrap()).unwrap();
        assert!(policy.rejected.is_empty(), "{:?}", policy.rejected);
        let mut findings = Findings::default();
        findings.set_rules(Arc::new(Rules::new(vec![Arc::new(policy)], 36)));
        for kind in [Kind::Namespace, Kind::Service, Kind::Pod, Kind::Deployment] {
            findings.list_started(kind);
            for namespace in ["shop", "office"] {
                match kind {
                    Kind::Namespace => observe(&mut findings, kind, "", namespace),
                    Kind::Deployment => observe(&mut findings, kind, namespace, "web"),
                    _ => {}
                }
            }
            findings.list_done(kind);
        }
        findings.settle(NOW);
        findings
    }

    fn object(kind: Kind, namespace: &str, name: &str) -> Object {
        let json = format!(
            r#"{{"metadata": {{"name": "{name}", "namespace": "{namespace}",
                "resourceVersion": "7"}}}}"#
        );
        Object { whole: Some(json.as_str().into()), ..decode(kind, &json).unwrap() }
    }

    fn observe(findings: &mut Findings, kind: Kind, namespace: &str, name: &str) {
        findings.observe(&object(kind, namespace, name), None, NOW);
    }

    fn standings(findings: &Findings) -> [&'static str; 2] {
        ["shop", "office"].map(|namespace| {
            let target = Target::from(&object(Kind::Deployment, namespace, "web").key());
            match findings.standing(&target, "own.served") {
                Standing::Wanted(_) => "fails",
                Standing::Clean => "passes",
                Standing::Unknown(_) => "unknown",
                other => panic!("{other:?}"),
            }
        })
    }

    #[test]
    fn what_changes_in_a_namespace_is_judged_again_there() {
        let mut findings = findings("{kind: Service}");
        assert_eq!(standings(&findings), ["fails", "fails"]);
        observe(&mut findings, Kind::Service, "shop", "web");
        assert_eq!((findings.settle(NOW), standings(&findings)), (1, ["passes", "fails"]));
        // Nothing is news but the number of the version.
        let mut again = object(Kind::Service, "shop", "web");
        again.whole = again.whole.map(|whole| whole.replace('7', "8").into());
        findings.observe(&again, None, NOW);
        assert_eq!(findings.settle(NOW), 0);
        findings.remove(&again.key());
        assert_eq!((findings.settle(NOW), standings(&findings)), (1, ["fails", "fails"]));
    }

    #[test]
    fn what_is_looked_up_everywhere_is_judged_again_everywhere() {
        let mut findings = findings("{kind: Service, scope: cluster}");
        observe(&mut findings, Kind::Service, "shop", "web");
        assert_eq!((findings.settle(NOW), standings(&findings)), (2, ["passes", "passes"]));
        findings.set_complete(Kind::Service, false);
        findings.settle(NOW);
        assert_eq!(standings(&findings), ["unknown", "unknown"]);
    }

    #[test]
    fn what_does_not_fit_is_unknown() {
        let mut findings = findings("{kind: Service}");
        findings.set_room(findings.contents().taken());
        observe(&mut findings, Kind::Service, "shop", "web");
        assert_eq!((findings.settle(NOW), standings(&findings)), (1, ["unknown", "fails"]));
        assert_eq!(findings.contents().missing(Kind::Service), 1);
        // It is still there, and does not fit.
        findings.list_started(Kind::Service);
        observe(&mut findings, Kind::Service, "shop", "web");
        findings.list_done(Kind::Service);
        findings.settle(NOW);
        assert_eq!(standings(&findings), ["unknown", "fails"]);
        // There is room, which the next list finds.
        findings.set_room(1 << 20);
        findings.list_started(Kind::Service);
        observe(&mut findings, Kind::Service, "shop", "web");
        findings.list_done(Kind::Service);
        findings.settle(NOW);
        assert_eq!(standings(&findings), ["passes", "fails"]);
        // What cannot be read is there, too.
        findings.cannot_decode(&object(Kind::Service, "office", "odd").key());
        findings.settle(NOW);
        assert_eq!(standings(&findings), ["passes", "unknown"]);
        findings.list_started(Kind::Service);
        observe(&mut findings, Kind::Service, "shop", "web");
        findings.list_done(Kind::Service);
        findings.settle(NOW);
        assert_eq!(standings(&findings), ["passes", "fails"]);
    }

    #[test]
    fn objects_that_owners_stand_for_are_looked_up_and_not_judged() {
        let mut findings = findings("{kind: Pod}");
        let key = object(Kind::Pod, "shop", "web").key();
        let view = View::of_known(&key, r#"{"metadata": {"name": "web"}}"#);
        findings.list_started(Kind::Pod);
        findings.observe_owned(&key, None, view.as_ref(), NOW);
        findings.list_done(Kind::Pod);
        findings.settle(NOW);
        assert_eq!(standings(&findings), ["passes", "fails"]);
        assert!(!findings.is_judged(&Target::from(&key)));
        findings.list_started(Kind::Pod);
        findings.list_done(Kind::Pod);
        findings.settle(NOW);
        assert_eq!(standings(&findings), ["fails", "fails"]);
    }
}
