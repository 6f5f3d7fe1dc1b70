use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind},
};

check! {
    /// Volume attachments lead to nodes, volumes and drivers that exist.
    ///
    /// ## Why
    ///
    /// An attachment that is left over keeps its volume from being attached elsewhere: the pod that
    /// needs it waits.
    ///
    /// ## Fix
    ///
    /// See that the disk is detached at the provider, then delete the attachment:
    ///
    /// ```sh
    /// kubectl delete volumeattachment NAME
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/kubernetes-api/storage/volume-attachment-v1/>
    /// - Kor `volumeattachments`
    "volume-attachment-dangling", Metadata, Low, Standard,
    Related(Lookup { kinds: &[Kind::VolumeAttachment], reads: READS, run }),
    remediation: "detach the disk at the provider, then delete the attachment",
}

const READS: &[Kind] = &[Kind::Node, Kind::PersistentVolume, Kind::CsiDriver];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::VolumeAttachment(attachment)) = facts.whole_body() else {
        return Verdict::NotApplicable;
    };
    let volume = attachment.source.persistent_volume_name.as_deref();
    let referred = [
        (Kind::Node, "/spec/nodeName", Some(attachment.node_name.as_str())),
        (Kind::PersistentVolume, "/spec/source/persistentVolumeName", volume),
        (Kind::CsiDriver, "/spec/attacher", Some(attachment.attacher.as_str())),
    ];
    let missing = referred.into_iter().filter_map(|(kind, path, name)| {
        let name = name?;
        cluster.find(kind, "", name).is_none().then_some((kind, path, name))
    });
    let missing: Vec<_> = missing.collect();
    let Some((kind, _, name)) = missing.first() else { return Verdict::Pass };
    if !missing.iter().any(|(kind, ..)| cluster.is_complete(*kind)) {
        return Verdict::Unknown("they may be elsewhere".into());
    }
    let message = format!("refers to {kind} `{name}`, which does not exist");
    let evidence = missing.iter().map(|(kind, path, name)| {
        Evidence::at(*path, format!("{kind} `{name}`"), "one that exists")
    });
    Verdict::fail(message, evidence.collect::<Vec<_>>())
}
