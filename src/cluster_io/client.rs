//! Two clients from one configuration: a patient one for watches, a strict one for calls.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::{Request, Response};
use jiff::Timestamp;
use kube::{Client, Config, client::ClientBuilder, config::KubeConfigOptions};
use tower::{Layer, Service, timeout::TimeoutLayer};

use crate::metrics::Metrics;

/// Connecting takes no longer than this.
const CONNECT: Duration = Duration::from_secs(10);
/// The answer to a list or a watch begins within this time, or is given up: the server itself gives up a
/// list after a minute.
const BEGINNING: Duration = Duration::from_secs(90);
/// A call is answered within this time, or is given up.
pub(super) const CALL: Duration = Duration::from_secs(15);

/// The clients.
#[derive(Clone)]
pub struct Clients {
    /// For lists and watches: once an answer has begun, it may be silent for as long as
    /// [`Clients::connect`] says.
    pub watch: Client,
    /// For everything else.
    pub call: Client,
    /// The address of the cluster.
    pub address: String,
}

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Neither a kubeconfig nor a service account was found.
    #[error(
        "no cluster to talk to: {0}; set KUBECONFIG or --kubeconfig, or run with a service account"
    )]
    Configuration(String),
    /// The configuration cannot be used.
    #[error("the cluster configuration cannot be used: {0}")]
    Unusable(#[source] kube::Error),
}

impl Clients {
    /// Makes clients from a kubeconfig and one of its contexts, or from the surroundings: the
    /// KUBECONFIG variable, `~/.kube/config`, or the service account of the pod.
    pub async fn connect(
        kubeconfig: Option<&std::path::Path>,
        context: Option<String>,
        silence: Duration,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, ClientError> {
        let options = KubeConfigOptions { context, ..KubeConfigOptions::default() };
        let unusable =
            |error: &dyn std::fmt::Display| ClientError::Configuration(error.to_string());
        let config = match kubeconfig {
            None if options.context.is_none() => {
                Config::infer().await.map_err(|error| unusable(&error))?
            }
            None => Config::from_kubeconfig(&options).await.map_err(|error| unusable(&error))?,
            Some(path) => {
                let file =
                    kube::config::Kubeconfig::read_from(path).map_err(|error| unusable(&error))?;
                Config::from_custom_kubeconfig(file, &options)
                    .await
                    .map_err(|error| unusable(&error))?
            }
        };
        let address = config.cluster_url.to_string().trim_end_matches('/').to_owned();
        Ok(Self {
            address,
            watch: client(config.clone(), silence, metrics)?,
            call: client(config, CALL, metrics)?,
        })
    }
}

/// The minor version of Kubernetes that a cluster runs, if it tells one.
pub async fn kubernetes_minor(client: &Client) -> Result<Option<u16>, kube::Error> {
    let version = client.apiserver_version().await?;
    // Some vendors write `28+`.
    let digits: String = version.minor.chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse().ok())
}

/// Retries of our own know what a failure means; the library's may hold a call for minutes.
fn client(
    mut config: Config,
    read_timeout: Duration,
    metrics: &Arc<Metrics>,
) -> Result<Client, ClientError> {
    config.connect_timeout = Some(CONNECT);
    config.read_timeout = Some(read_timeout);
    config.write_timeout = Some(CALL);
    config.reset_reader_on_write = true;
    config.default_retry = false;
    config.headers.push((
        http::header::USER_AGENT,
        http::HeaderValue::from_static(concat!("holystone/", env!("CARGO_PKG_VERSION"))),
    ));
    let builder = ClientBuilder::try_from(config).map_err(ClientError::Unusable)?;
    let begins = TimeoutLayer::new(BEGINNING);
    Ok(builder.with_layer(&begins).with_layer(&Measured(Arc::clone(metrics))).build())
}

/// Measures how long the API server takes to begin an answer.
struct Measured(Arc<Metrics>);

impl<S> Layer<S> for Measured {
    type Service = MeasuredService<S>;

    fn layer(&self, inner: S) -> MeasuredService<S> {
        MeasuredService { inner, metrics: Arc::clone(&self.0) }
    }
}

#[derive(Clone)]
struct MeasuredService<S> {
    inner: S,
    metrics: Arc<Metrics>,
}

type Answer<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

impl<S, In, Out> Service<Request<In>> for MeasuredService<S>
where
    S: Service<Request<In>, Response = Response<Out>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Answer<S::Response, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<In>) -> Self::Future {
        // The client names the verb of each request in its extensions.
        let verb = request.extensions().get::<&'static str>().copied().unwrap_or("raw");
        let is_read = matches!(verb, "list" | "watch");
        let path = is_read.then(|| request.uri().path().to_owned());
        let started = Instant::now();
        let metrics = Arc::clone(&self.metrics);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await;
            let code = answer.as_ref().map_or(0, |response| response.status().as_u16());
            metrics.api_request(verb, code, started.elapsed());
            if let Some(path) = path.filter(|_| (200..300).contains(&code)) {
                metrics.contact(&path, Timestamp::now());
            }
            answer
        })
    }
}
