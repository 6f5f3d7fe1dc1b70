//! The name of an item: a pure function of what it is about, so that creating it twice is creating
//! it once.

use crate::{
    api::{ActionItem, ActionItemSpec, CHECK_LABEL, KIND_LABEL},
    engine::{Target, digest},
};

/// Crockford's base 32: no look-alikes, five bits each.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Ten characters of five bits: with 200,000 items a collision is one in 56,000.
const HASH_LENGTH: usize = 10;

/// The name of the item for a check and a target. `attempt` is 0 but after a collision of hashes.
#[must_use]
pub fn item_name(check: &str, target: &Target, attempt: u8) -> String {
    let parts = [slug(&target.name, 80), slug(check, 63), hash(check, target)];
    let mut name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if attempt > 0 {
        name.push_str(&attempt.to_string());
    }
    name
}

/// An item that has just been created for a check and a target.
#[must_use]
pub fn new_item(check: &str, target: &Target, attempt: u8) -> ActionItem {
    let spec = ActionItemSpec {
        check: check.to_owned(),
        target: target.to_api(),
        ..ActionItemSpec::default()
    };
    let mut item = ActionItem::new(&item_name(check, target, attempt), spec);
    item.metadata.labels = Some(labels(check, target).into_iter().collect());
    item
}

/// The labels that we set. Kinds and check ids are valid label values.
#[must_use]
pub fn labels(check: &str, target: &Target) -> [(String, String); 2] {
    let kind = slug(&target.kind, 63);
    let kind = if kind.len() == target.kind.len() { target.kind.to_string() } else { kind };
    [(CHECK_LABEL.to_owned(), check.to_owned()), (KIND_LABEL.to_owned(), kind)]
}

/// Whether an item of this name is about this check and target: else the name was taken by a
/// foreign object.
#[must_use]
pub fn belongs(name: &str, check: &str, target: &Target) -> bool {
    (0..=9).any(|attempt| item_name(check, target, attempt) == name)
}

/// Lower-cases, turns every run outside `[a-z0-9]` into one dash, cuts and trims.
#[must_use]
pub fn slug(text: &str, length: usize) -> String {
    let mut slug = String::with_capacity(length);
    for c in text.chars().flat_map(char::to_lowercase) {
        if slug.len() == length {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Hashes the exact identity.
fn hash(check: &str, target: &Target) -> String {
    let Target { group, kind, namespace, name } = target;
    let bits = digest([check, group, kind, namespace, name]);
    (0..HASH_LENGTH)
        .map(|index| char::from(ALPHABET[(bits >> (5 * index) & 31) as usize]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(kind: &str, namespace: &str, name: &str) -> Target {
        Target {
            group: "apps".into(),
            kind: kind.into(),
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    #[test]
    fn every_character_stands_for_five_bits() {
        let distinct: std::collections::BTreeSet<_> = ALPHABET.iter().collect();
        assert_eq!(distinct.len(), 32);
    }

    #[test]
    fn names_are_stable() {
        let name = item_name("privileged-container", &target("Deployment", "shop", "web"), 0);
        assert_eq!(name, "web-privileged-container-ajyneaq02t");
    }

    #[test]
    fn names_of_rbac_objects_become_names_of_items() {
        assert_eq!(
            slug("system:controller:job-controller", 80),
            "system-controller-job-controller"
        );
        assert_eq!(slug("Team:Admins@corp", 80), "team-admins-corp");
        assert_eq!(slug("::", 80), "");
        assert_eq!(slug("abc-def", 4), "abc");
        assert_eq!(slug("İstanbul", 80), "i-stanbul");
        let name = item_name("x", &target("ClusterRole", "", "::"), 0);
        assert!(name.starts_with("x-"), "{name}");
    }

    #[test]
    fn every_part_of_the_identity_counts() {
        let names = [
            item_name("a", &target("Deployment", "shop", "web"), 0),
            item_name("a", &target("StatefulSet", "shop", "web"), 0),
            item_name("a", &target("Deployment", "office", "web"), 0),
            item_name("a", &target("Deployment", "shop", "Web"), 0),
        ];
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn a_name_belongs_to_its_identity_only() {
        let web = target("Deployment", "shop", "web");
        assert!(belongs(&item_name("a", &web, 0), "a", &web));
        assert!(belongs(&item_name("a", &web, 2), "a", &web));
        assert!(!belongs(&item_name("a", &web, 0), "b", &web));
        assert!(!belongs("web-a-0000000000", "a", &web));
    }
}
