//! What has to stand before anything can be shown: servers, definitions, roles, policy, shop.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use anyhow::{Context, anyhow};
use control_plane::{ControlPlane, Error};
use holystone::{
    api,
    cluster_io::LeaseTimes,
    controller::{self, Options},
    engine::OwnerKeys,
    inventory::Pace,
    items::Limits,
    metrics::NamespaceSeries,
};
use k8s_openapi::{
    api::core::v1::Pod,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client,
    api::{DynamicObject, ListParams},
    runtime::wait::{await_condition, conditions::is_crd_established},
};
use tracing_subscriber::EnvFilter;

use super::{manifests, screen::Clock};

/// Where the controller lives, by what the project ships.
const NAMESPACE: &str = "holystone-system";
const ACCOUNT: &str = "holystone";
/// For this long the API server holds back new objects of a new definition.
const NEW_DEFINITION: Duration = Duration::from_secs(2);
/// Longer than any of it takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The servers, and how to talk to them.
pub(crate) struct Stage {
    pub(crate) plane: ControlPlane,
    pub(crate) client: Client,
}

impl Stage {
    /// Starts the servers, and gives them what the show needs.
    pub(crate) async fn set(clock: &Clock) -> anyhow::Result<Self> {
        clock.step("starting etcd, kube-apiserver and kube-controller-manager");
        let builder = ControlPlane::builder().controller_manager(true).audit(false);
        let plane = builder.start().await.map_err(cannot)?;
        let stage = Self { client: plane.client(), plane };
        let version = stage.client.apiserver_version().await?;
        clock.step(&format!("Kubernetes {} is ready", version.git_version));
        stage.install().await?;
        clock.step("installed crds/ and config/");
        manifests::apply(&stage.client, include_str!("policy.yaml")).await?;
        clock.step("applied the AuditPolicy `baseline` (examples/demo/policy.yaml)");
        let shop = manifests::apply(&stage.client, include_str!("shop.yaml")).await?;
        clock.step(&format!("applied a shop of {} objects (examples/demo/shop.yaml)", shop.len()));
        let pods = shop.iter().map(replicas).sum();
        stage.wait_for_pods(pods).await?;
        clock.step(&format!("Kubernetes has made {pods} pods of its workloads"));
        Ok(stage)
    }

    async fn install(&self) -> anyhow::Result<()> {
        for (_, yaml) in api::files()? {
            manifests::apply(&self.client, &yaml).await?;
        }
        let definitions: Api<CustomResourceDefinition> = Api::all(self.client.clone());
        for definition in api::crds() {
            let name = definition.metadata.name.unwrap_or_default();
            let established = is_crd_established();
            within(&format!("{name} to be served"), async {
                await_condition(definitions.clone(), &name, established).await.map_err(Into::into)
            })
            .await?;
        }
        for yaml in [
            include_str!("../../config/rbac/account.yaml"),
            include_str!("../../config/rbac/role.yaml"),
            include_str!("../../config/rbac/admission.yaml"),
        ] {
            manifests::apply(&self.client, yaml).await?;
        }
        tokio::time::sleep(NEW_DEFINITION).await;
        Ok(())
    }

    async fn wait_for_pods(&self, count: usize) -> anyhow::Result<()> {
        let pods: Api<Pod> = Api::all(self.client.clone());
        let all = async || Ok(pods.list(&ListParams::default()).await?.items.len() >= count);
        eventually("Kubernetes to make the pods", all).await
    }

    /// The real controller, with the rights that the project ships, until it is dropped. The
    /// answer is where its metrics are.
    pub(crate) async fn controller(
        &self,
    ) -> anyhow::Result<(SocketAddr, impl Future<Output = anyhow::Error> + Send + use<>)> {
        self.log_to_a_file()?;
        let kubeconfig = self.plane.kubeconfig_for(NAMESPACE, ACCOUNT).await;
        let kubeconfig = kubeconfig.map_err(cannot)?;
        let listen = free_address()?;
        let options = Options {
            is_dry: false,
            kubeconfig: Some(kubeconfig),
            context: None,
            namespace: NAMESPACE.to_owned(),
            identity: "demo".to_owned(),
            listen,
            lease: LeaseTimes::default(),
            pace: Pace::default(),
            write_concurrency: 8,
            policy_loss_confirmation: Duration::from_mins(1),
            deletions_per_minute: 120,
            items: Limits { total: 10_000, namespace: 1_500 },
            whole_objects: 64 << 20,
            events_per_minute: 120,
            owner_keys: OwnerKeys::default(),
            metrics_namespaces: NamespaceSeries::default(),
        };
        let running = async {
            match controller::run(options, std::future::pending()).await {
                Ok(()) => anyhow!("the controller has ended by itself; run it again"),
                Err(error) => anyhow!("the controller has ended: {error}"),
            }
        };
        Ok((listen, running))
    }

    /// The log of the controller stands beside those of the servers.
    fn log_to_a_file(&self) -> anyhow::Result<()> {
        let path = self.plane.logs().join("holystone.log");
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let filter = EnvFilter::new("info,kube_client=off,kube_runtime=off");
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
        log.with_writer(file).init();
        Ok(())
    }
}

/// What a control plane cannot do, as a sentence; its cause is told with it.
pub(crate) fn cannot(error: Error) -> anyhow::Error {
    let sentence = format!("cannot {error}");
    anyhow::Error::new(error).context(sentence)
}

/// The pods that come of an object at once.
fn replicas(object: &DynamicObject) -> usize {
    let replicas = object.data["spec"]["replicas"].as_u64();
    replicas.and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
}

fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free on 127.0.0.1")?;
    Ok(listener.local_addr()?)
}

/// Waits for what takes a moment.
pub(crate) async fn within<T>(
    what: &str,
    attempt: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let late = || {
        let seconds = PATIENCE.as_secs();
        format!(
            "waited {seconds} s for {what}; run it again with HOLYSTONE_KEEP=1 and look into the \
             logs of the folder that it names"
        )
    };
    tokio::time::timeout(PATIENCE, attempt).await.with_context(late)?
}

/// Asks again and again until the answer is yes.
pub(crate) async fn eventually(
    what: &str,
    is_so: impl AsyncFn() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    within(what, async {
        while !is_so().await? {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    })
    .await
}
