//! The words that rules of built-in checks share: variables, each made from those before it.

/// Name and expression.
const WORDS: &[(&str, &str)] = &[
    (
        "pod",
        "object.kind == 'Pod' ? object.?spec.orValue({}) : \
         object.kind == 'CronJob' ? object.?spec.?jobTemplate.?spec.?template.?spec.orValue({}) : \
         object.kind == 'PodTemplate' ? object.?template.?spec.orValue({}) : \
         object.?spec.?template.?spec.orValue({})",
    ),
    (
        "podMetadata",
        "object.kind == 'Pod' ? object.metadata : \
         object.kind == 'CronJob' ? object.?spec.?jobTemplate.?spec.?template.?metadata.orValue({}) : \
         object.kind == 'PodTemplate' ? object.?template.?metadata.orValue({}) : \
         object.?spec.?template.?metadata.orValue({})",
    ),
    (
        "containers",
        "variables.pod.?initContainers.orValue([]) + variables.pod.?containers.orValue([]) + \
         variables.pod.?ephemeralContainers.orValue([])",
    ),
    (
        "running",
        "variables.pod.?initContainers.orValue([]).filter(container, \
         container.?restartPolicy.orValue('') == 'Always') + \
         variables.pod.?containers.orValue([])",
    ),
    ("podSecurity", "variables.pod.?securityContext.orValue({})"),
    ("podAnnotations", "variables.podMetadata.?annotations.orValue({})"),
    ("volumes", "variables.pod.?volumes.orValue([])"),
    ("isWindows", "variables.pod.?os.?name.orValue('') == 'windows'"),
    ("hasOwnUsers", "variables.pod.?hostUsers.orValue(true) == false"),
    (
        "isBatch",
        "object.kind in ['Job', 'CronJob'] || object.kind in ['Pod', 'PodTemplate'] && \
         variables.pod.?restartPolicy.orValue('Always') in ['Never', 'OnFailure']",
    ),
];

/// The words that texts use, and those that these are made from, in their order.
pub(super) fn used(texts: &[&str]) -> Vec<(&'static str, &'static str)> {
    let mut used: Vec<(&str, &str)> = Vec::new();
    for (name, expression) in WORDS.iter().rev() {
        let by_words = used.iter().any(|(_, text)| names(text, name));
        if by_words || texts.iter().any(|text| names(text, name)) {
            used.push((name, expression));
        }
    }
    used.reverse();
    used
}

/// Whether an expression reads a variable.
pub(super) fn names(text: &str, name: &str) -> bool {
    let mut rests = text.split("variables.").skip(1);
    rests.any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        &rest[..end] == name
    })
}
