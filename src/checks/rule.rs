//! How a check is said in CEL, for the API server's own admission.

use serde_json::{Value, json};

use super::Context;

/// What a check finds, in CEL: the same verdict, without evidence. Beside `object`, expressions read
/// the words of `admission::words` as `variables.<name>`.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// True for an object that is judged; empty for all.
    pub when: &'static str,
    /// True for an object, or for pods, that are bad by themselves; empty for none.
    pub object: &'static str,
    /// True for a bad one of some containers, which it calls `container`.
    pub containers: Option<(Containers, &'static str)>,
    /// What `variables.params` holds.
    pub params: Option<fn(&Context<'_>) -> Value>,
}

/// Which containers are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Containers {
    /// Init, regular and ephemeral ones.
    All,
    /// Regular ones and sidecars.
    Running,
}

impl Containers {
    /// The word for them.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "containers",
            Self::Running => "running",
        }
    }
}

impl Rule {
    const NONE: Self = Self { when: "", object: "", containers: None, params: None };

    /// Finds objects.
    #[must_use]
    pub const fn object(bad: &'static str) -> Self {
        Self { object: bad, ..Self::NONE }
    }

    /// Finds containers of any list.
    #[must_use]
    pub const fn containers(bad: &'static str) -> Self {
        Self { containers: Some((Containers::All, bad)), ..Self::NONE }
    }

    /// Finds regular containers and sidecars.
    #[must_use]
    pub const fn running(bad: &'static str) -> Self {
        Self { containers: Some((Containers::Running, bad)), ..Self::NONE }
    }

    /// Judges some objects only.
    #[must_use]
    pub const fn when(self, when: &'static str) -> Self {
        Self { when, ..self }
    }

    /// Finds the object, too.
    #[must_use]
    pub const fn or_object(self, bad: &'static str) -> Self {
        Self { object: bad, ..self }
    }

    /// Reads `variables.params`.
    #[must_use]
    pub const fn with(self, params: fn(&Context<'_>) -> Value) -> Self {
        Self { params: Some(params), ..self }
    }
}

/// The spellings of capabilities that runtimes take, in capitals.
pub(super) fn capabilities(names: &[impl AsRef<str>]) -> Value {
    let spellings = names.iter().flat_map(|name| {
        let name = name.as_ref().to_ascii_uppercase();
        let plain = name.strip_prefix("CAP_").unwrap_or(&name);
        [plain.to_owned(), format!("CAP_{plain}")]
    });
    json!(spellings.collect::<Vec<_>>())
}
