//! Objects can be written around the API server.

use control_plane::ControlPlane;
use http::Request;
use k8s_openapi::ByteString;
use kube::Client;
use serde_json::{Value, json};

use crate::deadline::PATIENCE;
use crate::objects::has_config_map;

#[tokio::test]
async fn json_that_is_put_into_etcd_over_http_is_an_object() {
    let plane = ControlPlane::builder().audit(false).start().await.unwrap();
    let mut config = plane.config();
    config.cluster_url = plane.etcd_url().parse().unwrap();
    config.read_timeout = Some(PATIENCE);
    let etcd = Client::try_from(config).unwrap();

    let shop = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": "shop", "namespace": "default" },
    });
    let base64 = |text: &str| ByteString(text.as_bytes().to_vec());
    let key = base64("/registry/configmaps/default/shop");
    let put = json!({ "key": key, "value": base64(&shop.to_string()) });
    let request = Request::post("/v3/kv/put").body(put.to_string().into_bytes()).unwrap();
    etcd.request::<Value>(request).await.unwrap();

    assert!(has_config_map(plane.client(), "shop").await.unwrap());
}
