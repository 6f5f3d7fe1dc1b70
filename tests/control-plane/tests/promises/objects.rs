//! The objects that the tests write.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{ObjectMeta, PostParams};
use kube::{Api, Client};

/// Creates an empty ConfigMap in the namespace `default`.
pub(crate) async fn create_config_map(client: Client, name: &str) -> Result<(), kube::Error> {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let config_map = ConfigMap { metadata, ..ConfigMap::default() };
    let config_maps: Api<ConfigMap> = Api::namespaced(client, "default");
    config_maps.create(&PostParams::default(), &config_map).await.map(drop)
}

/// Whether the namespace `default` has the ConfigMap.
pub(crate) async fn has_config_map(client: Client, name: &str) -> Result<bool, kube::Error> {
    let config_maps: Api<ConfigMap> = Api::namespaced(client, "default");
    Ok(config_maps.get_opt(name).await?.is_some())
}
