//! Globs for namespaces and check ids.

use globset::{GlobBuilder, GlobMatcher};

/// A glob: `*` and `?` match any characters, `[ab]` one of a set, `{a,b}` alternatives.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

/// A text that is not a glob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a glob ({problem}); use * and ?, for example team-*")]
pub struct PatternError {
    text: String,
    problem: String,
}

impl Pattern {
    /// Compiles a glob.
    pub fn compile(text: &str) -> Result<Self, PatternError> {
        let glob = GlobBuilder::new(text).build().map_err(|error| PatternError {
            text: text.to_owned(),
            problem: error.kind().to_string(),
        })?;
        Ok(Self { text: text.to_owned(), matcher: glob.compile_matcher() })
    }

    /// Compiles a list of globs; the first that is none is the error.
    pub fn compile_all(texts: &[String]) -> Result<Vec<Self>, PatternError> {
        texts.iter().map(|text| Self::compile(text)).collect()
    }

    /// The same as a regular expression of RE2.
    #[must_use]
    pub fn expression(&self) -> String {
        // The rest means the same there: names are ASCII.
        self.matcher.glob().regex().replace("(?-u)", "")
    }

    /// Whether a name matches.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.text == name || self.matcher.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_globs_match() {
        let team = Pattern::compile("team-*").unwrap();
        assert!(team.matches("team-a") && !team.matches("steam-a"));
        assert!(Pattern::compile("shop").unwrap().matches("shop"));
    }

    #[test]
    fn a_broken_glob_is_named() {
        let error = Pattern::compile("team-[").unwrap_err();
        assert!(error.to_string().starts_with("`team-[` is not a glob"), "{error}");
    }
}
