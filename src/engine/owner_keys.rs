//! Who is responsible for an object, by what people write on it and on its namespace.

use std::sync::Arc;

use crate::{api::OWNER_ANNOTATIONS, model::Labels};

use super::Marks;

/// The annotations and labels that name an owner, the most telling first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerKeys(Arc<[String]>);

impl Default for OwnerKeys {
    fn default() -> Self {
        OWNER_ANNOTATIONS.into_iter().map(str::to_owned).collect()
    }
}

impl FromIterator<String> for OwnerKeys {
    fn from_iter<T: IntoIterator<Item = String>>(keys: T) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl OwnerKeys {
    /// Whether an annotation or a label of this key names an owner.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|known| known == key)
    }

    /// The owner that annotations name: those of an object, else those of its namespace; else the
    /// one that labels name, in the same order. `namespace` is its annotations and its labels.
    pub fn find<'a>(
        &self,
        mut own: impl Iterator<Item = &'a Marks> + Clone,
        namespace: Option<(&'a Labels, &'a Labels)>,
    ) -> Option<&'a str> {
        let annotated = own.clone().find_map(|marks| self.named(&marks.annotations));
        annotated
            .or_else(|| self.named(namespace?.0))
            .or_else(move || own.find_map(|marks| self.named(&marks.labels)))
            .or_else(|| self.named(namespace?.1))
    }

    fn named<'a>(&self, written: &'a Labels) -> Option<&'a str> {
        let values = self.0.iter().filter_map(|key| written.value(key));
        values.map(str::trim).find(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(annotations: &[(&str, &str)], labels: &[(&str, &str)]) -> Marks {
        Marks {
            annotations: annotations.iter().copied().collect(),
            labels: labels.iter().copied().collect(),
        }
    }

    #[test]
    fn annotations_come_before_labels_and_objects_before_namespaces() {
        let labelled = marks(&[], &[("team", "shop")]);
        let annotated =
            marks(&[("contact", "ann@example.com"), ("owner", " ")], &[("team", "shop")]);
        let namespace = marks(&[("owner", "platform")], &[("team", "web")]);
        let bare = marks(&[], &[("team", "web")]);
        let keys = OwnerKeys::default();
        for (own, namespace, expected) in [
            (&annotated, Some(&namespace), Some("ann@example.com")),
            (&labelled, Some(&namespace), Some("platform")),
            (&labelled, Some(&bare), Some("shop")),
            (&marks(&[], &[]), Some(&bare), Some("web")),
            (&labelled, None, Some("shop")),
            (&marks(&[], &[("app", "web")]), None, None),
        ] {
            let namespace = namespace.map(|marks| (&marks.annotations, &marks.labels));
            assert_eq!(keys.find([own].into_iter(), namespace), expected);
        }
    }

    #[test]
    fn keys_of_your_own_replace_the_default() {
        let keys: OwnerKeys = [String::from("example.com/team")].into_iter().collect();
        let own = marks(&[("owner", "a")], &[("example.com/team", "b")]);
        assert_eq!(keys.find([&own].into_iter(), None), Some("b"));
        assert!(keys.contains("example.com/team") && !keys.contains("owner"));
    }
}
