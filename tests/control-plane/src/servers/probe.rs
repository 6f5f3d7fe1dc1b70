//! The question whether a server is ready.

use std::time::Duration;

use http::Request;
use kube::{Client, Config};

use crate::error::Error;

/// A server on this machine that takes longer than this for a small answer is not ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// A GET request that succeeds once a server is ready.
pub(crate) struct Probe {
    config: Config,
    path: &'static str,
}

impl Probe {
    /// Asks as the user of `config`, at its server.
    pub(crate) fn new(mut config: Config, path: &'static str) -> Self {
        config.connect_timeout = Some(PATIENCE);
        config.read_timeout = Some(PATIENCE);
        // The caller asks again, and sooner than the client would.
        config.default_retry = false;
        Self { config, path }
    }

    /// Asks another server on this machine, at `url`.
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.config.cluster_url = url.parse().expect("scheme, address and port make a URI");
        self
    }

    /// A client for the questions, which lives as long as the runtime that it is made on.
    pub(crate) fn question(&self) -> Result<Question, Error> {
        let client = Client::try_from(self.config.clone()).map_err(Error::BuildClient)?;
        Ok(Question { client, path: self.path })
    }
}

/// A probe that can be asked again and again.
pub(crate) struct Question {
    client: Client,
    path: &'static str,
}

impl Question {
    /// Asks once; the error says what is missing.
    pub(crate) async fn ask(&self) -> Result<(), String> {
        let request =
            Request::get(self.path).body(Vec::new()).map_err(|error| error.to_string())?;
        match self.client.request_text(request).await {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("GET {}: {error}", self.path)),
        }
    }
}
