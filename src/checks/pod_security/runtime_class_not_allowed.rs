use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

/// Which runtimes pods may choose.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Names of `RuntimeClasses`, for example `gvisor`; without one, any is allowed.
    allowed: Vec<String>,
    /// Also find pods that name no `RuntimeClass`.
    required: bool,
}

check! {
    /// Pods use a `RuntimeClass` that is allowed.
    ///
    /// ## Why
    ///
    /// A `RuntimeClass` chooses how strongly a container is kept apart from its node: gVisor and Kata
    /// more than others, some not at all. It also adds tolerations and overhead.
    ///
    /// ## Fix
    ///
    /// Name one of the allowed classes:
    ///
    /// ```yaml
    /// spec:
    ///   runtimeClassName: gvisor
    /// ```
    ///
    /// The parameter `allowed` lists the classes; with `required` a pod has to name one. Without
    /// either nothing is judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/containers/runtime-class/>
    /// - Kubescape C-0297, Kyverno `restrict-runtimeClassName`
    "runtime-class-not-allowed", PodSecurity, Low, Standard, Workload(run),
    parameters: Parameters,
    remediation: "set `runtimeClassName` to an allowed class",
    rule: Rule::object("variables.pod.?runtimeClassName.orValue('') == '' ? \
        variables.params.required : variables.params.allowed.size() > 0 && \
        !(variables.pod.runtimeClassName in variables.params.allowed)")
        .with(|context| {
            let Parameters { allowed, required } = context.parameters();
            serde_json::json!({ "allowed": allowed, "required": required })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { allowed, required } = context.parameters();
    if allowed.is_empty() && !required {
        return Verdict::NotApplicable;
    }
    let name = workload.pod().runtime_class_name.as_deref().filter(|name| !name.is_empty());
    let is_allowed = |name: &str| allowed.is_empty() || allowed.iter().any(|known| known == name);
    let message = match name {
        Some(name) if is_allowed(name) => return Verdict::Pass,
        None if !required => return Verdict::Pass,
        Some(name) => format!("pods use RuntimeClass `{name}`, which is not allowed"),
        None => "pods name no RuntimeClass".to_owned(),
    };
    let path = workload.pod_path("runtimeClassName");
    let found = name.unwrap_or("absent").to_owned();
    Verdict::fail(message, [Evidence::at(path, found, "an allowed class")])
}
