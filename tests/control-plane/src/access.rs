//! Tokens of service accounts.

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::{ObjectMeta, PostParams};
use kube::{Api, Client};

use crate::error::Error;

/// Long enough for every benchmark; the control plane does not live longer.
const EXPIRATION_SECONDS: i64 = 24 * 60 * 60;

/// A token for a service account, which is created if there is none.
pub(crate) async fn token(client: Client, namespace: &str, name: &str) -> Result<String, Error> {
    let attempt = |source| Error::RequestToken {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        source,
    };
    let accounts: Api<ServiceAccount> = Api::namespaced(client, namespace);
    ensure(&accounts, name).await.map_err(attempt)?;
    let spec = TokenRequestSpec {
        expiration_seconds: Some(EXPIRATION_SECONDS),
        ..TokenRequestSpec::default()
    };
    let request = TokenRequest { spec: Some(spec), ..TokenRequest::default() };
    let parameters = PostParams::default();
    let answer =
        accounts.create_token_request(name, &parameters, &request).await.map_err(attempt)?;
    answer.status.and_then(|status| status.token).ok_or(Error::FindToken)
}

async fn ensure(accounts: &Api<ServiceAccount>, name: &str) -> Result<(), kube::Error> {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let account = ServiceAccount { metadata, ..ServiceAccount::default() };
    match accounts.create(&PostParams::default(), &account).await {
        Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(()),
        other => other.map(drop),
    }
}
