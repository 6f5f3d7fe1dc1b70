//! Kubeconfig files of the users of a control plane.

use std::path::Path;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};

use crate::error::Error;

/// How a user proves who they are, as the `user` of a kubeconfig file.
pub(crate) struct User(Value);

impl User {
    pub(crate) fn with_certificate(certificate: &Path, key: &Path) -> Self {
        Self(json!({ "client-certificate": certificate, "client-key": key }))
    }

    pub(crate) fn with_token(token: &str) -> Self {
        Self(json!({ "token": token }))
    }
}

/// The text of a kubeconfig file. It is JSON, which every reader of YAML takes.
pub(crate) fn render(server: &str, authority: &Path, namespace: &str, user: &User) -> String {
    let content = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            { "name": "holystone", "cluster": { "server": server, "certificate-authority": authority } },
        ],
        "users": [{ "name": "holystone", "user": user.0 }],
        "contexts": [{
            "name": "holystone",
            "context": { "cluster": "holystone", "user": "holystone", "namespace": namespace },
        }],
        "current-context": "holystone",
    });
    format!("{content:#}\n")
}

/// Reads a kubeconfig file as the configuration of a client.
pub(crate) async fn load(path: &Path) -> Result<Config, Error> {
    let attempt = |source| Error::ReadKubeconfig { path: path.to_owned(), source };
    let kubeconfig = Kubeconfig::read_from(path).map_err(attempt)?;
    let options = KubeConfigOptions::default();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(attempt)?;
    // A proxy from the environment has nothing to do with servers on the loopback address.
    config.proxy_url = None;
    Ok(config)
}
