//! Reads one source for ever: a complete list, then its changes, and again from the list whenever
//! anything went wrong. So a broken watch, an expired version and a silent server all heal alike.

use std::{
    hash::{BuildHasher, RandomState},
    iter,
    time::{Duration, Instant},
};

use futures::StreamExt;
use kube::{
    Api, Client,
    api::ListParams,
    core::{ApiResource, Status},
    runtime::watcher::{self, watcher},
};
use serde::de::DeserializeOwned;
use tokio::{sync::mpsc, time};

use crate::{
    api::{ActionItem, AuditPolicy},
    engine::Subject,
    model::{Kind, ObjectKey, PodTrouble, decode, decode_meta, decode_pod_state},
};

use super::{
    Decoded, Form, Mode, Observation, Pace, Problem, Seen, Source, grant, named, raw::Raw,
};

/// The first pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Reader {
    client: Client,
    pace: Pace,
    source: Source,
    mode: Mode,
    form: Form,
    versions: Vec<String>,
    number: u64,
    observations: mpsc::Sender<Observation>,
}

/// Why a reader stops: nobody listens any more, or there is nothing left to do.
struct Finished;

impl Reader {
    pub(super) fn new(
        client: Client,
        pace: Pace,
        source: Source,
        (mode, form, versions): (Mode, Form, Vec<String>),
        number: u64,
        observations: mpsc::Sender<Observation>,
    ) -> Self {
        Self { client, pace, source, mode, form, versions, number, observations }
    }

    pub(super) async fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let started = Instant::now();
            let Err(problem) = self.read_once().await else { return };
            tracing::debug!(source = ?self.source, %problem, "reading failed");
            let is_usual = self.is_usual(&problem);
            if self.tell(Seen::Failed(problem)).await.is_err() {
                return;
            }
            if is_usual {
                time::sleep(jittered(self.pace.recess)).await;
                continue;
            }
            if started.elapsed() > self.pace.longest_pause {
                pause = FIRST_PAUSE;
            }
            time::sleep(jittered(pause)).await;
            pause = (pause * 2).min(self.pace.longest_pause);
        }
    }

    /// Whether a problem is the rule rather than a fault: an add-on that is not installed, a right
    /// that is not given by default.
    fn is_usual(&self, problem: &Problem) -> bool {
        match (self.source, problem) {
            (Source::Kind(kind), Problem::NotServed) => kind.is_optional(),
            (Source::Kind(kind), Problem::Forbidden(_)) => kind.needs_grant(),
            _ => false,
        }
    }

    /// Reads until something fails.
    async fn read_once(&self) -> Result<Finished, Problem> {
        let resource = match self.source {
            Source::Kind(kind @ Kind::Named(_)) => {
                named::resource(&self.client, kind, &self.versions).await?
            }
            source => resource(source),
        };
        if matches!(self.source, Source::Kind(kind) if kind.needs_grant())
            && !grant::may_list(&self.client, &resource).await
        {
            return Err(Problem::Forbidden(qualified_plural(&resource)));
        }
        let api = Api::all_with(self.client.clone(), &resource);
        match self.source {
            Source::Kind(kind) if kind.is_polled() => self.poll(&api).await,
            _ => self.follow(&api, &resource).await,
        }
    }

    /// One list after the other, where there is no watch.
    async fn poll(&self, api: &Api<Raw>) -> Result<Finished, Problem> {
        loop {
            if self.list(api).await?.is_err() || self.mode == Mode::List {
                return Ok(Finished);
            }
            time::sleep(jittered(self.pace.poll)).await;
        }
    }

    /// One list; the inner error is that nobody listens.
    async fn list(&self, api: &Api<Raw>) -> Result<Result<(), Finished>, Problem> {
        let began = Instant::now();
        let objects = api.list(&ListParams::default()).await;
        let objects = objects.map_err(watcher::Error::InitialListFailed);
        let objects = objects.map_err(|error| problem(&error, &resource(self.source)))?;
        let seen = objects.items.iter().map(|raw| Seen::Applied(self.decode(raw, "")));
        for seen in iter::once(Seen::ListStarted).chain(seen).chain([Seen::ListDone(began)]) {
            if let Err(finished) = self.tell(seen).await {
                return Ok(Err(finished));
            }
        }
        Ok(Ok(()))
    }

    /// One list and its watch, until something fails.
    async fn follow(&self, api: &Api<Raw>, resource: &ApiResource) -> Result<Finished, Problem> {
        let lasting = lasting(self.pace.silence).as_secs() as u32;
        let config = watcher::Config::default().page_size(self.page_size()).timeout(lasting);
        let mut events = std::pin::pin!(watcher(api.clone(), config));
        let mut list_started = Instant::now();
        while let Some(event) = events.next().await {
            let seen = match event.map_err(|error| problem(&error, resource))? {
                watcher::Event::Init => {
                    list_started = Instant::now();
                    Seen::ListStarted
                }
                watcher::Event::InitDone => Seen::ListDone(list_started),
                watcher::Event::InitApply(raw) | watcher::Event::Apply(raw) => {
                    Seen::Applied(self.decode(&raw, &resource.api_version))
                }
                watcher::Event::Delete(raw) => {
                    Seen::Deleted(self.decode(&raw, &resource.api_version))
                }
            };
            let is_done = self.mode == Mode::List && matches!(seen, Seen::ListDone(_));
            if self.tell(seen).await.is_err() || is_done {
                return Ok(Finished);
            }
        }
        Err(Problem::Unavailable("the watch ended".to_owned()))
    }

    /// What holds data of people is listed in smaller pages: an object may have a mebibyte.
    fn page_size(&self) -> u32 {
        match self.source {
            Source::Kind(Kind::ConfigMap | Kind::Secret) => self.pace.page_size.div_ceil(10),
            _ => self.pace.page_size,
        }
    }

    async fn tell(&self, seen: Seen) -> Result<(), Finished> {
        let observation = Observation { source: self.source, seen, reader: self.number };
        self.observations.send(observation).await.map_err(|_| Finished)
    }

    fn decode(&self, raw: &Raw, api_version: &str) -> Decoded {
        match self.source {
            Source::Kind(kind) => match decode_object(kind, raw) {
                Decoded::Owned(key, trouble, _) if self.form == Form::All => {
                    Decoded::Owned(key, trouble, Some(raw.json().into()))
                }
                Decoded::Object(mut object) => {
                    if matches!(kind, Kind::Named(_)) {
                        object.api_version = api_version.into();
                    }
                    let is_whole = self.form != Form::Read;
                    object.whole = is_whole.then(|| raw.json().into());
                    Decoded::Object(object)
                }
                other => other,
            },
            Source::Policies => {
                decode_own::<AuditPolicy>(raw, |policy| Decoded::Policy(Box::new(policy)))
            }
            Source::Items => decode_own::<ActionItem>(raw, |item| Decoded::Item(Box::new(item))),
        }
    }
}

fn problem(error: &watcher::Error, resource: &ApiResource) -> Problem {
    let text = match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status)) => {
            return refused(status, resource);
        }
        other => other.to_string(),
    };
    Problem::Unavailable(crate::items::clean(&text, 200))
}

/// Pods, replica sets and jobs are mostly owned: their metadata is enough to see that, and of a pod
/// its state.
fn decode_object(kind: Kind, raw: &Raw) -> Decoded {
    if matches!(kind, Kind::Pod | Kind::ReplicaSet | Kind::Job) {
        let head = match kind {
            Kind::Pod => decode_pod_state(raw.json()),
            _ => decode_meta(kind, raw.json()).map(|meta| (meta, None)),
        };
        match head {
            Ok((meta, trouble)) if Subject::of(kind, &meta) == Subject::Owned => {
                return owned(kind, raw, trouble);
            }
            Ok(_) => {}
            Err(error) => return undecodable(raw, error.to_string()),
        }
    }
    match decode(kind, raw.json()) {
        Ok(object) if Subject::of(kind, &object.meta) == Subject::Owned => owned(kind, raw, None),
        Ok(object) => Decoded::Object(Box::new(object)),
        Err(error) => undecodable(raw, error.to_string()),
    }
}

fn owned(kind: Kind, raw: &Raw, trouble: Option<PodTrouble>) -> Decoded {
    let (namespace, name) = raw.names();
    let key = ObjectKey { kind, namespace: namespace.into(), name: name.into() };
    Decoded::Owned(key, trouble.map(Box::new), None)
}

fn decode_own<K: DeserializeOwned>(raw: &Raw, wrap: fn(K) -> Decoded) -> Decoded {
    let mut deserializer = serde_json::Deserializer::from_str(raw.json());
    match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(object) => wrap(object),
        Err(error) => undecodable(raw, format!("field `{}` cannot be read", error.path())),
    }
}

fn undecodable(raw: &Raw, problem: String) -> Decoded {
    let (namespace, name) = raw.names();
    Decoded::Undecodable { namespace, name, problem }
}

/// What an answer other than a list means.
pub(super) fn refused(status: &Status, resource: &ApiResource) -> Problem {
    // A group that does not exist at all is answered in plain text, without a reason.
    if status.code == 404 {
        return Problem::NotServed;
    }
    if status.is_forbidden() {
        return Problem::Forbidden(qualified_plural(resource));
    }
    let text = format!("the API server answers {}: {}", status.code, status.message);
    Problem::Unavailable(crate::items::clean(&text, 200))
}

/// How the API server names a source.
pub(super) fn resource(source: Source) -> ApiResource {
    match source {
        Source::Policies => ApiResource::erase::<AuditPolicy>(&()),
        Source::Items => ApiResource::erase::<ActionItem>(&()),
        Source::Kind(kind) => {
            let (group, version) = (kind.group().to_owned(), kind.version().to_owned());
            let api_version = kind.api_version();
            let (kind, plural) = (kind.name().to_owned(), kind.plural().to_owned());
            ApiResource { group, version, api_version, kind, plural }
        }
    }
}

fn qualified_plural(resource: &ApiResource) -> String {
    match resource.group.is_empty() {
        true => resource.plural.clone(),
        false => format!("{}.{}", resource.plural, resource.group),
    }
}

/// Up to half as long again, so that many readers do not return at once.
fn jittered(pause: Duration) -> Duration {
    pause + some_of(pause / 2)
}

/// How long a watch lasts: half of the time after which a silent server is taken for dead, or up to ten
/// seconds less than all of it. Watches that begin together do not begin anew together.
fn lasting(silence: Duration) -> Duration {
    let most = silence.as_secs().saturating_sub(10).max(2);
    let most = Duration::from_secs(most);
    most / 2 + some_of(most / 2)
}

/// Any time up to the longest. The hasher's keys are random.
fn some_of(longest: Duration) -> Duration {
    let random = RandomState::new().hash_one(longest) % 1000;
    longest.mul_f64(random as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn watches_end_before_the_server_is_taken_for_dead_and_not_together() {
        for (silence, range) in [(360, 175..350), (600, 295..590), (25, 7..15), (12, 1..2)] {
            let all = || (0..100).map(|_| lasting(Duration::from_secs(silence)).as_secs());
            let outside: Vec<_> = all().filter(|seconds| !range.contains(seconds)).collect();
            assert_eq!(outside, [0; 0], "{silence}");
            let distinct: BTreeSet<_> = all().collect();
            assert!(distinct.len() > range.count() / 4, "{silence}: {distinct:?}");
        }
    }
}
