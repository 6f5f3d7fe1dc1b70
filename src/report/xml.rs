//! Texts for XML and HTML.

/// A text fit for an element or an attribute in double quotes. Characters that XML 1.0 does not
/// have, not even escaped, are replaced.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Written as they are, an attribute would lose them.
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            c if is_allowed(c) => escaped.push(c),
            _ => escaped.push(char::REPLACEMENT_CHARACTER),
        }
    }
    escaped
}

fn is_allowed(c: char) -> bool {
    matches!(c, ' '..='\u{7e}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_what_xml_lacks_is_replaced() {
        assert_eq!(escape("<a b='c'>&\"]]>"), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;]]&gt;");
        assert_eq!(
            escape("a\u{0}b\u{1b}c\u{fffe}d\u{ffff}"),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}"
        );
        assert_eq!(escape("a\tb\nc\r"), "a&#9;b&#10;c&#13;");
        assert_eq!(escape("é😀"), "é😀");
    }
}
