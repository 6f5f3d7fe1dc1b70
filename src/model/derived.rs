//! What metadata says that belongs to the body.

use super::{Body, Object};

/// Each marks a node of the control plane; the second is of old.
const CONTROL_PLANE: [&str; 2] =
    ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

impl Object {
    /// Fills in what the metadata says.
    pub(super) fn derive(&mut self) {
        let meta = &self.meta;
        match &mut self.body {
            Body::PersistentVolumeClaim(claim) => {
                // The annotation is older than the field, and wins.
                let class = meta.annotations.value("volume.beta.kubernetes.io/storage-class");
                if let Some(class) = class {
                    claim.spec.storage_class_name = Some(class.into());
                }
            }
            Body::Node(node) => {
                let has = |key| meta.labels.value(key).is_some();
                node.is_control_plane = CONTROL_PLANE.into_iter().any(has);
            }
            Body::HorizontalPodAutoscaler(scaler) => {
                let maker = meta.controller();
                let maker = maker.filter(|owner| owner.kind == "ScaledObject");
                scaler.scaled_object = maker.map(|owner| owner.name.clone());
            }
            Body::Service(service) => {
                service.labels.clone_from(&meta.labels);
                service.read_annotations(&meta.annotations);
            }
            Body::Ingress(ingress) => ingress.read_annotations(&meta.annotations),
            _ => {}
        }
    }
}
