//! Changes the text of manifests at a few places, and leaves every other byte as it is.
//!
//! Whatever is changed is read again and compared: a change that would do anything else than it should is not
//! made.

mod piece;
mod spot;
mod words;

use std::{collections::BTreeMap, fmt, ops::Range};

use crate::engine::Step;

use self::{
    piece::{Piece, comments},
    spot::{Spot, Spots},
};

use super::{Place, Position, documents::Documents, json};

/// What is to be done in one object.
#[derive(Clone, Debug)]
pub struct Change {
    /// The object.
    pub place: Place,
    /// What is done where, by JSON pointer: all of it, or nothing.
    pub steps: Vec<Step>,
}

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// An alias repeats the place, or is on the way to it.
    Shared,
    /// A merge may bring the place.
    Merged,
    /// The API server would not accept it.
    Refused {
        /// The field that is in the way.
        field: &'static str,
        /// Its value.
        value: &'static str,
    },
    /// The place is written in a way that is not edited.
    Unusual,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shared => formatter.write_str("an anchor shares the place with others"),
            Self::Merged => formatter.write_str("it merges another map with `<<`"),
            Self::Refused { field, value } => {
                write!(formatter, "the API server would refuse it beside `{value}` in `{field}`")
            }
            Self::Unusual => formatter.write_str("it is written in a way that is not edited"),
        }
    }
}

/// A text after some changes.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The text.
    pub text: String,
    /// Of each change, in their order, whether it was made.
    pub outcomes: Vec<Result<(), Refusal>>,
}

/// Makes changes in a text, in their order.
#[must_use]
pub fn edit(text: &str, changes: &[Change]) -> Edited {
    let mut outcomes = vec![Err(Refusal::Unusual); changes.len()];
    let (mark, body) = text.split_at(text.len() - text.trim_start_matches('\u{feff}').len());
    let mut objects: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let lines = Lines::new(body);
    for (index, change) in changes.iter().enumerate() {
        if let Some(at) = lines.offset(change.place.position("")) {
            objects.entry(at).or_default().push(index);
        }
    }
    let mut edited = String::from(mark);
    let mut done = 0;
    let mut objects = objects.into_iter().peekable();
    for document in documents(body) {
        let mut spots = None;
        while let Some((at, indices)) = objects.next_if(|(at, _)| document.contains(at)) {
            let shown = &body[document.clone()];
            let spots = spots.get_or_insert_with(|| spot::read(shown));
            let column = lines.column(at);
            let at = at - document.start;
            let found = spots.as_ref().and_then(|spots| object(shown, spots, at, column));
            let Some(range) = found else { continue };
            let range = document.start + range.start..document.start + range.end;
            let Some(mut piece) = Piece::read(&body[range.clone()], column) else {
                continue;
            };
            for index in indices {
                outcomes[index] = piece.change(&changes[index].steps);
            }
            edited.push_str(&body[done..range.start]);
            edited.push_str(piece.text());
            done = range.end;
        }
    }
    edited.push_str(&body[done..]);
    Edited { text: edited, outcomes }
}

/// The text of the object that begins here, up to the end of its last line and of the comments in it. What
/// shares an anchor with another object cannot be changed by itself.
fn object(
    text: &str,
    Spots { root, links }: &Spots,
    at: usize,
    column: usize,
) -> Option<Range<usize>> {
    let Spot { range, .. } = root.map_at(at)?;
    let is_in = |place: &usize| range.contains(place);
    if links.iter().any(|(alias, anchor)| is_in(alias) != is_in(anchor)) {
        return None;
    }
    if text[range.start..].starts_with('{') {
        return Some(range.clone());
    }
    let rest = &text[range.end..];
    let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
    Some(range.start..range.end + line + comments(&rest[line..], column + 1))
}

/// Where the documents of a text stand.
fn documents(text: &str) -> Vec<Range<usize>> {
    let mut json = json::Reader::new(text);
    let mut found = Vec::new();
    let offset = |inner: &str| inner.as_ptr() as usize - text.as_ptr() as usize;
    while json.has_next()
        && let Some((_, written)) = json.next_document()
    {
        let start = offset(written);
        found.push(start..start + written.len());
    }
    let (rest, start) = json.rest();
    let mut at = offset(rest);
    for (document, _) in Documents::new(rest, start.line) {
        found.push(at..at + document.len());
        at += document.len();
    }
    found
}

/// Finds places in a text.
struct Lines<'text> {
    text: &'text str,
    starts: Vec<usize>,
}

impl<'text> Lines<'text> {
    fn new(text: &'text str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    fn offset(&self, Position { line, column }: Position) -> Option<usize> {
        let start = *self.starts.get(line as usize - 1)?;
        let mut characters = self.text[start..].char_indices().map(|(at, _)| start + at);
        characters.nth(column as usize - 1)
    }

    /// How many characters stand before a place in its line.
    fn column(&self, at: usize) -> usize {
        let line = self.starts.partition_point(|start| *start <= at);
        self.text[self.starts[line.saturating_sub(1)]..at].chars().count()
    }
}

#[cfg(test)]
mod tests;
