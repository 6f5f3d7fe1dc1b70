//! How kinds are served that checks do not know.

use kube::{
    Client,
    core::ApiResource,
    discovery::{self, ApiCapabilities},
};

use crate::{items::clean, model::Kind};

use super::Problem;

/// Looks through all versions of a group, the preferred one first; `None` where the kind is not
/// served.
pub(super) async fn look_up(
    client: &Client,
    group: &str,
    kind: &str,
) -> Result<Option<(ApiResource, ApiCapabilities)>, kube::Error> {
    let group = match discovery::group(client, group).await {
        Ok(group) => group,
        Err(kube::Error::Discovery(_)) => return Ok(None),
        Err(kube::Error::Api(status)) if status.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(group.recommended_kind(kind).or_else(|| {
        let resources = group.versions().flat_map(|version| group.versioned_resources(version));
        resources.into_iter().find(|(resource, _)| resource.kind == kind)
    }))
}

/// How a kind is to be read that only a policy names.
pub(super) async fn resource(client: &Client, kind: Kind) -> Result<ApiResource, Problem> {
    find(client, kind.group(), kind.name()).await
}

/// The same of any kind.
pub(super) async fn find(client: &Client, group: &str, kind: &str) -> Result<ApiResource, Problem> {
    match look_up(client, group, kind).await {
        Ok(Some((resource, _))) => Ok(resource),
        Ok(None) => Err(Problem::NotServed),
        Err(error) => Err(Problem::Unavailable(clean(&error.to_string(), 200))),
    }
}
