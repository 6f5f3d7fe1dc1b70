//! The command line of etcd.

use std::path::PathBuf;

use crate::credentials::Credentials;

/// A single etcd member that serves clients on the loopback address.
///
/// It asks for certificates of our authority and shows one: nobody else on this machine can write
/// around the API server, and an API server can never end up at the etcd of another control plane
/// that took the port in between.
pub(crate) struct Etcd<'a> {
    pub(crate) data: PathBuf,
    pub(crate) port: u16,
    pub(crate) credentials: &'a Credentials,
    /// Whether a write waits for the disk.
    pub(crate) fsync: bool,
}

impl Etcd<'_> {
    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub(crate) fn arguments(&self) -> Vec<String> {
        let url = self.url();
        let Credentials { authority, server, etcd_client, .. } = self.credentials;
        vec![
            format!("--data-dir={}", self.data.display()),
            format!("--listen-client-urls={url}"),
            format!("--advertise-client-urls={url}"),
            format!("--cert-file={}", server.public.display()),
            format!("--key-file={}", server.private.display()),
            format!("--trusted-ca-file={}", authority.display()),
            "--client-cert-auth=true".to_owned(),
            // With this its gateway, which takes JSON over HTTP, turns to itself.
            format!("--client-cert-file={}", etcd_client.public.display()),
            format!("--client-key-file={}", etcd_client.private.display()),
            // There are no peers; any port will do.
            "--listen-peer-urls=http://127.0.0.1:0".to_owned(),
            // Large clusters of benchmarks need more than the 2 GiB that are the default.
            format!("--quota-backend-bytes={}", 8_u64 << 30),
            // A lone member elects itself after this many milliseconds, so it need not be long.
            "--heartbeat-interval=20".to_owned(),
            "--election-timeout=100".to_owned(),
            format!("--unsafe-no-fsync={}", !self.fsync),
        ]
    }
}
