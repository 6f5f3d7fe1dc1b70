//! Events that tell what happened to items: `kubectl describe` shows them.

use jiff::Timestamp;
use k8s_openapi::{
    api::{core::v1::ObjectReference, events::v1::Event},
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
};
use kube::Resource;

use crate::{
    api::ActionItem,
    engine::Target,
    items::{Transition, clean, cut},
    model::Uid,
};

/// Who tells, as the conventions of events want it: a qualified name.
const CONTROLLER: &str = "holystone.dev/controller";
/// What was being done.
const ACTION: &str = "Audit";
/// Events of what is in no namespace live here.
const DEFAULT_NAMESPACE: &str = "default";
/// The most bytes of a note, and of who has told; the API server refuses more.
const NOTE: usize = 1023;
const INSTANCE: usize = 128;

/// What happened to an item.
#[derive(Debug)]
pub struct Told {
    /// What it is.
    pub transition: Transition,
    /// The item, as it was written.
    pub item: Box<ActionItem>,
    /// The UID of its target, if the target is there.
    pub target: Uid,
}

impl Told {
    /// The events: one about the item, and one about its target, where people look for it.
    #[must_use]
    pub fn events(&self, instance: &str, now: Timestamp) -> Vec<Event> {
        let (item, target) = (self.item.object_ref(&()), self.target());
        let about_target = self.target.is_known().then(|| (target.clone(), item.clone()));
        let pairs = [(item, target)].into_iter().chain(about_target);
        pairs.map(|(regarding, related)| self.event(regarding, related, instance, now)).collect()
    }

    fn event(
        &self,
        regarding: ObjectReference,
        related: ObjectReference,
        instance: &str,
        now: Timestamp,
    ) -> Event {
        let name = self.item.metadata.name.as_deref().unwrap_or_default();
        let namespace = regarding.namespace.clone();
        let kind = if self.transition.is_warning() { "Warning" } else { "Normal" };
        Event {
            metadata: ObjectMeta {
                generate_name: Some(format!("{name}-")),
                namespace: Some(namespace.unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned())),
                ..ObjectMeta::default()
            },
            event_time: Some(MicroTime(now)),
            reporting_controller: Some(CONTROLLER.to_owned()),
            reporting_instance: Some(cut(instance, INSTANCE)),
            action: Some(ACTION.to_owned()),
            reason: Some(self.transition.reason().to_owned()),
            regarding: Some(regarding),
            related: Some(related),
            note: Some(self.note()),
            type_: Some(kind.to_owned()),
            ..Event::default()
        }
    }

    /// The object that the item is about.
    fn target(&self) -> ObjectReference {
        let target = Target::from(&self.item.spec.target);
        let namespace = Some(target.namespace.to_string()).filter(|name| !name.is_empty());
        ObjectReference {
            api_version: target.key().map(|key| key.kind.api_version()),
            kind: Some(target.kind.to_string()),
            name: Some(target.name.to_string()),
            namespace,
            uid: self.target.is_known().then(|| self.target.to_string()),
            ..ObjectReference::default()
        }
    }

    /// The fact, and what became of it.
    fn note(&self) -> String {
        let check = &self.item.spec.check;
        let status = self.item.status.clone().unwrap_or_default();
        let severity = status.severity.map_or("", |severity| severity.as_str());
        let message = status.message.unwrap_or_default();
        let remediation = status.remediation.unwrap_or_default();
        let note = match self.transition {
            Transition::Exempted => {
                let exemption = status.exemption.unwrap_or_default();
                let until = exemption.until.map(|until| format!(" until {}", until.0));
                let words =
                    [exemption.from, exemption.reason, exemption.note].into_iter().flatten();
                let words: Vec<_> = words.collect();
                format!("{check}: accepted{}: {}", until.unwrap_or_default(), words.join(", "))
            }
            Transition::Resolved => {
                format!("{check}: {}", status.reason.unwrap_or_default())
            }
            Transition::ExemptionEnded => {
                format!("{check} ({severity}): the exemption has ended: {message}; {remediation}")
            }
            _ => format!("{check} ({severity}): {message}; {remediation}"),
        };
        clean(&note, NOTE)
    }
}
