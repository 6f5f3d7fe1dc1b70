use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Advisory, Image, Placed, Version, Workload, parse_version, show_version},
};

/// Which vulnerabilities do not matter here.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// CVEs that are dealt with in another way, for example `CVE-2022-39328`.
    ignored: Vec<String>,
}

/// A program with much power in many clusters.
struct Component {
    name: &'static str,
    /// Its image; mirrors that keep the path are known by it.
    repository: &'static str,
    advisories: &'static [Advisory],
}

const COMPONENTS: &[Component] = &[
    Component {
        name: "Argo CD",
        repository: "argoproj/argocd",
        advisories: &[
            // A project's token reads the credentials of repositories: GHSA-786q-9hcg-v9ff.
            Advisory {
                id: "CVE-2025-55190",
                since: [2, 2, 0],
                fixed: &[[2, 13, 9], [2, 14, 16], [3, 0, 14], [3, 1, 2]],
            },
            // Anybody is anyone where anonymous access is on.
            Advisory {
                id: "CVE-2022-29165",
                since: [1, 4, 0],
                fixed: &[[2, 1, 15], [2, 2, 9], [2, 3, 4]],
            },
            // A chart reads files of other applications: GHSA-63qx-x74g-jcr7.
            Advisory { id: "CVE-2022-24348", since: [1, 3, 0], fixed: &[[2, 1, 9], [2, 2, 4]] },
        ],
    },
    Component {
        name: "Chaos Mesh",
        repository: "chaos-mesh/chaos-mesh",
        // Any pod runs commands in all others: GHSA-xv9f-728h-9jgv.
        advisories: &[Advisory { id: "CVE-2025-59360", since: [0, 0, 0], fixed: &[[2, 7, 3]] }],
    },
    Component {
        name: "Grafana",
        repository: "grafana/grafana",
        advisories: &[
            // Anybody reads the files of the container: GHSA-8pjx-jj86-j47p.
            Advisory {
                id: "CVE-2021-43798",
                since: [8, 0, 0],
                fixed: &[[8, 0, 7], [8, 1, 8], [8, 2, 7], [8, 3, 1]],
            },
            // A race makes a user somebody else: Grafana, November 2022.
            Advisory { id: "CVE-2022-39328", since: [9, 2, 0], fixed: &[[9, 2, 4]] },
        ],
    },
    Component {
        name: "Kyverno",
        repository: "kyverno/kyverno",
        advisories: &[
            // A policy of a namespace reads and writes in all others: GHSA-8p9x-46gm-qfx2.
            Advisory { id: "CVE-2026-22039", since: [0, 0, 0], fixed: &[[1, 15, 3], [1, 16, 3]] },
            // A registry passes unsigned images off as signed: GHSA-m3cq-xcx9-3gvm.
            Advisory { id: "CVE-2022-47633", since: [1, 8, 3], fixed: &[[1, 8, 5]] },
        ],
    },
    Component {
        name: "NVIDIA Container Toolkit",
        repository: "nvidia/k8s/container-toolkit",
        // An image runs as root on the node: NVIDIA security bulletin of July 2025.
        advisories: &[Advisory { id: "CVE-2025-23266", since: [0, 0, 0], fixed: &[[1, 17, 8]] }],
    },
    Component {
        name: "NVIDIA GPU Operator",
        repository: "nvidia/gpu-operator",
        advisories: &[Advisory { id: "CVE-2025-23266", since: [0, 0, 0], fixed: &[[25, 3, 1]] }],
    },
];

check! {
    /// Components with power over the cluster have no known critical vulnerability.
    ///
    /// ## Why
    ///
    /// Some programs hold the keys of the whole cluster. A vulnerability in one of them that is
    /// known, and for which there are exploits, is a door that stands open.
    ///
    /// ## Fix
    ///
    /// Upgrade to the version that the finding names:
    ///
    /// ```yaml
    /// containers:
    ///   - name: server
    ///     image: quay.io/argoproj/argocd:v3.1.2
    /// ```
    ///
    /// This is no image scanner: found are the images of a few well-known components (Argo CD, Chaos
    /// Mesh, Grafana, Kyverno, the NVIDIA Container Toolkit and GPU Operator; also mirrors that keep
    /// the path), by tag, whose version has one of a few severe vulnerabilities. A tag without three
    /// numbers tells no version.
    ///
    /// ## References
    ///
    /// - CVE-2025-55190, CVE-2022-29165 and CVE-2022-24348 (Argo CD), CVE-2025-59360 (Chaos Mesh),
    ///   CVE-2021-43798 and CVE-2022-39328 (Grafana), CVE-2026-22039 and CVE-2022-47633 (Kyverno),
    ///   CVE-2025-23266 (NVIDIA)
    /// - Kubescape C-0081, C-0090, C-0091
    "known-vulnerable-component", Versions, High, Standard, Workload(run),
    parameters: Parameters,
    remediation: "upgrade to a version without the vulnerability",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { ignored } = context.parameters();
    let (mut names, mut ids, mut evidence) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_known = false;
    for place in workload.all_containers() {
        let Some((component, version)) = component_of(&place) else { continue };
        is_known = true;
        if let Some(has) = Advisory::all_of(component.advisories, version, ignored) {
            names.push(component.name);
            ids.extend(has.ids);
            let image = place.container.image.as_deref().unwrap_or_default().to_owned();
            let wanted = format!("{} or newer", show_version(has.fix));
            evidence.push(Evidence::in_container(&place, "image", image, wanted));
        }
    }
    if evidence.is_empty() {
        return if is_known { Verdict::Pass } else { Verdict::NotApplicable };
    }
    names.dedup();
    ids.sort_unstable();
    ids.dedup();
    let what = format!("{} with {}", names.join(" and "), enumerate(&ids));
    Verdict::of_containers(evidence, &format!("runs {what}"), &format!("run {what}"))
}

/// The component that a container runs, and its version.
fn component_of(place: &Placed<'_>) -> Option<(&'static Component, Version)> {
    let image = Image::parse(place.container.image.as_deref()?);
    let component = COMPONENTS.iter().find(|known| image.is_or_mirrors(known.repository))?;
    Some((component, image.tag.and_then(parse_version)?))
}
