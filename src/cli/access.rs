//! Where the commands about roles and bindings read them: files, or a cluster.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use crate::{
    cluster_io::Clients,
    inventory::{self, Pace},
    manifests::Loaded,
    metrics::Metrics,
    model::{Cluster, Facts, Kind},
};

use super::{Exit, files, output::warn, render::Rendering};

const KINDS: [Kind; 4] =
    [Kind::ClusterRole, Kind::ClusterRoleBinding, Kind::Role, Kind::RoleBinding];

/// A cluster instead of files.
#[derive(Args, Debug)]
pub(super) struct Live {
    /// Ask the cluster of the kubeconfig instead of files; it is only read.
    #[arg(long)]
    cluster: bool,
    /// Kubeconfig to use; otherwise as kubectl does.
    #[arg(long, value_name = "FILE", requires = "cluster")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    #[arg(long, value_name = "NAME", requires = "cluster")]
    context: Option<String>,
}

/// Roles and bindings, and whether all of them could be read.
pub(super) struct Graph {
    pub(super) cluster: Cluster,
    pub(super) exit: Exit,
}

impl Live {
    /// Whether a cluster is asked.
    pub(super) fn is_meant(&self) -> bool {
        self.cluster
    }

    /// Reads the files, or the cluster. Of files, objects that name no namespace are put into
    /// `namespace`; of a cluster, `only` is the namespace that is read.
    pub(super) fn read(
        &self,
        paths: &[PathBuf],
        namespace: Option<&str>,
        only: Option<&str>,
    ) -> anyhow::Result<Graph> {
        match (self.cluster, paths.is_empty()) {
            (true, true) => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(self.read_cluster(only))
            }
            (true, false) => bail!("name files, or give --cluster, not both"),
            (false, true) => bail!("name files or folders, - for stdin, or give --cluster"),
            (false, false) => read_files(paths, namespace),
        }
    }

    /// What may not be read is told, and the rest is used.
    async fn read_cluster(&self, only: Option<&str>) -> anyhow::Result<Graph> {
        let silence = Pace::default().silence;
        let metrics = Metrics::new().context("cannot declare instruments")?;
        let (kubeconfig, context) = (self.kubeconfig.as_deref(), self.context.clone());
        let clients = Clients::connect(kubeconfig, context, silence, &metrics).await?;
        let mut graph = Graph { cluster: Cluster::default(), exit: Exit::Clean };
        for kind in KINDS {
            match inventory::list(&clients.call, kind, only).await {
                Ok(listed) => graph.add(kind, &listed),
                Err(problem) => graph.incomplete(&format!("{}: {problem}", kind.plural())),
            }
        }
        if KINDS.iter().all(|kind| !graph.cluster.is_complete(*kind)) {
            bail!("neither roles nor bindings can be read");
        }
        Ok(graph)
    }
}

impl Graph {
    fn add(&mut self, kind: Kind, listed: &inventory::Listed) {
        listed.objects.iter().for_each(|object| {
            self.cluster.insert(Facts::of(object));
        });
        self.cluster.set_complete(kind, listed.undecodable.is_empty());
        listed.undecodable.iter().for_each(|problem| self.incomplete(problem));
    }

    fn incomplete(&mut self, problem: &str) {
        warn(problem);
        self.exit = Exit::Incomplete;
    }
}

fn read_files(paths: &[PathBuf], namespace: Option<&str>) -> anyhow::Result<Graph> {
    let mut manifest = files::read_all(paths, &Rendering::default())?;
    if let Some(namespace) = namespace {
        manifest.set_namespace(namespace);
    }
    let mut graph = Graph { cluster: Cluster::default(), exit: Exit::Clean };
    for Loaded { content: object, .. } in &manifest.objects {
        if KINDS.contains(&object.kind) {
            graph.cluster.insert(Facts::of(object));
        }
    }
    manifest.problems.iter().for_each(|problem| graph.incomplete(&problem.to_string()));
    Ok(graph)
}
