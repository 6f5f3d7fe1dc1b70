//! The start of a control plane, from programs to ready servers.

use std::path::{Path, PathBuf};

use kube::Config;
use tokio::sync::Mutex;

use crate::audit::policy;
use crate::builder::Builder;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::folder::Folder;
use crate::kubeconfig;
use crate::plane::ControlPlane;
use crate::programs::{Program, locate};
use crate::servers::{
    ApiServer, AuditFiles, ControllerManager, Etcd, Probe, Process, Server, Servers, free_port,
};

/// How often new ports are chosen when somebody else took one in between.
const ATTEMPTS: usize = 5;

/// Finds the programs and starts the servers.
pub(crate) async fn launch(builder: &Builder) -> Result<ControlPlane, Error> {
    let wants_controller_manager = builder.controller_manager;
    let programs = tokio::task::spawn_blocking(move || find(wants_controller_manager)).await??;
    let mut attempt = 1;
    loop {
        match start(builder, &programs).await {
            Err(error) if error.is_port_taken() && attempt < ATTEMPTS => attempt += 1,
            outcome => return outcome,
        }
    }
}

struct Programs {
    etcd: PathBuf,
    api_server: PathBuf,
    controller_manager: Option<PathBuf>,
}

fn find(with_controller_manager: bool) -> Result<Programs, Error> {
    let mut wanted = vec![Program::Etcd, Program::KubeApiserver];
    wanted.extend(with_controller_manager.then_some(Program::KubeControllerManager));
    let mut found = locate(&wanted)?.into_iter();
    let mut next = || found.next().expect("one path for each program that was asked for");
    Ok(Programs {
        etcd: next(),
        api_server: next(),
        controller_manager: with_controller_manager.then(next),
    })
}

async fn start(builder: &Builder, programs: &Programs) -> Result<ControlPlane, Error> {
    let folder = Folder::create()?;
    let credentials = Credentials::write(&folder)?;
    let etcd = Etcd {
        data: folder.path().join("etcd"),
        port: free_port()?,
        credentials: &credentials,
        fsync: builder.fsync,
    };
    let api_server = ApiServer {
        port: free_port()?,
        etcd_url: etcd.url(),
        credentials: &credentials,
        service_accounts: builder.controller_manager,
        audit: audit(builder, &folder)?,
        extra: &builder.extra_apiserver_args,
    };
    let server_url = api_server.url();
    let kubeconfig = credentials.kubeconfig(&folder, "admin", &server_url, &credentials.admin)?;
    let config = kubeconfig::load(&kubeconfig).await?;
    let site = Site { programs, folder: &folder, config: &config };
    let mut servers = Servers {
        etcd: site.etcd(&etcd),
        api_server: site.api_server(&api_server).with_environment(&builder.apiserver_environment),
        controller_manager: site.controller_manager(&credentials, &server_url)?,
    };
    servers.start().await?;
    let etcd_url = etcd.url();
    Ok(ControlPlane {
        servers: Mutex::new(servers),
        folder,
        authority: credentials.authority,
        kubeconfig,
        config,
        server_url,
        etcd_url,
    })
}

fn audit(builder: &Builder, folder: &Folder) -> Result<Option<AuditFiles>, Error> {
    if !builder.audit {
        return Ok(None);
    }
    let policy = folder.write("audit-policy.json", &policy::render())?;
    Ok(Some(AuditFiles { policy, log: folder.audit_log() }))
}

/// What every server of a control plane shares.
struct Site<'a> {
    programs: &'a Programs,
    folder: &'a Folder,
    /// Of the administrator, who asks whether servers are ready.
    config: &'a Config,
}

impl Site<'_> {
    fn etcd(&self, etcd: &Etcd<'_>) -> Process {
        let probes = vec![self.probe("/health").at(&etcd.url())];
        self.process(Server::Etcd, &self.programs.etcd, etcd.arguments(), probes)
    }

    fn api_server(&self, api_server: &ApiServer<'_>) -> Process {
        // The namespaces of the system are made after `/readyz` says yes.
        let probes = vec![self.probe("/readyz"), self.probe("/api/v1/namespaces/default")];
        let arguments = api_server.arguments();
        self.process(Server::ApiServer, &self.programs.api_server, arguments, probes)
    }

    fn controller_manager(
        &self,
        credentials: &Credentials,
        server_url: &str,
    ) -> Result<Option<Process>, Error> {
        let Some(program) = &self.programs.controller_manager else { return Ok(None) };
        let user = "controller-manager";
        let pair = &credentials.controller_manager;
        let kubeconfig = credentials.kubeconfig(self.folder, user, server_url, pair)?;
        let server = ControllerManager { port: free_port()?, kubeconfig, credentials };
        let probes = vec![
            self.probe("/healthz").at(&server.url()),
            // The first thing that tests need from the controllers.
            self.probe("/api/v1/namespaces/default/serviceaccounts/default"),
        ];
        let arguments = server.arguments();
        Ok(Some(self.process(Server::ControllerManager, program, arguments, probes)))
    }

    fn probe(&self, path: &'static str) -> Probe {
        Probe::new(self.config.clone(), path)
    }

    fn process(
        &self,
        server: Server,
        program: &Path,
        arguments: Vec<String>,
        probes: Vec<Probe>,
    ) -> Process {
        Process::new(server, program, arguments, &self.folder.logs(), probes)
    }
}
