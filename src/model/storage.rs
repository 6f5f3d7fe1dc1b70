//! Volumes, claims and what provides them.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{Labels, List, Quantity, mirror::mirror};

mirror! {
    /// What is read of a `PersistentVolumeClaim`.
    pub struct PersistentVolumeClaim {
        pub spec: ClaimSpec,
        pub status: Phase,
    }

    /// `spec` of a claim, also of one that a `StatefulSet` makes.
    pub struct ClaimSpec {
        pub access_modes: List<CompactString>,
        /// Absent is the default class; the empty one is none.
        pub storage_class_name: Option<CompactString>,
        pub volume_name: CompactString,
        pub resources: Option<ClaimResources>,
    }

    /// Metadata of a claim template.
    pub struct ClaimMeta {
        pub name: CompactString,
        pub annotations: Labels,
    }

    /// What a claim asks for.
    pub struct ClaimResources {
        pub requests: Option<BTreeMap<CompactString, Quantity>>,
    }

    /// The phase of a claim or volume.
    pub struct Phase {
        pub phase: CompactString,
    }

    /// What is read of a `PersistentVolume`.
    pub struct PersistentVolume {
        pub spec: VolumeSpec,
        pub status: Phase,
    }

    /// `spec` of a `PersistentVolume`.
    pub struct VolumeSpec {
        pub storage_class_name: CompactString,
        pub claim_ref: Option<ClaimReference>,
        pub csi: Option<CsiVolume>,
    }

    /// The claim that a volume is bound to.
    pub struct ClaimReference {
        pub namespace: CompactString,
        pub name: CompactString,
    }

    /// A volume of a CSI driver.
    pub struct CsiVolume {
        pub driver: CompactString,
        pub volume_attributes: Option<BTreeMap<CompactString, CompactString>>,
    }

    /// What is read of a `StorageClass`.
    pub struct StorageClass {
        pub provisioner: CompactString,
        pub parameters: Option<BTreeMap<CompactString, CompactString>>,
        pub volume_binding_mode: CompactString,
    }

    /// What is read of a `VolumeAttachment`.
    pub struct VolumeAttachment {
        pub attacher: CompactString,
        pub node_name: CompactString,
        pub source: AttachedVolume,
    }

    /// What is attached.
    pub struct AttachedVolume {
        pub persistent_volume_name: Option<CompactString>,
    }
}
