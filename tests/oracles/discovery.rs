//! Discovery: a real API server serves what the table of API versions says, and each kind under the
//! names that we know it by.

use std::collections::BTreeSet;

use control_plane::ControlPlane;
use holystone::model::{ApiLifecycle, Kind};
use kube::Client;

/// A kind that the server serves, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Resource {
    api_version: String,
    kind: String,
    /// With the subresource, if it is one.
    plural: String,
    namespaced: bool,
}

impl Resource {
    fn is_subresource(&self) -> bool {
        self.plural.contains('/')
    }
}

fn join(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

/// All that a new API server serves, and its minor version.
async fn served(arguments: &[&str]) -> (u16, BTreeSet<Resource>) {
    let builder = ControlPlane::builder().audit(false);
    let arguments = arguments.iter().copied();
    let plane = builder.extra_apiserver_args(arguments).start().await.expect("it starts");
    let client = plane.client();
    let version = client.apiserver_version().await.expect("the server answers");
    (version.minor.parse().expect("it is a number"), resources(&client).await)
}

async fn resources(client: &Client) -> BTreeSet<Resource> {
    let groups = client.list_api_groups().await.expect("groups are listed").groups;
    let versions = groups.into_iter().flat_map(|group| group.versions);
    let mut lists = vec![client.list_core_api_resources("v1").await.expect("it is served")];
    for version in versions {
        let list = client.list_api_group_resources(&version.group_version).await;
        lists.push(list.expect("it is served"));
    }
    let each = lists.into_iter().flat_map(|list| {
        let own = list.group_version;
        list.resources.into_iter().map(move |resource| Resource {
            // A subresource may be of another group than its resource.
            api_version: match (&resource.group, &resource.version) {
                (None, None) => own.clone(),
                (group, Some(version)) => join(group.as_deref().unwrap_or_default(), version),
                (Some(_), None) => panic!("{} has no version", resource.name),
            },
            kind: resource.kind,
            plural: resource.name,
            namespaced: resource.namespaced,
        })
    });
    each.collect()
}

/// What the table says is there at a version, if everything is switched on.
fn known(minor: u16) -> impl Iterator<Item = &'static ApiLifecycle> {
    let all = ApiLifecycle::all().iter();
    all.filter(move |life| life.introduced <= minor && life.removed_at(minor).is_none())
}

/// What is on by default: no alpha, and no beta that came after the rule of 1.24.
fn is_on_by_default(life: &ApiLifecycle) -> bool {
    let version = life.api_version.rsplit('/').next().unwrap_or_default();
    !version.contains("alpha") && (!version.contains("beta") || life.introduced < 24)
}

type Names = BTreeSet<(String, String)>;

fn names<'a>(lives: impl Iterator<Item = &'a ApiLifecycle>) -> Names {
    lives.map(|life| (life.api_version.to_owned(), life.kind.to_owned())).collect()
}

/// Holds the served kinds against those that should be. Of subresources the table has only those that
/// are objects, such as `Eviction`.
fn assert_served(resources: &BTreeSet<Resource>, expected: &Names) {
    let name = |resource: &Resource| (resource.api_version.clone(), resource.kind.clone());
    let served: Names = resources.iter().map(name).collect();
    let objects = resources.iter().filter(|resource| !resource.is_subresource());
    let objects: Names = objects.map(name).collect();
    let surplus: Vec<_> = objects.difference(expected).collect();
    assert!(surplus.is_empty(), "served, and not in the table: {surplus:?}");
    let missing: Vec<_> = expected.difference(&served).collect();
    assert!(missing.is_empty(), "in the table, and not served: {missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_api_version_is_served_that_the_table_has() {
    let (minor, resources) =
        served(&["--runtime-config=api/all=true", "--feature-gates=AllAlpha=true,AllBeta=true"])
            .await;
    assert!(resources.len() > 100, "the server serves {} resources", resources.len());
    assert_served(&resources, &names(known(minor)));
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_and_defaults_are_those_of_a_new_cluster() {
    let (minor, resources) = served(&[]).await;
    assert_served(&resources, &names(known(minor).filter(|life| is_on_by_default(life))));
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_optional()) {
        let ours = Resource {
            api_version: kind.api_version(),
            kind: kind.name().to_owned(),
            plural: kind.plural().to_owned(),
            namespaced: kind.is_namespaced(),
        };
        assert!(resources.contains(&ours), "not served: {ours:?}");
    }
}
