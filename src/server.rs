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

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    async fn answer(address: SocketAddr, request: &str) -> String {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let head = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn three_pages_are_read_and_nothing_is_taken() {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let readiness = Arc::new(Readiness::default());
        tokio::spawn(serve(listener, Metrics::new().unwrap(), Arc::clone(&readiness)));
        for (request, code) in [
            ("GET /healthz", 200),
            ("GET /metrics", 200),
            ("GET /readyz", 503),
            ("GET /", 404),
            ("GET /debug/pprof/", 404),
            ("GET /metrics/../../etc/passwd", 404),
            ("POST /metrics", 405),
            ("PUT /readyz", 405),
            ("DELETE /healthz", 405),
        ] {
            let answer = answer(address, request).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {code} ")), "{request}: {answer}");
        }
        readiness.set(true);
        assert!(answer(address, "GET /readyz").await.starts_with("HTTP/1.1 200 "));
    }
}
