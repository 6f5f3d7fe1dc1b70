//! Where the parts of a document stand in its text, byte by byte.

use std::{collections::HashMap, ops::Range};

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

use super::super::MAX_DEPTH;

/// A value and its text.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// From its first to behind its last character, without what stands before: tag and anchor. Of what is
    /// not written, where it would stand.
    pub(super) range: Range<usize>,
    /// Whether an alias repeats it.
    pub(super) is_shared: bool,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Text in one line or several.
    Scalar,
    /// Text behind `|` or `>`.
    Block,
    Alias,
    List(StructureStyle, Vec<Spot>),
    Map(StructureStyle, Vec<Field>),
}

/// A field of a map.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// The text of the name, with its quotes.
    pub(super) key: Range<usize>,
    pub(super) spot: Spot,
}

impl Spot {
    /// The field of this name that counts.
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        let Content::Map(_, fields) = &self.content else { return None };
        fields.iter().rev().find(|field| field.name == name)
    }

    /// Whether it merges another map.
    pub(super) fn merges(&self) -> bool {
        self.field("<<").is_some()
    }

    /// What is in it.
    fn children(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        match &self.content {
            Content::List(_, items) => Box::new(items.iter()),
            Content::Map(_, fields) => Box::new(fields.iter().map(|field| &field.spot)),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// The map that begins here.
    pub(super) fn map_at(&self, start: usize) -> Option<&Self> {
        if self.range.start == start && matches!(self.content, Content::Map(..)) {
            return Some(self);
        }
        let mut around = self.children().filter(|spot| spot.range.contains(&start));
        around.next()?.map_at(start)
    }
}

/// What is known of a document.
#[derive(Debug)]
pub(super) struct Spots {
    pub(super) root: Spot,
    /// Where aliases stand, and where what they repeat does.
    pub(super) links: Vec<(usize, usize)>,
}

/// A map or a list that is being read.
struct Frame {
    start: usize,
    anchor: usize,
    style: StructureStyle,
    is_map: bool,
    key: Option<(String, Range<usize>)>,
    fields: Vec<Field>,
    items: Vec<Spot>,
}

#[derive(Default)]
struct Builder {
    stack: Vec<Frame>,
    root: Option<Spot>,
    anchors: HashMap<usize, usize>,
    links: Vec<(usize, usize)>,
}

/// Reads a text that is one document; `None` if it cannot be read, or names a field by what is no text.
pub(super) fn read(text: &str) -> Option<Spots> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::default();
    let mut is_over = false;
    while let Some(event) = parser.next_event() {
        let (event, span) = event.ok()?;
        match event {
            Event::DocumentEnd => is_over = true,
            Event::StreamStart | Event::StreamEnd => {}
            _ if is_over => return None,
            event => builder.take(text, event, &span)?,
        }
    }
    let Builder { root, links, anchors, .. } = builder;
    let links: Vec<_> = links
        .into_iter()
        .filter_map(|(alias, anchor)| Some((alias, *anchors.get(&anchor)?)))
        .collect();
    let mut root = root?;
    let shared: Vec<usize> = links.iter().map(|(_, anchor)| *anchor).collect();
    mark(&mut root, &shared);
    Some(Spots { root, links })
}

fn mark(spot: &mut Spot, shared: &[usize]) {
    if shared.is_empty() {
        return;
    }
    spot.is_shared |= shared.contains(&spot.range.start);
    match &mut spot.content {
        Content::List(_, items) => items.iter_mut().for_each(|item| mark(item, shared)),
        Content::Map(_, fields) => {
            fields.iter_mut().for_each(|field| mark(&mut field.spot, shared));
        }
        _ => {}
    }
}

impl Builder {
    fn take(&mut self, text: &str, event: Event<'_>, span: &Span) -> Option<()> {
        let range = span.start.byte_offset()?..span.end.byte_offset()?;
        match event {
            Event::Scalar(name, style, anchor, _) => {
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                if let Some(frame @ Frame { is_map: true, key: None, .. }) = self.stack.last_mut() {
                    frame.key = Some((name.into_owned(), range));
                    return (!is_block).then_some(());
                }
                let end = range.start + text[range.clone()].trim_end().len();
                let content = if is_block { Content::Block } else { Content::Scalar };
                self.add(anchor, Spot { range: range.start..end, is_shared: false, content }, text)
            }
            Event::Alias(anchor) => {
                self.links.push((range.start, anchor));
                self.add(0, Spot { range, is_shared: true, content: Content::Alias }, text)
            }
            Event::SequenceStart(style, anchor, _) => self.open(range.start, anchor, style, false),
            Event::MappingStart(style, anchor, _) => self.open(range.start, anchor, style, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end, text),
            _ => Some(()),
        }
    }

    fn open(
        &mut self,
        start: usize,
        anchor: usize,
        style: StructureStyle,
        is_map: bool,
    ) -> Option<()> {
        if self.stack.last().is_some_and(|frame| frame.is_map && frame.key.is_none()) {
            return None;
        }
        let (fields, items) = (Vec::new(), Vec::new());
        self.stack.push(Frame { start, anchor, style, is_map, key: None, fields, items });
        Some(())
    }

    fn close(&mut self, end: usize, text: &str) -> Option<()> {
        let Frame { start, anchor, style, is_map, fields, items, .. } = self.stack.pop()?;
        let last = match is_map {
            true => fields.last().map(|field| field.spot.range.end),
            false => items.last().map(|item| item.range.end),
        };
        let is_flow = style == StructureStyle::Flow;
        let end = if is_flow { end } else { last.unwrap_or(start) };
        let content =
            if is_map { Content::Map(style, fields) } else { Content::List(style, items) };
        self.add(anchor, Spot { range: start..end, is_shared: false, content }, text)
    }

    fn add(&mut self, anchor: usize, mut spot: Spot, text: &str) -> Option<()> {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(spot);
            return Some(());
        };
        if !frame.is_map {
            self.anchors.insert(anchor, spot.range.start);
            frame.items.push(spot);
            return Some(());
        }
        let (name, key) = frame.key.take()?;
        if spot.range.is_empty() && matches!(spot.content, Content::Scalar) {
            // What is not written stands right behind the colon, if there is one.
            let rest = &text[key.end..];
            let colon = rest.len() - rest.trim_start_matches(' ').len();
            let end = key.end + if rest[colon..].starts_with(':') { colon + 1 } else { 0 };
            spot.range = end..end;
        }
        self.anchors.insert(anchor, spot.range.start);
        frame.fields.push(Field { name, key, spot });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of<'t>(text: &'t str, path: &[&str]) -> &'t str {
        let spots = read(text).unwrap();
        let mut spot = &spots.root;
        for step in path {
            spot = match &spot.content {
                Content::List(_, items) => &items[step.parse::<usize>().unwrap()],
                _ => &spot.field(step).unwrap().spot,
            };
        }
        &text[spot.range.clone()]
    }

    #[test]
    fn values_have_their_texts() {
        let text = "# ä\na: &x {b: [1, 'zwei'], c: }\nd:\n- e: |\n    f\n\n  g: plain\n    text # c\n- h:\n";
        assert_eq!(text_of(text, &["a"]), "{b: [1, 'zwei'], c: }");
        assert_eq!(text_of(text, &["a", "b"]), "[1, 'zwei']");
        assert_eq!(text_of(text, &["a", "b", "1"]), "'zwei'");
        assert_eq!(text_of(text, &["a", "c"]), "");
        assert_eq!(text_of(text, &["d", "0", "g"]), "plain\n    text");
        assert_eq!(text_of(text, &["d", "0"]), "e: |\n    f\n\n  g: plain\n    text");
        assert!(text_of(text, &["d"]).ends_with("- h:"));
    }

    #[test]
    fn what_aliases_repeat_is_shared() {
        let spots = read("a: &x {b: 1}\nc: *x\nd: &y 1\n").unwrap();
        let is_shared = |name: &str| spots.root.field(name).unwrap().spot.is_shared;
        assert_eq!(["a", "c", "d"].map(is_shared), [true, true, false]);
        assert_eq!(spots.links.len(), 1);
    }
}
