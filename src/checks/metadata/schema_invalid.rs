use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
    schema::{self, Fault, Fit, Wrong},
};

check! {
    /// Objects in files fit the schema of their kind.
    ///
    /// ## Why
    ///
    /// A misspelt field is dropped without a word by a tool that does not ask for strict validation,
    /// and with it the limit, the probe or the security setting that it was to be; one that asks
    /// refuses the whole object. Of a field that is written twice, `kubectl` sends the last one, even
    /// under `--validate=strict`.
    ///
    /// ## Fix
    ///
    /// Write the field as the API has it, in its place and once; `kubectl explain` shows what there
    /// is:
    ///
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata: {name: web}
    /// spec:
    ///   replicas: 3               # not replica
    ///   selector: {matchLabels: {app: web}}
    ///   template:
    ///     metadata: {labels: {app: web}}
    ///     spec:
    ///       containers:
    ///         - name: web
    ///           image: registry.example.com/web:1.4
    ///           imagePullPolicy: IfNotPresent
    ///           resources: {limits: {memory: 1Gi}}     # not in securityContext
    /// ```
    ///
    /// Found are fields that the schema does not have (names are compared with case), fields that
    /// are written twice (not those that replace what a `<<` merges), values of a wrong type,
    /// values that are none of those a field takes, and fields that the API server asks for and
    /// that are not there; in `status` only what cannot be read. The schemas are those of
    /// Kubernetes 1.36: where verdicts are asked for a later version, an unknown field may be a new
    /// one, and is not found. It is not known how objects fit whose version and kind are not among
    /// them: custom resources, and versions that are no longer served. Objects of a cluster are not
    /// judged, for the API server has.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation>
    /// - kube-linter `schema-validation`, Datree's schema validation
    "schema-invalid", Metadata, High, Standard, Object(Kind::ANY, run),
    remediation: "write each field once and as the API has it; `kubectl explain` shows what a kind has",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let faults = match &object.fit {
        Fit::Taken => return Verdict::NotApplicable,
        Fit::NoSchema => {
            return Verdict::Unknown("Kubernetes has no schema of this version and kind".into());
        }
        Fit::Compared(faults) => faults,
    };
    let is_later = context.kubernetes_minor > schema::minor();
    let may_be_new = |fault: &&Fault| is_later && matches!(fault.wrong, Wrong::Unknown(_));
    let certain = || faults.iter().filter(|fault| !may_be_new(fault));
    match (certain().next(), faults.first()) {
        (None, None) => Verdict::Pass,
        (None, Some(fault)) => Verdict::Unknown(format!("{fault}, unless it is a new one").into()),
        (Some(first), _) => {
            let message = match certain().count() - 1 {
                0 => first.to_string(),
                1 => format!("{first}; and one more fault"),
                more => format!("{first}; and {more} more faults"),
            };
            Verdict::fail(message, certain().map(evidence).collect::<Vec<_>>())
        }
    }
}

fn evidence(fault: &Fault) -> Evidence {
    let path = fault.path.clone();
    match fault.wrong {
        Wrong::Unknown(None) => Evidence::at(path, "an unknown field", "a field of the schema"),
        Wrong::Unknown(Some(near)) => Evidence::at(path, "an unknown field", format!("`{near}`")),
        Wrong::Missing => Evidence::at(path, "absent", "present"),
        Wrong::Type { found, wanted } => Evidence::at(path, found, wanted),
        Wrong::NotOneOf(values) => {
            Evidence::at(path, "an unknown value", values.replace('|', ", "))
        }
        Wrong::Repeated => Evidence::at(path, "repeated", "once"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::decode;

    fn judged(fit: Fit, minor: u16) -> Verdict {
        let object = ClusterObject { fit, ..decode(Kind::ConfigMap, "{}").unwrap() };
        let parameters = CHECK.parse_parameters(None).unwrap();
        run(&object, &Context::new(&parameters, minor, Timestamp::UNIX_EPOCH))
    }

    #[test]
    fn objects_of_a_cluster_are_not_judged() {
        assert_eq!(judged(Fit::Taken, schema::minor()), Verdict::NotApplicable);
    }

    #[test]
    fn a_field_that_a_later_version_may_have_is_not_found() {
        let new = Fault { path: "/new".into(), wrong: Wrong::Unknown(None) };
        let missing = Fault { path: "/data".into(), wrong: Wrong::Missing };
        let fit = |faults: &[&Fault]| Fit::Compared(faults.iter().copied().cloned().collect());
        let later = schema::minor() + 1;
        assert!(matches!(judged(fit(&[&new]), later), Verdict::Unknown(_)));
        assert!(matches!(judged(fit(&[&new]), schema::minor()), Verdict::Fail(_)));
        let Verdict::Fail(finding) = judged(fit(&[&new, &missing]), later) else { panic!() };
        assert_eq!(
            finding.evidence.iter().map(|place| &*place.path).collect::<Vec<_>>(),
            ["/data"]
        );
    }

    #[test]
    fn the_text_names_the_version_of_the_schemas() {
        assert!(CHECK.docs.contains(&format!("Kubernetes 1.{}: where", schema::minor())));
    }
}
