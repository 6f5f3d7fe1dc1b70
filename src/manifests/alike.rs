//! Holds the quick readers against the parser that reads everything.

use super::{
    Position,
    documents::Documents,
    json,
    node::Node,
    plain,
    tree::{self, Fault},
};

/// Reads a text by every reader that will have it. The answer is how many documents the quick ones
/// have read.
///
/// # Panics
/// Panics where they differ, in a value or in a place.
#[must_use]
#[cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "the fuzz target reaches it"))]
pub fn compare_readers(text: &str) -> usize {
    let mut read = 0;
    let mut parts = Vec::new();
    for (document, line) in Documents::new(text, 1) {
        let full = full(document, Position { line, column: 1 });
        if let Some(plain) = plain::read(document, line) {
            assert_eq!(full, [Ok(plain)], "{document}");
            read += 1;
        }
        parts.extend(full);
    }
    let whole = full(text, Position::default());
    if whole.iter().all(Result::is_ok) {
        // An empty text that a marker ends has another place; everything else has been compared.
        assert_eq!(values(&whole), values(&parts), "{text}");
    }
    read + usize::from(compare_json(text, &whole))
}

fn values(documents: &[Result<Node<'_>, Fault>]) -> Vec<serde_json::Value> {
    documents.iter().flatten().map(|node| (&node.value).into()).collect()
}

/// JSON that is a document of YAML as well.
fn compare_json(text: &str, whole: &[Result<Node<'_>, Fault>]) -> bool {
    let mut reader = json::Reader::new(text);
    let document = if reader.has_next() { reader.next_document() } else { None };
    let (Some((node, _)), [Ok(full)]) = (document, whole) else { return false };
    let is_all = reader.rest().0.trim().is_empty();
    if is_all {
        assert_eq!(&node, full, "{text}");
    }
    is_all
}

fn full(text: &str, start: Position) -> Vec<Result<Node<'_>, Fault>> {
    let mut documents = Vec::new();
    tree::read(text, start, |document| documents.push(document));
    documents
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// A small generator: the same numbers everywhere (xorshift64*).
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound.max(1)
        }

        fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
            &from[self.below(from.len())]
        }
    }

    const COMMON: &str = "# c\na:\n  - b: |\n      x\n\n      y\n    c: >-\n      one\n      two\n\n      three\n    \
                          d: 'it''s'\n    e: \"a\\nb\\\"\" # c\n    f: [a, \"b\", {c: d}]\n    g: {}\n  -\n    - x\n    \
                          - - y\n      - |+\n        z\n\nm:\n- 1\n- 0x1F\n- true\n\"k\": ~\n'on': é # ü\nurl: http://a:1/#b\n";
    const PIECES: [&str; 44] = [
        " ",
        "  ",
        "\n",
        "\n\n",
        ": ",
        " #",
        "- ",
        "\n- ",
        "\n  ",
        " |\n",
        ">-\n",
        "|+\n",
        "{}",
        "[]",
        "[a, b]",
        "{a: b}",
        "''",
        "\"\"",
        "\\n",
        "\n \n",
        "---\n",
        "...\n",
        "<<: ",
        "null",
        "0x1",
        "yes",
        "key: ",
        "? ",
        " : ",
        "\"a\": b",
        "'a':b",
        "\n# c\n",
        "\n      \n",
        "\\u0041",
        "{\"a\": 1}",
        "&a ",
        "*a",
        "!!str ",
        "\t",
        "\r",
        "\r\n",
        "\u{feff}",
        "é",
        "%",
    ];

    fn texts() -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
        let mut paths: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let texts = paths.into_iter().map(|path| fs::read_to_string(path).unwrap());
        texts.chain([COMMON.to_owned()]).collect()
    }

    fn mutate(text: &mut String, random: &mut Random, texts: &[String]) {
        let boundary = |text: &str, at: usize| {
            (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap()
        };
        let at = boundary(text, random.below(text.len() + 1));
        let end = boundary(text, (at + random.below(12)).min(text.len()));
        let line_of = |text: &str, at: usize| text[..at].rfind('\n').map_or(0, |before| before + 1);
        match random.below(5) {
            0 => text.insert_str(at, PIECES[random.below(PIECES.len())]),
            1 => drop(text.drain(at..end)),
            2 => text.insert(line_of(text, at), ' '),
            3 if text[line_of(text, at)..].starts_with(' ') => drop(text.remove(line_of(text, at))),
            _ => {
                let lines: Vec<_> = random.choose(texts).lines().collect();
                text.insert_str(line_of(text, at), &format!("{}\n", random.choose(&lines)));
            }
        }
    }

    fn documents(texts: &[String]) -> Vec<&str> {
        let documents = texts.iter().flat_map(|text| Documents::new(text, 1));
        documents.map(|(document, _)| document).collect()
    }

    #[test]
    fn manifests_are_read_alike_and_nearly_all_quickly() {
        let (mut quick, mut all) = (0, 0);
        for text in texts() {
            quick += compare_readers(&text);
            all += Documents::new(&text, 1).count();
        }
        assert!(quick * 100 > all * 98, "{quick} of {all}");
    }

    #[test]
    fn spoilt_manifests_are_read_alike() {
        let texts = texts();
        let documents = documents(&texts);
        let mut random = Random(42);
        let mut quick = 0;
        for _ in 0..10_000 {
            let mut text = (*random.choose(&documents)).to_owned();
            for _ in 0..=random.below(3) {
                mutate(&mut text, &mut random, &texts);
            }
            quick += compare_readers(&text);
        }
        assert!(quick > 2_000, "{quick}");
    }

    #[test]
    fn json_is_read_alike() {
        let texts = texts();
        let documents = documents(&texts);
        let mut quick = 0;
        for document in documents.iter().step_by(5) {
            for node in full(document, Position::default()).iter().flatten() {
                let value = serde_json::Value::from(&node.value);
                quick += compare_readers(&value.to_string());
                quick += compare_readers(&serde_json::to_string_pretty(&value).unwrap());
            }
        }
        assert!(quick > 500, "{quick}");
    }
}
