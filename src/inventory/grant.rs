//! Whether a right is given that is not given by default. It is asked for, so that nothing refused
//! to us stands in the audit log of a cluster.

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Client, core::ApiResource};

const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/// Whether we may list a kind in all namespaces. Where nobody says, trying tells.
pub(super) async fn may_list(client: &Client, resource: &ApiResource) -> bool {
    let attributes = ResourceAttributes {
        group: Some(resource.group.clone()),
        resource: Some(resource.plural.clone()),
        verb: Some("list".to_owned()),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec {
        resource_attributes: Some(attributes),
        ..SelfSubjectAccessReviewSpec::default()
    };
    let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
    let Ok(body) = serde_json::to_vec(&review) else { return true };
    let request =
        http::Request::post(REVIEWS).header("Content-Type", "application/json").body(body);
    let Ok(request) = request else { return true };
    let answer = client.request::<SelfSubjectAccessReview>(request).await;
    answer.ok().and_then(|review| review.status).is_none_or(|status| status.allowed)
}
