//! The findings of a report: each is made when somebody looks at it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use crate::api::{Severity, State};

use super::{Comparison, ScanFinding};

/// How much of a finding is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All of it.
    Full,
    /// What fits into a line: no fingerprint and no evidence.
    Line,
}

/// What is always known of a finding.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in a finding")]
pub struct Head {
    pub check: Cow<'static, str>,
    pub severity: Severity,
    pub state: State,
    pub comparison: Option<Comparison>,
}

impl Head {
    /// Whether it is open, and not known from another time.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.state == State::Open && self.comparison != Some(Comparison::Unchanged)
    }
}

/// Findings, sorted by target and check.
pub struct Findings<'a> {
    heads: Vec<Head>,
    make: Box<dyn Fn(usize, Detail) -> ScanFinding + 'a>,
}

impl<'a> Findings<'a> {
    /// Findings of which only the heads are kept.
    pub fn new(heads: Vec<Head>, make: impl Fn(usize, Detail) -> ScanFinding + 'a) -> Self {
        Self { heads, make: Box::new(make) }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// What is always known of them.
    #[must_use]
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = ScanFinding> {
        self.choose(Detail::Full, |_| true)
    }

    /// Those that are open, and not known from another time.
    pub fn due(&self, detail: Detail) -> impl Iterator<Item = ScanFinding> {
        self.choose(detail, Head::is_due)
    }

    /// Those whose head is as wanted.
    pub fn choose(
        &self,
        detail: Detail,
        is_wanted: impl Fn(&Head) -> bool,
    ) -> impl Iterator<Item = ScanFinding> {
        let heads = self.heads.iter().enumerate().filter(move |(_, head)| is_wanted(head));
        heads.map(move |(position, head)| ScanFinding {
            comparison: head.comparison,
            ..(self.make)(position, detail)
        })
    }

    /// Says how each compares with another time.
    pub(super) fn compare(&mut self, comparisons: impl IntoIterator<Item = Comparison>) {
        for (head, comparison) in self.heads.iter_mut().zip(comparisons) {
            head.comparison = Some(comparison);
        }
    }
}

impl From<Vec<ScanFinding>> for Findings<'_> {
    fn from(made: Vec<ScanFinding>) -> Self {
        let heads = made.iter().map(ScanFinding::head).collect();
        Self::new(heads, move |position, _| made[position].clone())
    }
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl JsonSchema for Findings<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<ScanFinding>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<ScanFinding>::json_schema(generator)
    }
}
