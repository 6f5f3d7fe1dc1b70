//! What would change in a file, as `git diff` writes it.

use similar::TextDiff;

use crate::items::clean;

use super::style::Style;

/// The longest line that is shown, in bytes.
const LINE: usize = 2048;

/// The difference of two texts of a file, to be taken by `git apply` or `patch`.
#[must_use]
pub fn diff(file: &str, before: &str, after: &str) -> String {
    let file = clean(file, LINE);
    let [old, new] = match file.starts_with('/') {
        true => [file.clone(), file],
        false => [format!("a/{file}"), format!("b/{file}")],
    };
    let lines = TextDiff::from_lines(before, after);
    lines.unified_diff().context_radius(3).header(&old, &new).to_string()
}

/// The same for a terminal: in colours, and without what a terminal would obey.
#[must_use]
pub fn shown_diff(diff: &str, style: Style) -> String {
    diff.lines().map(|line| style.changed(&clean(line, LINE)) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_can_be_applied() {
        let text = diff("k8s/a.yaml", "a: 1\nb: 2\nc: 3", "a: 1\nb: 3\nc: 3");
        let expected = "--- a/k8s/a.yaml\n+++ b/k8s/a.yaml\n@@ -1,3 +1,3 @@\n a: 1\n-b: 2\n+b: 3\n c: 3\n\
                        \\ No newline at end of file\n";
        assert_eq!(text, expected);
        assert_eq!(diff("k8s/a.yaml", "a", "a"), "");
        assert!(diff("/k8s/a.yaml", "a", "b").starts_with("--- /k8s/a.yaml\n+++ /k8s/a.yaml\n"));
    }

    #[test]
    fn a_terminal_is_not_told_what_to_do() {
        let text = diff("a", "x\n", "\u{1b}[31m\u{202e}y\n");
        assert_eq!(shown_diff(&text, Style::Plain).lines().last(), Some("+ [31m y"));
        assert!(shown_diff(&text, Style::Coloured).contains("\u{1b}[31m-x\u{1b}[0m"));
    }
}
