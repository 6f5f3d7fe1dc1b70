//! What dismissing and snoozing have in common: a decision, and who took it.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use crate::{
    api::{ActionItem, ExemptionReason, expires_at},
    cluster_io,
};

use super::{
    super::scan::now,
    change::{Deed, Many, Waiting},
    filter, moment,
    session::Session,
};

/// The longest note, in characters.
const NOTE: usize = 512;

/// What somebody wishes to decide.
pub(super) struct Wish<'a> {
    pub(super) reason: ExemptionReason,
    pub(super) note: Option<&'a str>,
    pub(super) until: Option<&'a str>,
}

/// The reasons that there are.
pub(super) fn reasons() -> PossibleValuesParser {
    PossibleValuesParser::new(ExemptionReason::ALL.map(ExemptionReason::as_str))
}

pub(super) fn parse_reason(text: &str) -> anyhow::Result<ExemptionReason> {
    let mut all = ExemptionReason::ALL.into_iter();
    all.find(|reason| reason.as_str() == text).context("there is no such reason")
}

impl Wish<'_> {
    /// Writes the decision on each item, in the name of the caller. What an older one said goes.
    pub(super) fn carry_out(
        &self,
        done: &str,
        names: &[String],
        many: &Many,
        waiting: &Waiting,
    ) -> anyhow::Result<ExitCode> {
        let Self { reason, note, until } = self;
        let now = now()?;
        let until = until.map(|until| moment::until(until, now)).transpose();
        let until = until.map_err(anyhow::Error::msg)?;
        if let Some(until) =
            until.as_deref().filter(|until| expires_at(until).is_ok_and(|end| end <= now))
        {
            bail!("{until} has passed; name an end to come, such as 14d");
        }
        if note.is_some_and(|note| note.chars().count() > NOTE) {
            bail!("a note has at most {NOTE} characters; put the rest where a link leads");
        }
        let session = many.session()?;
        let by = session.caller()?;
        // A merge keeps what it does not name.
        let decision = json!({ "reason": reason, "note": note, "until": until, "by": by });
        let fields =
            |_: &ActionItem| -> Result<Value, String> { Ok(json!({ "decision": decision })) };
        many.change(&session, names, &Deed { done, usual: filter::open, fields: &fields, waiting })
    }
}

impl Session {
    /// Who is asking.
    pub(super) fn caller(&self) -> anyhow::Result<String> {
        let caller = self.wait(cluster_io::caller(&self.client));
        caller.context("cannot find out who you are")
    }
}
