//! The command line of kube-controller-manager.

use std::path::PathBuf;

use crate::credentials::Credentials;

/// A controller manager that serves its health on the loopback address.
pub(crate) struct ControllerManager<'a> {
    pub(crate) port: u16,
    pub(crate) kubeconfig: PathBuf,
    pub(crate) credentials: &'a Credentials,
}

impl ControllerManager<'_> {
    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub(crate) fn arguments(&self) -> Vec<String> {
        let kubeconfig = self.kubeconfig.display();
        let Credentials { authority, server, signing, .. } = self.credentials;
        vec![
            format!("--kubeconfig={kubeconfig}"),
            format!("--authentication-kubeconfig={kubeconfig}"),
            format!("--authorization-kubeconfig={kubeconfig}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={}", self.port),
            format!("--tls-cert-file={}", server.public.display()),
            format!("--tls-private-key-file={}", server.private.display()),
            format!("--root-ca-file={}", authority.display()),
            format!("--service-account-private-key-file={}", signing.private.display()),
            "--use-service-account-credentials=true".to_owned(),
            "--leader-elect=false".to_owned(),
            // Tests should not wait for its own rate limit.
            "--kube-api-qps=500".to_owned(),
            "--kube-api-burst=1000".to_owned(),
        ]
    }
}
