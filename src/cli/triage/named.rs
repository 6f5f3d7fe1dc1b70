//! What can be named: the names that a cluster knows, for whoever completes a word.

use std::{path::PathBuf, time::Duration};

use crate::{
    api::{ActionItem, AuditPolicy},
    inventory::{self, Query, Source},
    model::Kind,
};

use super::session::{Connection, Place, Session};

/// Nobody waits longer for an answer to the tab key.
const PATIENCE: Duration = Duration::from_secs(3);

/// Names and what each is.
type Names = Vec<(String, String)>;

/// Where names are looked for, by what was typed so far.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Named {
    connection: Connection,
    place: Place,
}

impl Named {
    /// Reads the options that name a cluster and namespaces, whatever stands around them.
    pub(in crate::cli) fn of(words: &[String]) -> Self {
        let before = words.split_last().map_or(words, |(_, before)| before);
        let namespace = option(before, "--namespace", Some("-n")).into_iter();
        let place = Place {
            namespace: namespace.flat_map(|text| text.split(',')).map(str::to_owned).collect(),
            all_namespaces: before.iter().any(|word| word == "-A" || word == "--all-namespaces"),
        };
        let kubeconfig = option(words, "--kubeconfig", None).map(PathBuf::from);
        let context = option(before, "--context", None).map(str::to_owned);
        Self { connection: Connection::new(kubeconfig, context, PATIENCE), place }
    }

    /// Items, the severity and the target of each.
    pub(in crate::cli) fn items(&self) -> Names {
        let about = |item: ActionItem| {
            let target = &item.spec.target;
            let severity = item.status.and_then(|status| status.severity);
            let severity = severity.map(|severity| format!("{severity}, ")).unwrap_or_default();
            let about = format!("{severity}{} {}", target.kind, target.name);
            Some((item.metadata.name?, about))
        };
        let listed = |session: Session| {
            let namespaces = session.namespaces(&self.place);
            let namespaces =
                namespaces.map_or_else(|| vec![None], |all| all.into_iter().map(Some).collect());
            let list = |namespace: Option<String>| {
                let query = Query { namespace: namespace.as_deref(), ..Query::default() };
                session.wait(inventory::list_own(&session.client, Source::Items, query)).ok()
            };
            namespaces.into_iter().filter_map(list).flat_map(|(items, _)| items).collect()
        };
        let items: Vec<ActionItem> = self.connection.open().map(listed).unwrap_or_default();
        items.into_iter().filter_map(about).collect()
    }

    pub(in crate::cli) fn namespaces(&self) -> Names {
        let Ok(session) = self.connection.open() else { return Names::new() };
        let listed = session.wait(inventory::list(&session.client, Kind::Namespace, None));
        let objects = listed.map(|listed| listed.objects).unwrap_or_default();
        objects.iter().map(|object| (object.meta.name.to_string(), String::new())).collect()
    }

    pub(in crate::cli) fn policies(&self) -> Names {
        let Ok(session) = self.connection.open() else { return Names::new() };
        let listed = inventory::list_own(&session.client, Source::Policies, Query::default());
        let policies: Vec<AuditPolicy> =
            session.wait(listed).map(|(policies, _)| policies).unwrap_or_default();
        policies.into_iter().filter_map(|it| Some((it.metadata.name?, String::new()))).collect()
    }

    /// The contexts of the kubeconfig.
    pub(in crate::cli) fn contexts(&self) -> Names {
        self.connection.contexts().into_iter().map(|name| (name, String::new())).collect()
    }
}

/// The value of an option, written in one word or in two.
fn option<'a>(words: &'a [String], long: &str, short: Option<&str>) -> Option<&'a str> {
    let mut values = words.iter().enumerate().filter_map(|(index, word)| {
        if word == long || Some(word.as_str()) == short {
            return words.get(index + 1).map(String::as_str);
        }
        let long = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        long.or_else(|| word.strip_prefix(short?).map(|rest| rest.trim_start_matches('=')))
    });
    values.rfind(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_wherever_they_stand() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for text in
            ["get -n shop x", "get -nshop x", "get --namespace shop x", "--namespace=shop x"]
        {
            assert_eq!(option(&words(text), "--namespace", Some("-n")), Some("shop"), "{text}");
        }
        assert_eq!(option(&words("get x"), "--namespace", Some("-n")), None);
        let named = Named::of(&words("x get -n a,b --context c -n"));
        assert_eq!(named.place.namespace, ["a", "b"], "the last word is not there yet");
    }
}
