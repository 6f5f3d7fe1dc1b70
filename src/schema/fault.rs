//! What is wrong with an object, in words. Never holds a value of the object.

use std::fmt;

/// How an object fits the schema of its version and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// The API server has taken it, so it does.
    #[default]
    Taken,
    /// Kubernetes has no such schema.
    NoSchema,
    /// It was compared, and these are the faults.
    Compared(Box<[Fault]>),
}

/// One fault of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// JSON pointer of the field, or of where it should be.
    pub path: Box<str>,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// The schema has no such field; perhaps this one is meant.
    Unknown(Option<&'static str>),
    /// It has to be there, and is not.
    Missing,
    /// It is another thing than it has to be.
    Type {
        /// What it is.
        found: &'static str,
        /// What it has to be.
        wanted: &'static str,
    },
    /// It is none of these values, which `|` separates.
    NotOneOf(&'static str),
    /// It stands there more than once.
    Repeated,
}

impl Fault {
    /// The path as the API server writes it: `spec.containers[0].image`.
    #[must_use]
    pub fn field(&self) -> String {
        let mut field = String::new();
        for step in self.path.split('/').skip(1) {
            if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
                field.extend(["[", step, "]"]);
            } else {
                field.push_str(if field.is_empty() { "" } else { "." });
                field.push_str(&step.replace("~1", "/").replace("~0", "~"));
            }
        }
        field
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field();
        match self.wrong {
            Wrong::Unknown(None) => write!(formatter, "unknown field `{field}`"),
            Wrong::Unknown(Some(near)) => {
                write!(formatter, "unknown field `{field}`, did you mean `{near}`")
            }
            Wrong::Missing => write!(formatter, "field `{field}` is missing"),
            Wrong::Type { found, wanted } => {
                write!(formatter, "field `{field}` is {found}, not {wanted}")
            }
            Wrong::NotOneOf(_) => write!(formatter, "field `{field}` has an unknown value"),
            Wrong::Repeated => write!(formatter, "field `{field}` is repeated"),
        }
    }
}
