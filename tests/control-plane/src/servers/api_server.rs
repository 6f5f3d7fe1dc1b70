//! The command line of kube-apiserver.

use std::path::PathBuf;

use crate::credentials::Credentials;

/// Services get their addresses from here; wide enough for large benchmarks.
const SERVICE_RANGE: &str = "10.96.0.0/12";

/// Endpoints of the `kubernetes` Service may not be on the loopback address, so they get one
/// that is reserved for documentation. Nothing connects to it.
const ADVERTISED: &str = "192.0.2.1";

const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// An API server on the loopback address.
pub(crate) struct ApiServer<'a> {
    pub(crate) port: u16,
    pub(crate) etcd_url: String,
    pub(crate) credentials: &'a Credentials,
    /// Whether somebody creates the `default` ServiceAccount of each namespace; without, the
    /// admission plugin that wants one would refuse every Pod.
    pub(crate) service_accounts: bool,
    pub(crate) audit: Option<AuditFiles>,
    /// Appended last, so that they win.
    pub(crate) extra: &'a [String],
}

/// Where the audit log goes, and what goes into it.
pub(crate) struct AuditFiles {
    pub(crate) policy: PathBuf,
    pub(crate) log: PathBuf,
}

impl ApiServer<'_> {
    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments = self.listening();
        arguments.extend(self.authentication());
        arguments.extend([
            "--authorization-mode=RBAC".to_owned(),
            // Audited workloads may be privileged; the check for it is ours to make.
            "--allow-privileged=true".to_owned(),
            format!("--service-cluster-ip-range={SERVICE_RANGE}"),
        ]);
        if !self.service_accounts {
            arguments.push("--disable-admission-plugins=ServiceAccount".to_owned());
        }
        arguments.extend(self.audit.iter().flat_map(AuditFiles::arguments));
        arguments.extend(self.extra.iter().cloned());
        arguments
    }

    fn listening(&self) -> Vec<String> {
        let Credentials { authority, server, etcd_client, .. } = self.credentials;
        vec![
            format!("--etcd-servers={}", self.etcd_url),
            format!("--etcd-cafile={}", authority.display()),
            format!("--etcd-certfile={}", etcd_client.public.display()),
            format!("--etcd-keyfile={}", etcd_client.private.display()),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={}", self.port),
            format!("--advertise-address={ADVERTISED}"),
            format!("--tls-cert-file={}", server.public.display()),
            format!("--tls-private-key-file={}", server.private.display()),
        ]
    }

    fn authentication(&self) -> Vec<String> {
        let Credentials { authority, signing, front_proxy, .. } = self.credentials;
        vec![
            format!("--client-ca-file={}", authority.display()),
            format!("--service-account-issuer={ISSUER}"),
            format!("--service-account-key-file={}", signing.public.display()),
            format!("--service-account-signing-key-file={}", signing.private.display()),
            format!("--requestheader-client-ca-file={}", authority.display()),
            "--requestheader-allowed-names=front-proxy-client".to_owned(),
            "--requestheader-username-headers=X-Remote-User".to_owned(),
            "--requestheader-group-headers=X-Remote-Group".to_owned(),
            "--requestheader-extra-headers-prefix=X-Remote-Extra-".to_owned(),
            format!("--proxy-client-cert-file={}", front_proxy.public.display()),
            format!("--proxy-client-key-file={}", front_proxy.private.display()),
        ]
    }
}

impl AuditFiles {
    fn arguments(&self) -> [String; 4] {
        [
            format!("--audit-policy-file={}", self.policy.display()),
            format!("--audit-log-path={}", self.log.display()),
            "--audit-log-mode=blocking".to_owned(),
            // Never rotated: places in the file stay valid.
            "--audit-log-maxsize=0".to_owned(),
        ]
    }
}
