//! Objects written around the API server.

use anyhow::{Result, ensure};
use control_plane::ControlPlane;
use http::Request;
use k8s_openapi::ByteString;
use kube::Client;
use serde_json::{Value, json};

/// The most writes that etcd takes at once.
pub const TOGETHER: usize = 128;

/// The gateway of etcd, which takes JSON over HTTP.
pub struct Etcd(Client);

impl Etcd {
    pub fn of(plane: &ControlPlane) -> Result<Self> {
        let mut config = plane.config();
        config.cluster_url = plane.etcd_url().parse()?;
        Ok(Self(config.try_into()?))
    }

    /// Writes objects as an API server stores them, in one transaction.
    pub async fn write(&self, objects: impl Iterator<Item = Value>) -> Result<()> {
        let puts: Vec<_> = objects.map(|object| put(&object)).collect();
        let body = serde_json::to_vec(&json!({"success": puts}))?;
        let answer: Value = self.0.request(Request::post("/v3/kv/txn").body(body)?).await?;
        ensure!(answer["succeeded"] == true, "etcd answers {answer}");
        Ok(())
    }
}

/// The API server reads JSON, too, though it writes Protobuf.
fn put(object: &Value) -> Value {
    let base64 = |text: String| ByteString(text.into_bytes());
    json!({"requestPut": {"key": base64(key(object)), "value": base64(object.to_string())}})
}

fn key(object: &Value) -> String {
    let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
    let (metadata, kind) = (&object["metadata"], text(&object["kind"]).to_lowercase());
    format!("/registry/{kind}s/{}/{}", text(&metadata["namespace"]), text(&metadata["name"]))
}
