use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

/// How large an image may be.
#[derive(Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The largest size on a node, unpacked, in MiB.
    max_mebibytes: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { max_mebibytes: 1024 }
    }
}

const MEBIBYTE: i64 = 1024 * 1024;

check! {
    /// Images are not too large.
    ///
    /// ## Why
    ///
    /// A large image starts late on every new node, fills disks, and most often holds a compiler
    /// and a distribution that the process never needs and an attacker does.
    ///
    /// ## Fix
    ///
    /// Build in stages and copy only the result; start from a slim or distroless base:
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     image: registry.example.com/shop/app:1.4.2-slim
    /// ```
    ///
    /// Sizes are those that nodes report (`status.images`), unpacked. A kubelet reports 50 images
    /// unless `nodeStatusMaxImages` says otherwise; the size of any other image is unknown, and
    /// from files alone no size is known.
    ///
    /// ## References
    ///
    /// - K8Guard `IMAGE_SIZE`
    "image-size-excessive", Images, Low, Core,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::Node], run }),
    parameters: Parameters,
    remediation: "build a smaller image: in stages, from a slim or distroless base",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let Parameters { max_mebibytes } = context.parameters();
    let (mut evidence, mut is_unknown) = (Vec::new(), !cluster.is_complete(Kind::Node));
    for image in workload.images.iter().filter(|image| !image.image.is_empty()) {
        let size = cluster.image_size(&image.image);
        is_unknown |= size.is_none();
        if let Some(size) = size.filter(|size| *size > i64::from(*max_mebibytes) * MEBIBYTE) {
            evidence.push(Evidence {
                container: image.container.as_str().into(),
                ..Evidence::at(
                    image.path(workload.spec_path),
                    format!("{} MiB", size / MEBIBYTE),
                    format!("at most {max_mebibytes} MiB"),
                )
            });
        }
    }
    if evidence.is_empty() && is_unknown {
        return Verdict::Unknown("no node reports the size of every image".into());
    }
    Verdict::of_containers(evidence, "uses a very large image", "use very large images")
}
