//! The certificates and keys of one control plane, as files.

use std::path::PathBuf;

use crate::certificates::{Authority, Certified, SigningKey};
use crate::error::Error;
use crate::folder::Folder;
use crate::kubeconfig::{self, User};

/// Names under which servers can be reached; the second address is that of the `kubernetes`
/// Service.
const SERVER_NAMES: [&str; 5] =
    ["127.0.0.1", "10.96.0.1", "localhost", "kubernetes.default.svc", "kubernetes"];

/// What the servers and the first users are given.
pub(crate) struct Credentials {
    pub(crate) authority: PathBuf,
    /// Of every server.
    pub(crate) server: Pair,
    /// With which the API server turns to etcd.
    pub(crate) etcd_client: Pair,
    pub(crate) admin: Pair,
    pub(crate) controller_manager: Pair,
    /// With which the API server turns to aggregated API servers.
    pub(crate) front_proxy: Pair,
    /// Signs service account tokens.
    pub(crate) signing: Pair,
}

/// A private key and its public side: a certificate, or the bare public key.
pub(crate) struct Pair {
    pub(crate) public: PathBuf,
    pub(crate) private: PathBuf,
}

impl Credentials {
    pub(crate) fn write(folder: &Folder) -> Result<Self, Error> {
        let authority = Authority::generate()?;
        let pair = |name: &str, certified: &Certified| Pair::write(folder, name, certified);
        let controller_manager = "system:kube-controller-manager";
        Ok(Self {
            authority: folder.write("authority.crt", &authority.certificate())?,
            server: pair("server", &authority.server(&SERVER_NAMES)?)?,
            etcd_client: pair("etcd-client", &authority.client("kube-apiserver", None)?)?,
            admin: pair("admin", &authority.client("admin", Some("system:masters"))?)?,
            controller_manager: pair(
                "controller-manager",
                &authority.client(controller_manager, None)?,
            )?,
            front_proxy: pair("front-proxy", &authority.client("front-proxy-client", None)?)?,
            signing: Pair::write_signing_key(folder)?,
        })
    }

    /// Writes the kubeconfig file of a user and gives its path.
    pub(crate) fn kubeconfig(
        &self,
        folder: &Folder,
        name: &str,
        server: &str,
        pair: &Pair,
    ) -> Result<PathBuf, Error> {
        let user = User::with_certificate(&pair.public, &pair.private);
        let content = kubeconfig::render(server, &self.authority, "default", &user);
        folder.write(&format!("{name}.kubeconfig"), &content)
    }
}

impl Pair {
    fn write(folder: &Folder, name: &str, certified: &Certified) -> Result<Self, Error> {
        Ok(Self {
            public: folder.write(&format!("{name}.crt"), &certified.certificate)?,
            private: folder.write(&format!("{name}.key"), &certified.key)?,
        })
    }

    fn write_signing_key(folder: &Folder) -> Result<Self, Error> {
        let key = SigningKey::generate()?;
        Ok(Self {
            public: folder.write("service-accounts.pub", &key.public)?,
            private: folder.write("service-accounts.key", &key.private)?,
        })
    }
}
