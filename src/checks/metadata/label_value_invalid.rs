use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Labels, Object as ClusterObject},
};

check! {
    /// Label values keep to the syntax of labels.
    ///
    /// ## Why
    ///
    /// The API server refuses an object with a label that it cannot select by, at the moment of the
    /// deployment.
    ///
    /// ## Fix
    ///
    /// A value has at most 63 characters of letters, digits, `-`, `_` and `.`, and begins and ends
    /// with a letter or digit; it may be empty. What is longer belongs into an annotation:
    ///
    /// ```yaml
    /// metadata:
    ///   labels: {version: "1.0"}       # quoted: without quotes it is a number
    ///   annotations: {description: The shop of the town}
    /// ```
    ///
    /// The labels of the object and of its pod template are judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/>
    /// - kube-score `label-values`
    "label-value-invalid", Metadata, Medium, Standard, Object(Kind::ANY, run),
    remediation: "use at most 63 letters, digits, `-`, `_` and `.`; quote numbers and flags",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let template = match &object.body {
        Body::Workload(workload) if object.kind != Kind::Pod => {
            Some((workload.template_path(), &workload.template.metadata.labels))
        }
        _ => None,
    };
    let all: [Option<(&str, &Labels)>; 2] = [Some(("", &object.meta.labels)), template];
    let mut keys = Vec::new();
    let evidence = all.into_iter().flatten().flat_map(|(prefix, labels)| {
        labels.iter().filter(|(_, value)| !is_label_value(value)).map(move |(key, value)| {
            let pointer = key.replace('~', "~0").replace('/', "~1");
            let path = format!("{prefix}/metadata/labels/{pointer}");
            (
                key,
                Evidence::at(
                    path,
                    format!("{} characters", value.chars().count()),
                    "a label value",
                ),
            )
        })
    });
    let evidence: Vec<_> = evidence
        .map(|(key, evidence)| {
            keys.push(key);
            evidence
        })
        .collect();
    Verdict::unless_empty(evidence, |_| match keys.as_slice() {
        [key] => format!("label {} has a value that is not allowed", enumerate(&[key])),
        keys => format!("labels {} have values that are not allowed", enumerate(keys)),
    })
}

/// As `IsValidLabelValue` of apimachinery has it.
fn is_label_value(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_edge = |c: Option<&u8>| c.is_none_or(u8::is_ascii_alphanumeric);
    let is_inner = |c: &u8| c.is_ascii_alphanumeric() || b"-_.".contains(c);
    bytes.len() <= 63
        && is_edge(bytes.first())
        && is_edge(bytes.last())
        && bytes.iter().all(is_inner)
}
