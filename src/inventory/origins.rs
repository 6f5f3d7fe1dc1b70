//! Where objects come from: follows the objects of Flux and Argo CD, one look at each.

use std::time::Duration;

use kube::{
    Api, Client, ResourceExt,
    api::{ListParams, ObjectList},
};
use tokio::time::{self, Instant};

use crate::{api::Source, engine::Target, items::Trail};

use super::{named::look_up, raw::Raw};

/// All looks together take no longer than this: an item waits for them.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest way: an owner, a release, its Kustomization, the repository, and one to spare.
const STEPS: usize = 5;
/// Where Argo CD mostly lives: it decides between Applications of one name.
const ARGO_CD: &str = "argocd";

/// Follows a trail as far as it leads. The answer is what was found, and whether nothing stood in
/// the way: an object that may not be read, or is not there.
pub async fn follow(client: &Client, mut trail: Trail) -> (Source, bool) {
    let deadline = Instant::now() + PATIENCE;
    for _ in 0..STEPS {
        let Some(next) = trail.next.clone() else { return (trail.source, true) };
        match time::timeout_at(deadline, read(client, &next)).await {
            Ok(Ok(Some(json))) => trail = trail.follow(&json),
            missed => {
                tracing::debug!(%next, ?missed, "the source of an object cannot be followed");
                return (trail.source, false);
            }
        }
    }
    (trail.source, true)
}

/// The object as JSON; of what belongs to none of the tools only the metadata.
async fn read(client: &Client, target: &Target) -> Result<Option<String>, kube::Error> {
    let Some((resource, _)) = look_up(client, &target.group, &target.kind, &[]).await? else {
        return Ok(None);
    };
    if target.namespace.is_empty() {
        return anywhere(&Api::all_with(client.clone(), &resource), &target.name).await;
    }
    let api: Api<Raw> = Api::namespaced_with(client.clone(), &target.namespace, &resource);
    if Trail::is_of_a_tool(target) {
        let found = api.get_opt(&target.name).await?;
        return Ok(found.map(|raw| raw.json().to_owned()));
    }
    let found = api.get_metadata_opt(&target.name).await?;
    found.map(|meta| serde_json::to_string(&meta).map_err(kube::Error::SerdeError)).transpose()
}

/// The object of that name in whichever namespace; of several, none can be told to be it, but that
/// in the namespace of Argo CD.
async fn anywhere(api: &Api<Raw>, name: &str) -> Result<Option<String>, kube::Error> {
    let by_name = ListParams::default().fields(&format!("metadata.name={name}"));
    let ObjectList { items, .. } = api.list(&by_name).await?;
    let is_argo_cd = |raw: &&Raw| raw.namespace().as_deref() == Some(ARGO_CD);
    let one = match &*items {
        [one] => Some(one),
        many => many.iter().find(is_argo_cd),
    };
    Ok(one.map(|raw| raw.json().to_owned()))
}
