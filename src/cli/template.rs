//! Which line of a template a rendered line comes from.
//!
//! Helm says only from which file. Lines are found by what does not change when they are rendered:
//! the names of fields.

use memchr::memmem;

use crate::manifests::Position;

/// A text that `helm template` wrote, cut into what each template has made.
#[derive(Debug)]
pub(super) struct Rendering {
    lines: Vec<String>,
    /// From which line on (counted from 1) the text comes from which template.
    sources: Vec<(u32, Option<String>)>,
}

const COMMENT: &str = "# Source: ";

impl Rendering {
    /// Reads a text; `None` if no comment says where anything comes from.
    pub(super) fn read(text: &str) -> Option<Self> {
        memmem::find(text.as_bytes(), COMMENT.as_bytes())?;
        let mut sources = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            if let Some(path) = line.strip_prefix(COMMENT) {
                sources.push((number, Some(path.trim().to_owned())));
            } else if line.starts_with("---") {
                sources.push((number, None));
            }
        }
        Some(Self { lines: text.lines().map(str::to_owned).collect(), sources })
    }

    /// The template that a line comes from.
    pub(super) fn source_of(&self, line: u32) -> Option<&str> {
        let next = self.sources.partition_point(|(start, _)| *start <= line);
        self.sources.get(next.checked_sub(1)?)?.1.as_deref()
    }

    /// Where a rendered place is in the template, if that is certain: only one line of it is the
    /// same, or has the same field, or both texts have that field equally often.
    pub(super) fn position_in(
        &self,
        template: &str,
        source: &str,
        rendered: Position,
    ) -> Option<Position> {
        let whole = self.lines.get(rendered.line as usize - 1)?;
        let cut = whole.char_indices().nth(rendered.column as usize - 1).map_or(0, |(at, _)| at);
        let wanted = whole[cut..].trim();
        let same = positions(template.lines().zip(1..), |text| text == wanted);
        if let [(only, _)] = same[..] {
            return Some(only);
        }
        let field = field(wanted)?;
        let is_field = |text: &str| self::field(text) == Some(field);
        let candidates = positions(template.lines().zip(1..), is_field);
        if let [(only, _)] = candidates[..] {
            return Some(only);
        }
        let mine = self.lines.iter().map(String::as_str).zip(1..);
        let mine =
            positions(mine.filter(|(_, line)| self.source_of(*line) == Some(source)), is_field);
        let index = mine.iter().position(|(_, line)| *line == rendered.line)?;
        (mine.len() == candidates.len()).then(|| candidates[index].0)
    }
}

/// The lines whose text, behind the dashes of list items, is as wanted; with their numbers.
fn positions<'a>(
    lines: impl Iterator<Item = (&'a str, u32)>,
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<(Position, u32)> {
    let found = lines.filter_map(|(text, line)| {
        let mut rest = text.trim_start();
        loop {
            if is_wanted(rest.trim_end()) {
                let column = 1 + text[..text.len() - rest.len()].chars().count() as u32;
                return Some((Position { line, column }, line));
            }
            rest = rest.strip_prefix("- ")?.trim_start();
        }
    });
    found.collect()
}

/// The name of the field that a line begins with.
fn field(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once(':')?;
    let is_name = !name.is_empty() && !name.contains(['{', '#', ' ']);
    (is_name && (rest.is_empty() || rest.starts_with(' '))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    spec:
      {{- with .Values.pod }}
      hostNetwork: {{ .hostNetwork }}
      {{- end }}
      containers:
        - name: web
          image: {{ .Values.image }}
        - name: log
          image: \"log:{{ .Values.tag }}\"
";
    const RENDERED: &str = "\
---
# Source: shop/templates/other.yaml
kind: Service
metadata:
  name: x
---
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      hostNetwork: true
      containers:
        - name: web
          image: nginx
        - name: log
          image: \"log:1\"
";

    fn found(line: u32, column: u32) -> Option<(u32, u32)> {
        let rendering = Rendering::read(RENDERED).unwrap();
        let source = rendering.source_of(line).unwrap();
        let position = rendering.position_in(TEMPLATE, source, Position { line, column })?;
        Some((position.line, position.column))
    }

    #[test]
    fn lines_are_found_by_their_text_or_their_field() {
        assert_eq!(found(15, 7), Some((9, 7)), "the only field of its name");
        assert_eq!(found(18, 11), Some((13, 11)), "the first of as many");
        assert_eq!(found(20, 11), Some((15, 11)), "the second of as many");
        assert_eq!(found(17, 11), Some((12, 11)), "the same text");
        assert_eq!(found(11, 3), Some((4, 3)), "the first of three names here and there");
        assert_eq!(found(9, 1), Some((2, 1)), "the same text");
    }

    #[test]
    fn each_document_has_its_template() {
        let rendering = Rendering::read(RENDERED).unwrap();
        assert_eq!(rendering.source_of(1), None);
        assert_eq!(rendering.source_of(5), Some("shop/templates/other.yaml"));
        assert_eq!(rendering.source_of(6), None);
        assert_eq!(rendering.source_of(20), Some("shop/templates/web.yaml"));
        assert!(Rendering::read("kind: Pod\n").is_none());
    }
}
