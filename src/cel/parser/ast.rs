//! The tree of an expression as it is written, with its macros expanded.

use crate::cel::error::Place;

/// A part of an expression.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Expression {
    pub(in crate::cel) place: Place,
    /// How many parts lie within one another here.
    pub(super) depth: u16,
    pub(in crate::cel) kind: Kind,
}

#[derive(Clone, Debug)]
pub(in crate::cel) enum Kind {
    Literal(Literal),
    /// A name; one with a dot before it is never a variable of a macro.
    Name(String),
    Select(Box<Expression>, String, Mode),
    Call(Call),
    /// Several terms that `&&` or `||` joins.
    Logic(Logic, Vec<Expression>),
    List(Vec<Item>),
    Map(Vec<Entry>),
    Message(String),
    Fold(Box<Fold>),
    OptionalMap(Box<OptionalMap>),
    SortBy(Box<Fold>),
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::cel) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(String),
    Bytes(Vec<u8>),
}

/// How a field is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cel) enum Mode {
    /// `a.b`
    Plain,
    /// `a.?b`
    Optional,
    /// `has(a.b)`
    Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cel) enum Logic {
    And,
    Or,
}

#[derive(Clone, Debug)]
pub(in crate::cel) struct Call {
    pub(in crate::cel) name: String,
    pub(in crate::cel) target: Option<Box<Expression>>,
    pub(in crate::cel) arguments: Vec<Expression>,
}

#[derive(Clone, Debug)]
pub(in crate::cel) struct Item {
    pub(in crate::cel) value: Expression,
    pub(in crate::cel) is_optional: bool,
}

#[derive(Clone, Debug)]
pub(in crate::cel) struct Entry {
    pub(in crate::cel) key: Expression,
    pub(in crate::cel) value: Expression,
    pub(in crate::cel) is_optional: bool,
}

/// A macro that goes through a list or a map.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Fold {
    pub(in crate::cel) what: What,
    pub(in crate::cel) range: Expression,
    /// The item of a list or the key of a map; with a second variable, the index or the key.
    pub(in crate::cel) first: String,
    /// The item or the value.
    pub(in crate::cel) second: Option<String>,
    pub(in crate::cel) filter: Option<Expression>,
    pub(in crate::cel) body: Expression,
}

/// What a macro makes of what it goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cel) enum What {
    All,
    Exists,
    ExistsOne,
    List,
    Map,
    MapOfEntries,
}

/// `optMap` and `optFlatMap`.
#[derive(Clone, Debug)]
pub(in crate::cel) struct OptionalMap {
    pub(in crate::cel) target: Expression,
    pub(in crate::cel) variable: String,
    pub(in crate::cel) body: Expression,
    pub(in crate::cel) is_flat: bool,
}

impl Expression {
    pub(super) fn new(place: Place, kind: Kind) -> Self {
        let depth = kind.children().map(|child| child.depth).max().unwrap_or(0) + 1;
        Self { place, depth, kind }
    }

    /// The dotted name that it may be: `a.b.c`.
    pub(in crate::cel) fn qualified_name(&self) -> Option<String> {
        match &self.kind {
            Kind::Name(name) => Some(name.clone()),
            Kind::Select(operand, field, Mode::Plain) => {
                Some(format!("{}.{field}", operand.qualified_name()?))
            }
            _ => None,
        }
    }
}

impl Kind {
    fn children(&self) -> Box<dyn Iterator<Item = &Expression> + '_> {
        match self {
            Self::Literal(_) | Self::Name(_) | Self::Message(_) => Box::new(std::iter::empty()),
            Self::Select(operand, ..) => Box::new(std::iter::once(&**operand)),
            Self::Call(call) => Box::new(call.target.as_deref().into_iter().chain(&call.arguments)),
            Self::Logic(_, terms) => Box::new(terms.iter()),
            Self::List(items) => Box::new(items.iter().map(|item| &item.value)),
            Self::Map(entries) => {
                Box::new(entries.iter().flat_map(|entry| [&entry.key, &entry.value]))
            }
            Self::Fold(fold) | Self::SortBy(fold) => {
                Box::new([&fold.range, &fold.body].into_iter().chain(&fold.filter))
            }
            Self::OptionalMap(map) => Box::new([&map.target, &map.body].into_iter()),
        }
    }
}
