//! How kinds are served that checks do not know.

use kube::{
    Client,
    core::ApiResource,
    discovery::{self, ApiCapabilities},
};

use crate::{items::clean, model::Kind};

use super::Problem;

/// Looks through all versions of a group: those that are wanted first, then the preferred one; `None`
/// where the kind is not served.
pub(super) async fn look_up(
    client: &Client,
    group: &str,
    kind: &str,
    wanted: &[String],
) -> Result<Option<(ApiResource, ApiCapabilities)>, kube::Error> {
    let group = match discovery::group(client, group).await {
        Ok(group) => group,
        Err(kube::Error::Discovery(_)) => return Ok(None),
        Err(kube::Error::Api(status)) if status.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let find = |version: &str| {
        let resources = group.versioned_resources(version);
        resources.into_iter().find(|(resource, _)| resource.kind == kind)
    };
    let wanted = wanted.iter().find_map(|version| find(version));
    let recommended = wanted.or_else(|| group.recommended_kind(kind));
    Ok(recommended.or_else(|| group.versions().find_map(find)))
}

/// How a kind is to be read that only a policy names, if possible in one of the wanted versions.
pub(super) async fn resource(
    client: &Client,
    kind: Kind,
    wanted: &[String],
) -> Result<ApiResource, Problem> {
    let resource = find(client, kind.group(), kind.name(), wanted).await?;
    kind.served_as(&resource.version, &resource.plural);
    Ok(resource)
}

/// The same of any kind.
pub(super) async fn find(
    client: &Client,
    group: &str,
    kind: &str,
    wanted: &[String],
) -> Result<ApiResource, Problem> {
    match look_up(client, group, kind, wanted).await {
        Ok(Some((resource, _))) => Ok(resource),
        Ok(None) => Err(Problem::NotServed),
        Err(error) => Err(Problem::Unavailable(clean(&error.to_string(), 200))),
    }
}
