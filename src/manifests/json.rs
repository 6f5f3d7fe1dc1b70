//! Streams of JSON documents: where each begins, so that lines can be counted.

use serde_json::value::RawValue;

/// The documents of a text that is JSON, with the number of the line where each begins; `None` for
/// a text that is not.
pub(super) fn documents(text: &str) -> Option<Vec<(&str, u32)>> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let (mut line, mut counted) = (1, 0);
    let mut documents = Vec::new();
    for value in values {
        let document = value.ok()?.get();
        let start = document.as_ptr().addr() - text.as_ptr().addr();
        line += text[counted..start].matches('\n').count() as u32;
        counted = start;
        documents.push((document, line));
    }
    Some(documents)
}
