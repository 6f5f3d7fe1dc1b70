//! Which items are meant: by their names, or by selectors.

use anyhow::bail;
use clap::Args;
use futures::{StreamExt, stream};
use kube::ResourceExt;

use crate::{
    api::{ActionItem, Severity},
    inventory::{self, Problem, Query, Source},
    model::Kind,
};

use super::{
    super::{Exit, output::warn},
    session::{Place, Session},
};

/// Namespaces that are read at once.
const AT_ONCE: usize = 8;
/// How many namespaces are named that may not be read.
const NAMED: usize = 5;
/// How an item may be called before its name.
const KINDS: [&str; 5] =
    ["ai", "actionitem", "actionitems", "actionitem.holystone.dev", "actionitems.holystone.dev"];

/// Selectors that the API server applies.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Selectors {
    /// Labels of the items, such as holystone.dev/kind=Deployment.
    #[arg(long, short = 'l', value_name = "SELECTOR")]
    pub(super) selector: Option<String>,
    /// Fields of the items, such as spec.check=host-pid,status.state!=Resolved.
    #[arg(long, value_name = "SELECTOR")]
    pub(super) field_selector: Option<String>,
}

/// The items that are meant, and whether all of them could be read.
pub(super) struct Found {
    pub(super) items: Vec<ActionItem>,
    pub(super) exit: Exit,
}

impl Selectors {
    pub(super) fn is_given(&self) -> bool {
        self.selector.is_some() || self.field_selector.is_some()
    }
}

impl Session {
    /// The items of these names; without names, all that the selectors select.
    pub(super) fn find(
        &self,
        place: &Place,
        selectors: &Selectors,
        names: &[String],
    ) -> anyhow::Result<Found> {
        if names.is_empty() {
            return self.list(place, selectors);
        }
        if selectors.is_given() {
            bail!("name items, or give a selector, not both");
        }
        let mut found = Found { items: Vec::new(), exit: Exit::Clean };
        for name in names.iter().map(|name| parse_name(name)) {
            self.find_named(place, name?, &mut found)?;
        }
        Ok(found)
    }

    fn find_named(&self, place: &Place, name: &str, found: &mut Found) -> anyhow::Result<()> {
        let before = found.items.len();
        let Some(namespaces) = self.namespaces(place) else {
            let by_name = Selectors {
                field_selector: Some(format!("metadata.name={name}")),
                ..Selectors::default()
            };
            let listed = self.list(place, &by_name)?;
            if listed.items.is_empty() {
                bail!("no namespace that you may read has an ActionItem {name}");
            }
            found.items.extend(listed.items);
            return Ok(());
        };
        for namespace in &namespaces {
            let item = inventory::find_own(&self.client, Source::Items, Some(namespace), name);
            let item = self.wait(item);
            found
                .items
                .extend(item.map_err(|problem| self.error(&problem, "get", Some(namespace)))?);
        }
        if found.items.len() == before {
            let namespaces = namespaces.join(", ");
            bail!("there is no ActionItem {name} in namespace {namespaces}; -A looks in all");
        }
        Ok(())
    }

    fn list(&self, place: &Place, selectors: &Selectors) -> anyhow::Result<Found> {
        let mut found = Found { items: Vec::new(), exit: Exit::Clean };
        let Some(namespaces) = self.namespaces(place) else {
            match self.wait(self.list_in(None, selectors)) {
                Ok(items) => found.items = items,
                Err(Problem::Forbidden(_)) => self.list_readable(selectors, &mut found)?,
                Err(problem) => return Err(self.error(&problem, "list", None)),
            }
            return Ok(found);
        };
        for namespace in &namespaces {
            let items = self.wait(self.list_in(Some(namespace), selectors));
            found
                .items
                .extend(items.map_err(|problem| self.error(&problem, "list", Some(namespace)))?);
        }
        Ok(found)
    }

    /// Who may not list the items of all namespaces may do so in some.
    fn list_readable(&self, selectors: &Selectors, found: &mut Found) -> anyhow::Result<()> {
        let own = self.client.default_namespace();
        let (namespaces, is_known) =
            match self.wait(inventory::list(&self.client, Kind::Namespace, None)) {
                Ok(listed) => (
                    listed.objects.iter().map(|object| object.meta.name.to_string()).collect(),
                    true,
                ),
                Err(_) => (vec![own.to_owned()], false),
            };
        let look = |namespace: String| async move {
            let items = self.list_in(Some(&namespace), selectors).await;
            (namespace, items)
        };
        let looks = stream::iter(namespaces.iter().cloned().map(look)).buffered(AT_ONCE);
        let mut closed = Vec::new();
        for (namespace, items) in self.wait(looks.collect::<Vec<_>>()) {
            match items {
                Ok(items) => found.items.extend(items),
                Err(Problem::Forbidden(_)) => closed.push(namespace),
                Err(problem) => return Err(self.error(&problem, "list", Some(&namespace))),
            }
        }
        if closed.len() == namespaces.len() {
            let forbidden = Problem::Forbidden("actionitems.holystone.dev".to_owned());
            return Err(self.error(&forbidden, "list", None));
        }
        found.exit = Exit::Incomplete;
        if is_known {
            warn(&format!("not read, for you may not: {}", some(&closed)));
        } else {
            warn(&format!(
                "only namespace {own} was read: you may neither list items in all namespaces nor \
                 the namespaces; name others with -n a,b"
            ));
        }
        Ok(())
    }

    async fn list_in(
        &self,
        namespace: Option<&str>,
        selectors: &Selectors,
    ) -> Result<Vec<ActionItem>, Problem> {
        let Selectors { selector, field_selector } = selectors;
        let query =
            Query { namespace, labels: selector.as_deref(), fields: field_selector.as_deref() };
        let (items, broken) = inventory::list_own(&self.client, Source::Items, query).await?;
        broken.iter().for_each(|name| warn(&format!("ActionItem {name} cannot be read")));
        Ok(items)
    }
}

/// The name of an item, which may be called by its kind.
pub(super) fn parse_name(text: &str) -> anyhow::Result<&str> {
    let name = match text.split_once('/') {
        Some((kind, name)) if KINDS.contains(&kind.to_ascii_lowercase().as_str()) => name,
        Some(_) => bail!("`{text}` is no ActionItem; name it as NAME or ai/NAME"),
        None => text,
    };
    let is_letter =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    if name.is_empty() || !name.chars().all(is_letter) || name.starts_with('.') {
        bail!("`{text}` is no name of an ActionItem; `holystone get -o name` lists them");
    }
    Ok(name)
}

/// The first of some names.
fn some(names: &[String]) -> String {
    let first = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => format!("namespace{} {first}", if names.len() == 1 { "" } else { "s" }),
        more => format!("namespaces {first} and {more} more"),
    }
}

/// The worst first, then by place and name.
pub(super) fn sort(items: &mut [ActionItem]) {
    let rank = |item: &ActionItem| {
        item.status.as_ref().and_then(|status| status.severity).map_or(u32::MAX, Severity::rank)
    };
    items.sort_by_cached_key(|item| (rank(item), item.namespace(), item.name_any()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named_as_kubectl_names_them() {
        for text in ["web-x", "ai/web-x", "actionitem/web-x", "actionitems.holystone.dev/web-x"] {
            assert_eq!(parse_name(text).unwrap(), "web-x");
        }
        for text in ["pod/web", "ai/", "", "ai/../x", "..", "a b", "AI", "ai/x/y"] {
            assert!(parse_name(text).is_err(), "{text}");
        }
    }

    #[test]
    fn many_namespaces_are_not_all_named() {
        let names: Vec<_> = (0..7).map(|index| format!("team-{index}")).collect();
        assert_eq!(some(&names[..1]), "namespace team-0");
        assert!(some(&names).ends_with("team-4 and 2 more"));
    }
}
