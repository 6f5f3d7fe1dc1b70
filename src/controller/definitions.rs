//! Compares the definitions on the server with those of this program. What an older one lacks is
//! left out of what is written, for the server would refuse the rest with it.

use std::time::{Duration, Instant};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client, CustomResourceExt, ResourceExt, api::ListParams, core::Status};
use tokio::task::JoinSet;

use crate::api::{ActionItem, AuditPolicy, Gaps, crds};

use super::auditor::Auditor;

/// The definitions are read no more often than this.
const PAUSE: Duration = Duration::from_mins(1);

/// What the definitions on the server lack.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lacking {
    items: Gaps,
    policies: Gaps,
}

/// What is known of the definitions on the server. They are read at the start, with full audits and when a
/// write is refused; while they are outdated, once a minute.
pub(super) struct Definitions {
    client: Client,
    /// Nothing, until they were read.
    lacking: Lacking,
    /// The same in words, if there is anything to tell.
    problem: Option<String>,
    looking: JoinSet<Result<Lacking, kube::Error>>,
    looked: Option<Instant>,
    is_doubted: bool,
    is_told: bool,
}

impl Definitions {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            lacking: Lacking::default(),
            problem: None,
            looking: JoinSet::new(),
            looked: None,
            is_doubted: false,
            is_told: false,
        }
    }

    /// Whether the server was asked, whatever it has answered: nothing is written before.
    pub(super) fn are_told(&self) -> bool {
        self.is_told
    }

    /// What the definition of policies lacks.
    pub(super) fn policies(&self) -> &Gaps {
        &self.lacking.policies
    }

    /// Why the definitions are outdated, and what to do.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// They are read again, once it is time: what was written is refused.
    pub(super) fn doubt(&mut self) {
        self.is_doubted = true;
    }

    /// A full audit has them read again, unless that was a moment ago.
    pub(super) fn audit_started(&mut self) {
        self.is_doubted |= self.is_rested();
    }

    fn is_rested(&self) -> bool {
        self.looked.is_none_or(|at| at.elapsed() >= PAUSE)
    }

    /// Reads them, if it is time.
    pub(super) fn look(&mut self) {
        let is_wanted = self.looked.is_none() || self.is_doubted || self.problem.is_some();
        if is_wanted && self.is_rested() && self.looking.is_empty() {
            self.looked = Some(Instant::now());
            self.is_doubted = false;
            self.looking.spawn(look(self.client.clone()));
        }
    }

    /// Waits until they are read; for ever when they are not.
    pub(super) async fn next(&mut self) -> Result<Lacking, kube::Error> {
        match self.looking.join_next().await {
            Some(Ok(seen)) => seen,
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => std::future::pending().await,
        }
    }

    /// Takes in what was read. The answer is whether that is news.
    fn take_in(&mut self, seen: Result<Lacking, kube::Error>) -> bool {
        self.is_told = true;
        let lacking = match seen {
            Ok(lacking) => lacking,
            Err(error) => {
                tracing::debug!(%error, "the definitions cannot be compared");
                let is_refused =
                    matches!(&error, kube::Error::Api(status) if status.is_forbidden());
                self.is_doubted |= !is_refused;
                return false;
            }
        };
        let is_news = lacking != self.lacking;
        self.problem = problem(&lacking);
        self.lacking = lacking;
        match &self.problem {
            Some(problem) if is_news => tracing::warn!("{problem}"),
            None if is_news => tracing::info!("the definitions lack nothing any more"),
            _ => {}
        }
        is_news
    }
}

impl Auditor {
    /// What was left out may be written now, or the other way round.
    pub(super) fn definitions_seen(&mut self, seen: Result<Lacking, kube::Error>) {
        if self.definitions.take_in(seen) {
            self.book.leave_out(self.definitions.lacking.items.clone());
            self.touch_all_items();
            self.status_is_stale = true;
        }
    }
}

async fn look(client: Client) -> Result<Lacking, kube::Error> {
    let served = Api::<CustomResourceDefinition>::all(client);
    let [items, policies] = crds();
    Ok(Lacking { items: gaps(&served, &items).await?, policies: gaps(&served, &policies).await? })
}

/// Reads a definition by a list of one: the role has no right to `get` both.
async fn gaps(
    served: &Api<CustomResourceDefinition>,
    needed: &CustomResourceDefinition,
) -> Result<Gaps, kube::Error> {
    let name = needed.name_any();
    let by_name = ListParams::default().fields(&format!("metadata.name={name}"));
    let found = served.list(&by_name).await?.items.pop();
    let absent = || kube::Error::Api(Box::new(Status::failure(&name, "NotFound").with_code(404)));
    Ok(Gaps::between(&found.ok_or_else(absent)?, needed))
}

fn problem(lacking: &Lacking) -> Option<String> {
    let pairs =
        [(ActionItem::crd_name(), &lacking.items), (AuditPolicy::crd_name(), &lacking.policies)];
    let told = pairs.iter().filter(|(_, gaps)| !gaps.is_empty());
    let told: Vec<String> = told.map(|(name, gaps)| format!("{name} lacks {gaps}")).collect();
    (!told.is_empty()).then(|| {
        format!(
            "the definitions on the server are older than version {} of the controller: {}; apply \
             those of that version (kubectl apply --server-side -f crds/, or helm upgrade with \
             crds.install)",
            env!("CARGO_PKG_VERSION"),
            told.join(", ")
        )
    })
}
