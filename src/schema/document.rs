//! What a schema asks of a document, whatever keeps it.

use serde_json::{Number, Value};

/// A value of a document.
pub trait Document {
    /// What it is.
    fn form(&self) -> Form<'_>;

    /// The items of a list.
    fn items(&self) -> impl Iterator<Item = &Self>;

    /// The fields of a map, each name once.
    fn fields(&self) -> impl Iterator<Item = (&str, &Self)>;
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number(&'a Number),
    /// A text.
    Text(&'a str),
    /// A list of [`Document::items`].
    List,
    /// A map of [`Document::fields`].
    Map,
}

impl Document for Value {
    fn form(&self) -> Form<'_> {
        match self {
            Self::Null => Form::Null,
            Self::Bool(_) => Form::Bool,
            Self::Number(number) => Form::Number(number),
            Self::String(text) => Form::Text(text),
            Self::Array(_) => Form::List,
            Self::Object(_) => Form::Map,
        }
    }

    fn items(&self) -> impl Iterator<Item = &Self> {
        self.as_array().into_iter().flatten()
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }
}
