//! Lists of a kind, page by page, for commands that ask once.

use kube::{
    Api, Client,
    api::ListParams,
    core::{ApiResource, Status},
};
use serde::de::DeserializeOwned;

use crate::{
    engine::Target,
    model::{Kind, Object, decode},
};

use super::{
    Problem, Source, named,
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

/// What is asked for of a kind.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The kind.
    pub kind: Kind,
    /// Whether all of the JSON is wanted, too.
    pub is_whole: bool,
    /// The versions that are understood, of a kind that only a policy names; none is any.
    pub versions: Vec<String>,
}

impl From<Kind> for Wanted {
    fn from(kind: Kind) -> Self {
        Self { kind, is_whole: false, versions: Vec::new() }
    }
}

impl Listing {
    /// A list of a kind, which may be one that only a policy names.
    async fn find(
        client: &Client,
        wanted: &Wanted,
        namespace: Option<&str>,
    ) -> Result<Self, Problem> {
        let source = Source::Kind(wanted.kind);
        let resource = match wanted.kind {
            Kind::Named(_) => named::resource(client, wanted.kind, &wanted.versions).await?,
            _ => resource(source),
        };
        Ok(Self::new(client, source, resource, namespace))
    }

    fn of(client: &Client, source: Source, namespace: Option<&str>) -> Self {
        Self::new(client, source, resource(source), namespace)
    }

    fn new(
        client: &Client,
        source: Source,
        resource: ApiResource,
        namespace: Option<&str>,
    ) -> Self {
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
            other => Problem::Unavailable(crate::items::root(other, 200)),
        }
    }
}

/// Lists a kind in one namespace or in all, and hands on each object, or what is wrong with it, as it comes;
/// with all of its JSON, if that is wanted.
pub async fn list_each(
    client: &Client,
    wanted: &Wanted,
    namespace: Option<&str>,
    take: &mut dyn FnMut(Result<Object, String>),
) -> Result<(), Problem> {
    let namespace = namespace.filter(|_| wanted.kind.is_namespaced());
    let mut listing = Listing::find(client, wanted, namespace).await?;
    while let Some(page) = listing.next().await? {
        page.iter().map(|raw| object(wanted, raw)).for_each(&mut *take);
    }
    Ok(())
}

fn object(wanted: &Wanted, raw: &Raw) -> Result<Object, String> {
    let decoded = decode(wanted.kind, raw.json()).map(|mut object| {
        if matches!(wanted.kind, Kind::Named(_)) {
            object.api_version = wanted.kind.api_version().into();
        }
        object.whole = wanted.is_whole.then(|| raw.json().into());
        object
    });
    decoded.map_err(|error| {
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
    list_each(client, &kind.into(), namespace, &mut take).await?;
    Ok(listed)
}

/// One object that is in no namespace, if it is there.
pub async fn find(client: &Client, wanted: &Wanted, name: &str) -> Result<Option<Object>, Problem> {
    let listing = Listing::find(client, wanted, None).await?;
    let raw = listing.api.get_opt(name).await.map_err(|error| listing.problem(&error))?;
    let object = raw.map(|raw| object(wanted, &raw)).transpose();
    object.map_err(Problem::Unavailable)
}

/// Which objects of ours are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// The namespace; without one, all.
    pub namespace: Option<&'a str>,
    /// A selector of labels, as the API takes it.
    pub labels: Option<&'a str>,
    /// A selector of fields, as the API takes it.
    pub fields: Option<&'a str>,
}

/// Lists the policies or the items; what cannot be read is told by its name.
pub async fn list_own<K: DeserializeOwned>(
    client: &Client,
    source: Source,
    query: Query<'_>,
) -> Result<(Vec<K>, Vec<String>), Problem> {
    let mut listing = Listing::of(client, source, query.namespace);
    if let Some(parameters) = &mut listing.parameters {
        parameters.label_selector = query.labels.map(ToOwned::to_owned);
        parameters.field_selector = query.fields.map(ToOwned::to_owned);
    }
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

/// One policy or item, if it is there.
pub async fn find_own<K: DeserializeOwned>(
    client: &Client,
    source: Source,
    namespace: Option<&str>,
    name: &str,
) -> Result<Option<K>, Problem> {
    let listing = Listing::of(client, source, namespace);
    let raw = match listing.api.get(name).await {
        Ok(raw) => raw,
        Err(kube::Error::Api(status)) if is_absent(&status) => return Ok(None),
        Err(error) => return Err(listing.problem(&error)),
    };
    let unreadable = |_| Problem::Unavailable(format!("{name} cannot be decoded"));
    serde_json::from_str(raw.json()).map(Some).map_err(unreadable)
}

/// Whether it is the object that is not there, and not its kind.
fn is_absent(status: &Status) -> bool {
    let details = status.details.as_ref();
    status.code == 404 && details.is_some_and(|details| !details.name.is_empty())
}

/// The JSON of any object, if it is there.
pub async fn find_whole(
    client: &Client,
    target: &Target,
) -> Result<Option<serde_json::Value>, Problem> {
    let resource = match Kind::find(&target.group, &target.kind) {
        Some(kind) if kind.group() == &*target.group => resource(Source::Kind(kind)),
        _ => named::find(client, &target.group, &target.kind, &[]).await?,
    };
    let api: Api<Raw> = match &*target.namespace {
        "" => Api::all_with(client.clone(), &resource),
        namespace => Api::namespaced_with(client.clone(), namespace, &resource),
    };
    match api.get_opt(&target.name).await {
        Ok(raw) => Ok(raw.and_then(|raw| serde_json::from_str(raw.json()).ok())),
        Err(kube::Error::Api(status)) => Err(refused(&status, &resource)),
        Err(error) => Err(Problem::Unavailable(crate::items::root(&error, 200))),
    }
}
