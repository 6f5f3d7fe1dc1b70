//! How items are changed: chosen, written one by one, and followed until the controller has taken it in.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::bail;
use clap::{Args, ValueEnum};
use kube::ResourceExt;
use serde_json::Value;

use crate::{
    api::ActionItem,
    cluster_io::{self, WriteError},
    inventory::{self, Source},
    items::clean,
    report,
};

use super::{
    super::{
        Exit,
        output::{print, warn},
        scan::now,
    },
    choice::{Found, Selectors, sort},
    filter::{self, Filter},
    session::{Connection, Place, Session, parse_patience},
    taken::{Taken, taken},
    written,
};

/// The pause between looks at an item.
const PAUSE: Duration = Duration::from_millis(200);

/// Which items are changed, and how it is told.
#[derive(Args, Clone, Debug)]
pub(super) struct Many {
    /// All items that the other options let through.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    selectors: Selectors,
    #[command(flatten)]
    filter: Filter,
    /// Only say what would be changed; with `server` the API server tries it, and keeps nothing.
    #[arg(
        long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true,
        default_value = "none", default_missing_value = "client"
    )]
    dry_run: DryRun,
    /// Form of the output; otherwise a line for each item.
    #[arg(long, short, value_enum, value_name = "FORM")]
    output: Option<Form>,
    #[command(flatten)]
    connection: Connection,
}

/// Whether to wait for the controller.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Waiting {
    /// Wait until the controller has taken it in, and say what came of it.
    #[arg(long)]
    wait: bool,
    /// How long to wait.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse_patience, requires = "wait")]
    timeout: Duration,
}

/// Whether anything is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DryRun {
    None,
    Client,
    Server,
}

/// Form of what is printed of changed items.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Json,
    Yaml,
    Name,
}

/// A change of items.
pub(super) struct Deed<'a> {
    /// What was done to them: `dismissed`.
    pub(super) done: &'a str,
    /// What is changed where no items are named, and no state is.
    pub(super) usual: fn(&ActionItem) -> bool,
    /// The fields of `spec`; an error, if there is nothing to change.
    pub(super) fields: &'a dyn Fn(&ActionItem) -> Result<Value, String>,
    /// Whether the controller has something to take in.
    pub(super) waiting: &'a Waiting,
}

impl Many {
    pub(super) fn session(&self) -> anyhow::Result<Session> {
        self.connection.open()
    }

    /// Changes the items; one that cannot be changed holds up no other.
    pub(super) fn change(
        &self,
        session: &Session,
        names: &[String],
        deed: &Deed<'_>,
    ) -> anyhow::Result<ExitCode> {
        let Found { items, mut exit } = self.find(session, names, deed.usual)?;
        let mut changed = Vec::new();
        for item in &items {
            match self.change_one(session, item, deed) {
                Ok(item) => changed.push(item),
                Err(reason) => {
                    warn(&format!("{} is not {}: {reason}", written::name(item), deed.done));
                    exit = Exit::Unusable;
                }
            }
        }
        let text = self.told(&changed, deed)?;
        if !deed.waiting.wait || self.dry_run != DryRun::None {
            return print(&text, exit);
        }
        print(&text, exit)?;
        let followed = session.follow(&changed, deed.waiting.timeout);
        Ok(if exit == Exit::Clean { followed.into() } else { exit.into() })
    }

    fn find(
        &self,
        session: &Session,
        names: &[String],
        usual: fn(&ActionItem) -> bool,
    ) -> anyhow::Result<Found> {
        if names.is_empty() && !self.all && !self.selectors.is_given() {
            bail!("name items, or give -l, --field-selector or --all");
        }
        if self.all && !names.is_empty() {
            bail!("name items, or give --all, not both");
        }
        let mut found = session.find(&self.place, &self.selectors, names)?;
        let usual = if names.is_empty() { usual } else { filter::named };
        self.filter.keep(&mut found.items, usual, now()?)?;
        sort(&mut found.items);
        if found.items.is_empty() {
            warn("no such items found; nothing was changed");
        }
        Ok(found)
    }

    fn change_one(
        &self,
        session: &Session,
        item: &ActionItem,
        deed: &Deed<'_>,
    ) -> Result<ActionItem, String> {
        let fields = (deed.fields)(item)?;
        if self.dry_run == DryRun::Client {
            return Ok(item.clone());
        }
        let is_dry = self.dry_run == DryRun::Server;
        let written = cluster_io::change_spec(&session.client, item, &fields, is_dry);
        session.wait(written).map_err(|error: WriteError| error.to_string())
    }

    fn told(&self, changed: &[ActionItem], deed: &Deed<'_>) -> anyhow::Result<String> {
        let note = match self.dry_run {
            DryRun::None => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        };
        let lines = |text: &str| {
            let line = |item: &ActionItem| format!("{}{text}\n", written::name(item));
            changed.iter().map(line).collect::<String>()
        };
        Ok(match self.output {
            None => lines(&format!(" {}{note}", deed.done)),
            Some(Form::Name) => lines(""),
            Some(Form::Json) => {
                written::shown(report::json(&written::whole(changed.to_vec(), changed.len() == 1))?)
            }
            Some(Form::Yaml) => {
                written::shown(report::yaml(&written::whole(changed.to_vec(), changed.len() == 1))?)
            }
        })
    }
}

impl Session {
    /// Waits until the controller has taken in what was written, and says what came of it.
    fn follow(&self, changed: &[ActionItem], patience: Duration) -> Exit {
        let started = Instant::now();
        let mut exit = Exit::Clean;
        for item in changed {
            match self.follow_one(item, started, patience) {
                Taken::AsMeant(text) => warn(&format!("{} is {text}", written::name(item))),
                Taken::Otherwise(text) => {
                    warn(&format!("{} is {text}", written::name(item)));
                    exit = Exit::Findings;
                }
                Taken::NotYet => {
                    warn(&format!(
                        "the controller has not looked at {} within {} s; does it run?",
                        written::name(item),
                        patience.as_secs()
                    ));
                    return Exit::Incomplete;
                }
            }
        }
        exit
    }

    fn follow_one(&self, written: &ActionItem, started: Instant, patience: Duration) -> Taken {
        let (namespace, name) = (written.namespace().unwrap_or_default(), written.name_any());
        loop {
            let now = inventory::find_own(&self.client, Source::Items, Some(&namespace), &name);
            let answer = match self.wait(now) {
                Ok(Some(now)) => taken(written, &now),
                Ok(None) => Taken::Otherwise("gone".to_owned()),
                Err(problem) => Taken::Otherwise(clean(&format!("not readable: {problem}"), 200)),
            };
            if !matches!(answer, Taken::NotYet) || started.elapsed() > patience {
                return answer;
            }
            self.pause(PAUSE);
        }
    }
}
