//! Streams of JSON documents: where each begins, so that places can be told.

use serde_json::value::RawValue;

use super::Position;

/// The documents of a text that is JSON, with the place where each begins; `None` for a text that
/// is not.
pub(super) fn documents(text: &str) -> Option<Vec<(&str, Position)>> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let (mut place, mut counted) = (Position::default(), 0);
    let mut documents = Vec::new();
    for value in values {
        let document = value.ok()?.get();
        let start = document.as_ptr().addr() - text.as_ptr().addr();
        place = after(place, &text[counted..start]);
        counted = start;
        documents.push((document, place));
    }
    Some(documents)
}

/// The place behind a text that begins at a place.
fn after(Position { line, column }: Position, text: &str) -> Position {
    let count = |text: &str| text.chars().count() as u32;
    match text.rsplit_once('\n') {
        Some((before, last)) => Position {
            line: line + 1 + before.matches('\n').count() as u32,
            column: 1 + count(last),
        },
        None => Position { line, column: column + count(text) },
    }
}
