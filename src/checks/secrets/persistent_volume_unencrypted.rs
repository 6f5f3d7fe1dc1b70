use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Cloud volumes are encrypted.
    ///
    /// ## Why
    ///
    /// A disk that is not encrypted is readable by whoever gets hold of it, of a snapshot or of a
    /// copy, outside of everything that the cluster controls.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata: {name: encrypted}
    /// provisioner: ebs.csi.aws.com
    /// parameters: {encrypted: "true"}
    /// ```
    ///
    /// Found are volumes and classes of the cloud drivers whose parameters say `encrypted: false`,
    /// and classes of Amazon's EBS and EFS drivers that say nothing, unless the account encrypts by
    /// default. Azure and Google encrypt every disk.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/storage-classes/>
    /// - Kubescape `C-0264`
    "persistent-volume-unencrypted", Secrets, Low, Optional,
    Object(&[Kind::PersistentVolume, Kind::StorageClass], run),
    remediation: "set the parameter `encrypted: \"true\"` of the storage class",
}

/// Drivers that encrypt only where they are told to.
const ASKED: &[&str] = &["ebs.csi.aws.com", "kubernetes.io/aws-ebs", "efs.csi.aws.com"];

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let (path, entries, must_ask) = match &object.body {
        Body::StorageClass(class) => {
            ("/parameters", &class.parameters, ASKED.contains(&class.provisioner.as_str()))
        }
        Body::PersistentVolume(volume) => match &volume.spec.csi {
            Some(csi) => ("/spec/csi/volumeAttributes", &csi.volume_attributes, false),
            None => return Verdict::NotApplicable,
        },
        _ => return Verdict::NotApplicable,
    };
    let encrypted = entries.as_ref().and_then(|entries| entries.get("encrypted"));
    let found = match encrypted {
        Some(value) if value.eq_ignore_ascii_case("false") => "false",
        None if must_ask => "absent",
        _ => return Verdict::Pass,
    };
    let evidence = Evidence::at(format!("{path}/encrypted"), found, "true");
    Verdict::fail(format!("`encrypted` is {found}"), [evidence])
}
