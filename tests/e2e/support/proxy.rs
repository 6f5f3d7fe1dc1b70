//! Stands between the controller and the API server and spoils what it is told to.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{Response, StatusCode, header},
};
use futures::{StreamExt, future::ready};
use kube::{Client, Config};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Cluster, Controller};

/// What is spoiled.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Watch events that hold this text get lost.
    LoseEvents(String),
    /// In answers this text becomes another.
    Replace(String, String),
    /// Requests whose path and query hold all these words are answered with this code.
    Refuse(&'static str, u16),
    /// Requests whose path and query hold all these words wait for so long.
    Delay(&'static str, Duration),
}

/// A proxy that runs until it is dropped.
pub struct Proxy {
    faults: Faults,
    kubeconfig: tempfile::NamedTempFile,
    task: JoinHandle<()>,
}

type Faults = Arc<Mutex<Vec<Fault>>>;

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    pub async fn start(cluster: &Cluster) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let kubeconfig = tempfile::NamedTempFile::new().expect("a file can be made");
        let path = cluster.kubeconfig_of("holystone").await;
        let text = std::fs::read_to_string(path).expect("the kubeconfig can be read");
        let text = text.replace(cluster.plane.server_url(), &format!("http://{address}"));
        std::fs::write(kubeconfig.path(), text).expect("the kubeconfig can be written");

        let faults = Faults::default();
        let (client, shared) = (anonymous(&cluster.plane.config()), Arc::clone(&faults));
        let router = Router::new().fallback(move |request: Request| {
            let (client, faults) = (client.clone(), shared.lock().expect("no panic").clone());
            async move { forward(client, faults, request).await }
        });
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it is served until it is dropped");
        });
        Self { faults, kubeconfig, task }
    }

    /// From now on these faults and no others; running watches keep theirs.
    pub fn set(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.faults.lock().expect("no panic") = faults.into_iter().collect();
    }

    /// A controller behind the proxy.
    pub fn controller_with(&self, arguments: &[&str]) -> Controller {
        Controller::start(self.kubeconfig(), arguments)
    }

    fn kubeconfig(&self) -> &Path {
        self.kubeconfig.path()
    }
}

/// Who is asking is told by the headers of each request.
fn anonymous(config: &Config) -> Client {
    let mut anonymous = Config::new(config.cluster_url.clone());
    anonymous.root_cert.clone_from(&config.root_cert);
    anonymous.default_retry = false;
    Client::try_from(anonymous).expect("it is a configuration")
}

async fn forward(client: Client, faults: Vec<Fault>, request: Request) -> Response<Body> {
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let is_meant = |words: &str| words.split(' ').all(|word| path.contains(word));
    for fault in &faults {
        match fault {
            Fault::Refuse(words, code) if is_meant(words) => {
                let code = StatusCode::from_u16(*code).expect("it is a code");
                return answer(code, Body::empty());
            }
            Fault::Delay(words, time) if is_meant(words) => tokio::time::sleep(*time).await,
            _ => {}
        }
    }
    let (mut head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    head.uri = path.parse().expect("it was a path before");
    head.headers.remove(header::HOST);
    let request = http::Request::from_parts(head, kube::client::Body::from(body.to_vec()));
    let Ok(response) = client.send(request).await else {
        return answer(StatusCode::BAD_GATEWAY, Body::empty());
    };
    let (mut head, body) = response.into_parts();
    for framing in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        head.headers.remove(framing);
    }
    let body = if path.contains("watch=") {
        events(faults, Body::new(body))
    } else {
        let body = to_bytes(Body::new(body), usize::MAX).await.unwrap_or_default();
        Body::from(spoil(&faults, &body))
    };
    Response::from_parts(head, body)
}

fn answer(code: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response
}

/// The events of a watch, one a line, without those that get lost.
fn events(faults: Vec<Fault>, body: Body) -> Body {
    let lines = body.into_data_stream().scan(Vec::new(), move |rest, chunk| {
        let chunk = chunk.map(|chunk| {
            rest.extend_from_slice(&chunk);
            let end = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let whole: Vec<u8> = rest.drain(..end).collect();
            let lines = whole.split_inclusive(|byte| *byte == b'\n');
            let kept = lines.filter(|line| !is_lost(&faults, line));
            Bytes::from(kept.flat_map(|line| spoil(&faults, line)).collect::<Vec<u8>>())
        });
        ready(Some(chunk))
    });
    Body::from_stream(lines)
}

fn is_lost(faults: &[Fault], line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    faults.iter().any(|fault| matches!(fault, Fault::LoseEvents(text) if line.contains(text)))
}

fn spoil(faults: &[Fault], text: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(text).into_owned();
    for fault in faults {
        if let Fault::Replace(from, to) = fault {
            text = text.replace(from, to);
        }
    }
    text.into_bytes()
}
