//! Lists of a kind, page by page, for commands that ask once.

use kube::{Api, Client, api::ListParams, core::ApiResource};
use serde::de::DeserializeOwned;

use crate::model::{Kind, Object, decode};

use super::{
    Problem, Source,
    raw::Raw,
    reader::{refused, resource},
};

/// Objects in one page.
const PAGE: u32 = 500;
/// The same of what may be large.
const SMALL_PAGE: u32 = 50;

/// What a list holds.
#[derive(Debug, Default)]
pub struct Listed {
    /// The objects.
    pub objects: Vec<Object>,
    /// What is wrong with those that do not have the shape of their kind; never a value of one.
    pub undecodable: Vec<String>,
}

/// A list that is read page by page.
pub(super) struct Listing {
    api: Api<Raw>,
    resource: ApiResource,
    parameters: Option<ListParams>,
}

impl Listing {
    fn of(client: &Client, source: Source, namespace: Option<&str>) -> Self {
        let resource = resource(source);
        let client = client.clone();
        let api = match namespace {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        };
        let is_large = matches!(source, Source::Kind(Kind::ConfigMap | Kind::Secret));
        let page = if is_large { SMALL_PAGE } else { PAGE };
        Self { api, resource, parameters: Some(ListParams::default().limit(page)) }
    }

    /// The next page; `None` after the last one.
    async fn next(&mut self) -> Result<Option<Vec<Raw>>, Problem> {
        let Some(parameters) = self.parameters.take() else { return Ok(None) };
        let page = self.api.list(&parameters).await.map_err(|error| self.problem(&error))?;
        let token = page.metadata.continue_.filter(|token| !token.is_empty());
        self.parameters = token.map(|token| parameters.continue_token(&token));
        Ok(Some(page.items))
    }

    fn problem(&self, error: &kube::Error) -> Problem {
        match error {
            kube::Error::Api(status) => refused(status, &self.resource),
            other => Problem::Unavailable(crate::items::clean(&other.to_string(), 200)),
        }
    }
}

/// Lists a kind in one namespace or in all, and hands on each object, or what is wrong with it, as it comes;
/// with all of its JSON, if that is wanted.
pub async fn list_each(
    client: &Client,
    (kind, is_whole): (Kind, bool),
    namespace: Option<&str>,
    take: &mut dyn FnMut(Result<Object, String>),
) -> Result<(), Problem> {
    let namespace = namespace.filter(|_| kind.is_namespaced());
    let mut listing = Listing::of(client, Source::Kind(kind), namespace);
    while let Some(page) = listing.next().await? {
        page.iter().map(|raw| object(kind, is_whole, raw)).for_each(&mut *take);
    }
    Ok(())
}

fn object(kind: Kind, is_whole: bool, raw: &Raw) -> Result<Object, String> {
    let whole = is_whole.then(|| raw.json().into());
    decode(kind, raw.json()).map(|object| Object { whole, ..object }).map_err(|error| {
        let (namespace, name) = raw.names();
        let place = if namespace.is_empty() { name } else { format!("{namespace}/{name}") };
        format!("{place}: {error}")
    })
}

/// Lists a kind page by page, in one namespace or in all.
pub async fn list(client: &Client, kind: Kind, namespace: Option<&str>) -> Result<Listed, Problem> {
    let mut listed = Listed::default();
    let mut take = |object| match object {
        Ok(object) => listed.objects.push(object),
        Err(problem) => listed.undecodable.push(problem),
    };
    list_each(client, (kind, false), namespace, &mut take).await?;
    Ok(listed)
}

/// One object that is in no namespace, if it is there.
pub async fn find(
    client: &Client,
    (kind, is_whole): (Kind, bool),
    name: &str,
) -> Result<Option<Object>, Problem> {
    let listing = Listing::of(client, Source::Kind(kind), None);
    let raw = listing.api.get_opt(name).await.map_err(|error| listing.problem(&error))?;
    let object = raw.map(|raw| object(kind, is_whole, &raw)).transpose();
    object.map_err(Problem::Unavailable)
}

/// Lists the policies or the items; what cannot be read is told by its name.
pub async fn list_own<K: DeserializeOwned>(
    client: &Client,
    source: Source,
) -> Result<(Vec<K>, Vec<String>), Problem> {
    let mut listing = Listing::of(client, source, None);
    let (mut read, mut broken) = (Vec::new(), Vec::new());
    while let Some(page) = listing.next().await? {
        for raw in page {
            match serde_json::from_str(raw.json()) {
                Ok(object) => read.push(object),
                Err(_) => broken.push(raw.names().1),
            }
        }
    }
    Ok((read, broken))
}
