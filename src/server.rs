//! `/metrics`, `/healthz` and `/readyz`: read only, nothing of the cluster's content.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, http::StatusCode, http::header, routing::get};
use tokio::net::TcpListener;

use crate::metrics::Metrics;

/// Whether the replica can do its work. A standby that waits for its turn can.
#[derive(Debug, Default)]
pub struct Readiness(AtomicBool);

impl Readiness {
    /// Says whether the replica is ready.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Relaxed);
    }

    fn code(&self) -> (StatusCode, &'static str) {
        match self.0.load(Ordering::Relaxed) {
            true => (StatusCode::OK, "ok\n"),
            false => (StatusCode::SERVICE_UNAVAILABLE, "still reading the cluster\n"),
        }
    }
}

/// Binds the address. The error names it and says what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, std::io::Error> {
    TcpListener::bind(address).await.map_err(|error| {
        let text = format!("cannot listen on {address}: {error}; choose another --listen address");
        std::io::Error::new(error.kind(), text)
    })
}

/// Answers requests until the task is dropped.
pub async fn serve(
    listener: TcpListener,
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
) -> Result<(), std::io::Error> {
    let export = move || {
        let text = metrics.export();
        async move {
            match text {
                Ok(text) => {
                    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
                    (StatusCode::OK, kind, text)
                }
                Err(error) => {
                    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
                    (StatusCode::INTERNAL_SERVER_ERROR, kind, error.to_string())
                }
            }
        }
    };
    let router = Router::new()
        .route("/metrics", get(export))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || async move { readiness.code() }));
    axum::serve(listener, router).await
}
