//! What the API server writes to its audit log.

use serde_json::json;

/// The audit policy: every request with its user, and the bodies of writes to our own group.
/// The first rule that matches counts.
pub(crate) fn render() -> String {
    let policy = json!({
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        // A second record for each request that says nothing new.
        "omitStages": ["RequestReceived"],
        "rules": [
            {
                "level": "None",
                "nonResourceURLs":
                    ["/healthz*", "/livez*", "/readyz*", "/metrics", "/version", "/openapi/*"],
            },
            {
                "level": "Request",
                "verbs": ["create", "update", "patch", "delete", "deletecollection"],
                "resources": [{ "group": "holystone.dev" }],
            },
            { "level": "Metadata" },
        ],
    });
    policy.to_string()
}
