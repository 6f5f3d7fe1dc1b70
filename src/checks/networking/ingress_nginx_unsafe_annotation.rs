use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Labels, Object as ClusterObject},
};

check! {
    /// Ingresses put no code into the configuration of NGINX.
    ///
    /// ## Why
    ///
    /// Snippets, and values that break out of their place in the configuration, run with the rights
    /// of the Ingress controller: who may write an Ingress reads every Secret of the cluster
    /// (CVE-2021-25742, CVE-2023-5043, CVE-2025-1974).
    ///
    /// ## Fix
    ///
    /// Remove the annotation, and switch snippets off in the `ConfigMap` of the controller:
    ///
    /// ```yaml
    /// data:
    ///   allow-snippet-annotations: "false"
    /// ```
    ///
    /// Found are annotations of ingress-nginx and of NGINX's own controller whose name ends with
    /// `-snippet` or `-snippets`; `auth-url`, `auth-tls-match-cn`, `mirror-target` and `mirror-host`
    /// with a line break, brace, quote or semicolon; values with Lua code, with the directives
    /// `alias` or `root`, or with the path of passwords or tokens; and a `ConfigMap` that allows
    /// snippets.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations-risk/>
    /// - CVE-2021-25742, CVE-2021-25746, CVE-2023-5043, CVE-2025-1097, CVE-2025-1098, CVE-2025-24514
    /// - Checkov `CKV_K8S_153`, Kyverno `disallow-ingress-nginx-custom-snippets`
    "ingress-nginx-unsafe-annotation", Networking, High, Core,
    Object(&[Kind::Ingress, Kind::ConfigMap], run),
    remediation: "remove the annotation, and set `allow-snippet-annotations` to false",
}

/// What the two controllers read.
const PREFIXES: [&str; 2] = ["nginx.ingress.kubernetes.io/", "nginx.org/"];

/// Values that were put into the configuration as they are.
const COPIED: [&str; 4] = ["auth-url", "auth-tls-match-cn", "mirror-target", "mirror-host"];

/// The key of the controller's configuration.
const ALLOW_SNIPPETS: &str = "allow-snippet-annotations";

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    match &object.body {
        Body::Ingress(_) => of_annotations(&object.meta.annotations),
        Body::ConfigMap(map) => {
            let data = map.data.as_ref();
            let value = data.and_then(|data| data.get(ALLOW_SNIPPETS));
            if value.is_none_or(|value| value != "true") {
                return Verdict::Pass;
            }
            let path = format!("/data/{ALLOW_SNIPPETS}");
            let evidence = Evidence::at(path, "true", "false");
            Verdict::fail("ingress controller allows snippets", [evidence])
        }
        _ => Verdict::NotApplicable,
    }
}

fn of_annotations(annotations: &Labels) -> Verdict {
    let unsafe_ones = annotations.iter().filter_map(|(key, value)| {
        let name = PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix))?;
        Some((key, objection(name, value)?))
    });
    let found: Vec<(&str, &str)> = unsafe_ones.collect();
    let evidence = found.iter().map(|(key, objection)| {
        let pointer = key.replace('~', "~0").replace('/', "~1");
        Evidence::at(format!("/metadata/annotations/{pointer}"), (*objection).to_owned(), "absent")
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        let keys: Vec<&str> = found.iter().map(|(key, _)| *key).collect();
        format!("configuration of NGINX in annotation {}", enumerate(&keys))
    })
}

/// What is wrong with the value of an annotation; the value itself may be secret.
fn objection(name: &str, value: &str) -> Option<&'static str> {
    let has = |texts: &[&str]| texts.iter().any(|text| value.contains(text));
    if name.ends_with("-snippet") || name.ends_with("-snippets") {
        Some("a snippet")
    } else if COPIED.contains(&name) && value.contains(['\n', '\r', '{', '}', '"', '\'', ';']) {
        Some("breaks out of its place")
    } else if has(&["_by_lua", "lua_package", "load_module"]) {
        Some("code")
    } else if has(&["/etc/passwd", "/var/run/secrets", "serviceaccount/token"]) {
        Some("a path of secrets")
    } else if value.contains(';') && value.split_whitespace().any(is_directive) {
        Some("a directive")
    } else {
        None
    }
}

fn is_directive(word: &str) -> bool {
    matches!(word.trim_end_matches(';'), "alias" | "root")
}
