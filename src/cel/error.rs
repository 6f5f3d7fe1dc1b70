//! What can be wrong with an expression, before it runs and while it runs.

use std::borrow::Cow;

/// Why an expression is refused: one or several places and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CompileError {
    /// In the order of the text, at least one.
    pub issues: Vec<Issue>,
}

/// One thing that is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}: {message}", place.line, place.column)]
pub struct Issue {
    /// Where it is.
    pub place: Place,
    /// What is wrong, in the words of Kubernetes where they are known.
    pub message: String,
}

/// A place in the text of an expression; both count from one, columns in code points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// It failed in the way that the text says; `&&`, `||`, `all` and `exists` may absorb this.
    #[error("{0}")]
    Failed(Cow<'static, str>),
    /// It took more than its budget; nothing absorbs this.
    #[error("operation cancelled: actual cost limit exceeded")]
    OverBudget,
}

impl EvaluateError {
    /// The failure of a function that has no form for these arguments.
    pub const NO_SUCH_OVERLOAD: Self = Self::Failed(Cow::Borrowed("no such overload"));

    /// A failure with this text.
    #[must_use]
    pub const fn text(text: &'static str) -> Self {
        Self::Failed(Cow::Borrowed(text))
    }

    /// A failure with a text that is made for it.
    pub fn failed(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Failed(text.into())
    }
}
