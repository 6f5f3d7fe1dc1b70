use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Advisory, Body, Kind, NodeInfo, Object, Version, parse_version, show_version},
};

/// Which vulnerabilities do not matter here.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// CVEs that the nodes are mended of without a new version, for example `CVE-2024-25621`.
    ignored: Vec<String>,
}

const CONTAINERD: &[Advisory] = &[
    // A label of an image runs a command on the node: GHSA-xhf5-7wjv-pqxp.
    Advisory {
        id: "CVE-2026-53488",
        since: [0, 0, 0],
        fixed: &[[1, 7, 33], [2, 0, 10], [2, 1, 9], [2, 2, 5], [2, 3, 2]],
    },
    // Users of the node enter its containers: GHSA-pwhc-rpq9-4c8w.
    Advisory {
        id: "CVE-2024-25621",
        since: [0, 1, 0],
        fixed: &[[1, 7, 29], [2, 0, 7], [2, 1, 5], [2, 2, 0]],
    },
    // An image reads files of the node: GHSA-crp2-qrr5-8pq7.
    Advisory {
        id: "CVE-2022-23648",
        since: [0, 0, 0],
        fixed: &[[1, 4, 13], [1, 5, 10], [1, 6, 1]],
    },
];

const CRI_O: &[Advisory] = &[
    // An annotation of a pod gives a command to systemd: GHSA-2cgq-h8xw-2v5j.
    Advisory {
        id: "CVE-2024-3154",
        since: [0, 0, 0],
        fixed: &[[1, 27, 6], [1, 28, 6], [1, 29, 4]],
    },
    // A sysctl of a pod runs a command on the node: GHSA-6x2m-w449-qwx7.
    Advisory {
        id: "CVE-2022-0811",
        since: [1, 19, 0],
        fixed: &[[1, 19, 6], [1, 20, 7], [1, 21, 6], [1, 22, 3], [1, 23, 2]],
    },
];

const LINUX: &[Advisory] = &[
    // nf_tables makes root of a user. Older series than 5.4 are mended by distributions alone.
    Advisory {
        id: "CVE-2024-1086",
        since: [5, 4, 0],
        fixed: &[[5, 4, 269], [5, 10, 210], [5, 15, 149], [6, 1, 76], [6, 6, 15], [6, 7, 3]],
    },
    // Dirty Pipe: any file that can be read can be written.
    Advisory {
        id: "CVE-2022-0847",
        since: [5, 8, 0],
        fixed: &[[5, 10, 102], [5, 15, 25], [5, 16, 11]],
    },
    // The mount of a user namespace makes root of a user.
    Advisory {
        id: "CVE-2022-0185",
        since: [5, 1, 0],
        fixed: &[[5, 4, 173], [5, 10, 93], [5, 15, 16], [5, 16, 2]],
    },
];

check! {
    /// Nodes run a kernel and a container runtime without known ways out of a container.
    ///
    /// ## Why
    ///
    /// What keeps a container on its side of the wall is the kernel and the runtime of the node. With
    /// one of these vulnerabilities any image, or any user, may get through.
    ///
    /// ## Fix
    ///
    /// Move the node pool to a current image, or upgrade the packages and restart; drain each node
    /// before:
    ///
    /// ```yaml
    /// status:
    ///   nodeInfo:
    ///     containerRuntimeVersion: containerd://2.2.5
    /// ```
    ///
    /// Found are versions of containerd, CRI-O and Linux in a small built-in list of escapes. A
    /// kernel is judged only where its number tells the stable release: plain ones, and those of
    /// Amazon Linux, Flatcar and Talos; the others get their fixes without a new number. So may
    /// packages of containerd: name in `ignored` what your distribution has mended. CRI-O with
    /// the fixes of Red Hat (`rhaos`) is not judged.
    ///
    /// ## References
    ///
    /// - CVE-2026-53488, CVE-2024-25621 and CVE-2022-23648 (containerd), CVE-2024-3154 and
    ///   CVE-2022-0811 (CRI-O), CVE-2024-1086, CVE-2022-0847 and CVE-2022-0185 (Linux)
    /// - Kubescape C-0079, C-0087, Kyverno `check-node-for-cve-2022-0185`
    "node-runtime-vulnerable", Versions, Medium, Standard, Object(&[Kind::Node], run),
    parameters: Parameters,
    remediation: "move the node to an image with a current kernel and container runtime",
}

fn run(object: &Object, context: &Context<'_>) -> Verdict {
    let Body::Node(node) = &object.body else { return Verdict::NotApplicable };
    let Parameters { ignored } = context.parameters();
    let NodeInfo { kernel_version, container_runtime_version } = &node.node_info;
    let (mut names, mut ids, mut evidence) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_known = false;
    let runtime = ("containerRuntimeVersion", container_runtime_version, runtime_of as Read);
    let kernel = ("kernelVersion", kernel_version, kernel_of as Read);
    for (field, text, read) in [runtime, kernel] {
        let Some((name, version, advisories)) = read(text) else { continue };
        is_known = true;
        if let Some(has) = Advisory::all_of(advisories, version, ignored) {
            names.push(name);
            ids.extend(has.ids);
            let wanted = format!("{} or newer", show_version(has.fix));
            let path = format!("/status/nodeInfo/{field}");
            evidence.push(Evidence::at(path, text.to_string(), wanted));
        }
    }
    if !is_known {
        return Verdict::NotApplicable;
    }
    Verdict::unless_empty(evidence, |_| {
        format!("node runs {} with {}", names.join(" and "), enumerate(&ids))
    })
}

type Program = (&'static str, Version, &'static [Advisory]);
type Read = fn(&str) -> Option<Program>;

/// What `containerd://2.1.5` is, and what is known of it.
fn runtime_of(text: &str) -> Option<Program> {
    let (name, version) = text.split_once("://")?;
    let is_openshift = version.contains("rhaos");
    let number = parse_version(version)?;
    match name {
        "containerd" => Some(("containerd", number, CONTAINERD)),
        "cri-o" if !is_openshift => Some(("CRI-O", number, CRI_O)),
        _ => None,
    }
}

/// What a kernel is, if its number is that of the stable release.
fn kernel_of(text: &str) -> Option<Program> {
    let suffix = text.trim_start_matches(|next: char| next == '.' || next.is_ascii_digit());
    let is_stable =
        suffix.is_empty() || ["-flatcar", "-talos"].contains(&suffix) || suffix.contains(".amzn");
    Some(("Linux", parse_version(text).filter(|_| is_stable)?, LINUX))
}
