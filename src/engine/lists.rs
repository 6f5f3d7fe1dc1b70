//! Complete lists: what they do not show is gone.

use crate::model::{Kind, ObjectKey};

use super::{Findings, findings::target_of};

impl Findings {
    /// A complete list of a kind begins.
    pub fn list_started(&mut self, kind: Kind) {
        *self.sweeps.entry(kind).or_default() += 1;
    }

    /// It has ended: what it did not show is gone. Answers how many objects it has shown.
    pub fn list_done(&mut self, kind: Kind) -> usize {
        let sweep = self.sweeps.get(&kind).copied().unwrap_or_default();
        let missing: Vec<_> = self
            .records
            .iter()
            .filter(|(key, record)| key.kind == kind && record.sweep != sweep)
            .map(|(key, _)| key.clone())
            .collect();
        let others = self.undecodable.iter().chain(&self.troubled).chain(&self.unjudged);
        let unseen = others.filter(|(key, seen)| key.kind == kind && **seen != sweep);
        let missing: Vec<_> =
            missing.into_iter().chain(unseen.map(|(key, _)| key.clone())).collect();
        for key in &missing {
            self.remove(key);
        }
        let was_outdated = self.outdated.contains(kind);
        self.outdated = self.outdated.iter().filter(|other| *other != kind).collect();
        self.set_complete(kind, true);
        if self.rules.is_related(kind) {
            // An audit answers for what is far away, and for the time that has passed.
            self.unrelated.insert((kind, None));
        }
        if was_outdated {
            // Planned while their verdicts were out of date, they were left as they were.
            let of_kind = self.records.iter().filter(|(key, _)| key.kind == kind);
            self.dirty.extend(of_kind.map(|(key, record)| target_of(key, record)));
        }
        self.judged.retain(|_, verdicts| verdicts.strong_count() > 0);
        self.answers.purge();
        self.facts.purge();
        self.shared.purge();
        self.deployed.purge();
        self.cluster.count(kind)
    }

    /// Says whether what is known of a kind is all there is; when it is not, checks that look it up
    /// cannot know.
    pub fn set_complete(&mut self, kind: Kind, complete: bool) {
        if self.cluster.is_complete(kind) == complete {
            return;
        }
        self.cluster.set_complete(kind, complete);
        let judged = self.rules.judged_by(kind);
        self.unrelated.extend(judged.iter().map(|kind| (kind, None)));
        if complete {
            // Where a target was not known before, its absence is proof now.
            let of_kind = self.records.iter().filter(|(key, _)| key.kind == kind);
            self.dirty.extend(of_kind.map(|(key, record)| target_of(key, record)));
        }
    }

    /// Notes that an object exists that cannot be decoded. What was known of it stays.
    pub fn cannot_decode(&mut self, key: &ObjectKey) {
        self.postpone(key);
        let sweep = self.sweeps.get(&key.kind).copied().unwrap_or_default();
        self.undecodable.insert(key.clone(), sweep);
        if self.rules.looks_up_whole(key.kind) {
            self.contents.miss(key);
            self.looked_up_changed(key);
        }
    }

    /// Notes that an object exists that will be observed later. What was known of it stays.
    pub fn postpone(&mut self, key: &ObjectKey) {
        let sweep = self.sweeps.get(&key.kind).copied().unwrap_or_default();
        if let Some(record) = self.records.get_mut(key) {
            record.sweep = sweep;
        }
        for known in [&mut self.troubled, &mut self.unjudged] {
            if let Some(seen) = known.get_mut(key) {
                *seen = sweep;
            }
        }
    }
}
