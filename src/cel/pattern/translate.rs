//! Writes a pattern of RE2 in the syntax of our engine.

/// The pattern for our engine, or what Go says is wrong with it.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut translator = Translator { pattern, rest: pattern, out: String::new(), repeated: None };
    let mut depth = 0_usize;
    while let Some(next) = translator.take() {
        let before = translator.repeated.take();
        match next {
            '\\' => translator.escape()?,
            '[' => translator.class()?,
            '(' => {
                depth += 1;
                translator.group()?;
            }
            ')' if depth == 0 => return Err(format!("unexpected ): `{pattern}`")),
            ')' => {
                depth -= 1;
                translator.out.push(')');
            }
            '*' | '+' | '?' | '{' => translator.repetition(next, before)?,
            '}' | ']' => translator.literal(next),
            other => translator.out.push(other),
        }
    }
    match depth {
        0 => Ok(translator.out),
        _ => Err(format!("missing closing ): `{pattern}`")),
    }
}

struct Translator<'p> {
    pattern: &'p str,
    rest: &'p str,
    out: String,
    /// The repetition that was just read.
    repeated: Option<&'p str>,
}

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = r"\t\n\x0C\r\x20";

impl<'p> Translator<'p> {
    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        Some(next)
    }

    fn literal(&mut self, character: char) {
        self.out.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
    }

    fn one_of(&mut self, negation: &str, characters: &str) {
        self.out.extend(["[", negation, characters, "]"]);
    }

    /// What has been read since a place.
    fn since(&self, start: &'p str) -> &'p str {
        start.get(..start.len() - self.rest.len()).unwrap_or(start)
    }

    fn repetition(&mut self, first: char, before: Option<&'p str>) -> Result<(), String> {
        let start = self.pattern.get(self.pattern.len() - self.rest.len() - 1..);
        let start = start.unwrap_or_default();
        if first == '{' {
            match counts(self.rest) {
                None => {
                    self.literal('{');
                    return Ok(());
                }
                Some((length, is_small)) => {
                    self.rest = self.rest.get(length..).unwrap_or_default();
                    if !is_small {
                        return Err(format!("invalid repeat count: `{}`", self.since(start)));
                    }
                }
            }
        }
        if self.rest.starts_with('?') {
            self.take();
        }
        let own = self.since(start);
        if let Some(before) = before {
            return Err(format!("invalid nested repetition operator: `{before}{own}`"));
        }
        if self.out.is_empty() || self.out.ends_with(['(', '|']) && !self.out.ends_with("\\(") {
            return Err(format!("missing argument to repetition operator: `{own}`"));
        }
        self.out.push_str(own);
        self.repeated = Some(own);
        Ok(())
    }

    /// `(`, and the flags or the name of the group.
    fn group(&mut self) -> Result<(), String> {
        self.out.push('(');
        if !self.rest.starts_with('?') {
            return Ok(());
        }
        let end = self.rest.find([':', ')', '>']).unwrap_or(self.rest.len());
        let head = self.rest.get(1..end).unwrap_or_default();
        let is_name = (head.starts_with("P<") || head.starts_with('<'))
            && !head.contains(['=', '!'])
            && self.rest.get(end..).is_some_and(|rest| rest.starts_with('>'));
        let are_flags = head.chars().all(|flag| matches!(flag, 'i' | 'm' | 's' | 'U' | '-'));
        if !(is_name || are_flags && end < self.rest.len()) {
            let wrong: String = self.rest.chars().take(2).collect();
            return Err(format!("invalid or unsupported Perl syntax: `({wrong}`"));
        }
        let taken = self.rest.get(..=end).unwrap_or_default();
        // The closing bracket of `(?i)` is left to the caller, which counts it.
        let taken = taken.strip_suffix(')').unwrap_or(taken);
        self.out.push_str(taken);
        self.rest = self.rest.get(taken.len()..).unwrap_or_default();
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let start = self.rest;
        let next = self.take().ok_or("trailing backslash at end of expression: ``")?;
        match next {
            'd' => self.one_of("", DIGIT),
            'D' => self.one_of("^", DIGIT),
            'w' => self.one_of("", WORD),
            'W' => self.one_of("^", WORD),
            's' => self.one_of("", SPACE),
            'S' => self.one_of("^", SPACE),
            'b' => self.out.push_str(r"(?-u:\b)"),
            'B' => self.out.push_str(r"(?-u:\B)"),
            'A' => self.out.push_str(r"\A"),
            'z' => self.out.push_str(r"\z"),
            'Q' => {
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.out.push_str(&regex::escape(quoted));
                self.rest = rest;
            }
            _ => {
                self.rest = start;
                self.simple_escape()?;
            }
        }
        Ok(())
    }

    /// What may stand in a class, too.
    fn simple_escape(&mut self) -> Result<(), String> {
        let start = self.rest;
        let next = self.take().unwrap_or('\\');
        match next {
            'p' | 'P' => self.property(next),
            'a' => self.out.push_str(r"\x07"),
            'f' => self.out.push_str(r"\x0C"),
            'v' => self.out.push_str(r"\x0B"),
            't' | 'n' | 'r' | 'x' => self.out.extend(['\\', next]),
            '0'..='7' => {
                let digits: String =
                    start.chars().take(3).take_while(|digit| digit.is_digit(8)).collect();
                if next != '0' && digits.len() < 2 {
                    return Err(format!("invalid escape sequence: `\\{next}`"));
                }
                self.rest = start.get(digits.len()..).unwrap_or_default();
                let code = u32::from_str_radix(&digits, 8).unwrap_or(0);
                self.literal(char::from_u32(code).unwrap_or_default());
            }
            next if next.is_ascii_punctuation() || next == ' ' => self.literal(next),
            next => return Err(format!("invalid escape sequence: `\\{next}`")),
        }
        Ok(())
    }

    /// `\pL`, `\p{Greek}`, `\p{^Greek}`.
    fn property(&mut self, letter: char) {
        match self.rest.strip_prefix("{^") {
            Some(rest) => {
                self.rest = rest;
                let opposite = if letter == 'p' { 'P' } else { 'p' };
                self.out.extend(['\\', opposite, '{']);
            }
            None => self.out.extend(['\\', letter]),
        }
        let is_braced = self.out.ends_with('{') || self.rest.starts_with('{');
        let end = if is_braced { self.rest.find('}').map(|end| end + 1) } else { None };
        let one = self.rest.chars().next().map_or(0, char::len_utf8);
        let (name, rest) = self.rest.split_at(end.unwrap_or(one));
        self.out.push_str(name);
        self.rest = rest;
    }

    fn class(&mut self) -> Result<(), String> {
        let start = self.pattern.get(self.pattern.len() - self.rest.len() - 1..);
        let missing = || format!("missing closing ]: `{}`", start.unwrap_or_default());
        self.out.push('[');
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest;
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            match self.take().ok_or_else(missing)? {
                ']' if !is_first => break,
                '[' if self.rest.starts_with(':') && self.rest.contains(":]") => {
                    let end = self.rest.find(":]").map_or(0, |end| end + 2);
                    let (name, rest) = self.rest.split_at(end);
                    self.out.push('[');
                    self.out.push_str(name);
                    self.rest = rest;
                }
                '\\' => self.class_escape()?,
                '-' if self.out.ends_with('-') && !self.out.ends_with("\\-") => {
                    self.out.push_str("\\-");
                }
                special @ ('[' | ']' | '&' | '~') => self.out.extend(['\\', special]),
                other => self.out.push(other),
            }
            is_first = false;
        }
        self.out.push(']');
        Ok(())
    }

    fn class_escape(&mut self) -> Result<(), String> {
        let start = self.rest;
        match self.take() {
            Some('d') => self.out.push_str(DIGIT),
            Some('w') => self.out.push_str(WORD),
            Some('s') => self.out.push_str(SPACE),
            Some('D') => self.one_of("^", DIGIT),
            Some('W') => self.one_of("^", WORD),
            Some('S') => self.one_of("^", SPACE),
            _ => {
                self.rest = start;
                self.simple_escape()?;
            }
        }
        Ok(())
    }
}

/// The length of `2,5}` and whether the counts are allowed; `None` where these are no counts.
fn counts(text: &str) -> Option<(usize, bool)> {
    let end = text.find('}')?;
    let (least, most) = match text.get(..end)?.split_once(',') {
        Some((least, most)) => (least, most),
        None => (text.get(..end)?, ""),
    };
    let is_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if least.is_empty() || !is_number(least) || !is_number(most) {
        return None;
    }
    let is_small = |text: &str| text.parse::<u32>().is_ok_and(|count| count <= 1000);
    let in_order = most
        .parse::<u32>()
        .map_or(true, |most| least.parse().is_ok_and(|least: u32| least <= most));
    Some((end + 1, is_small(least) && (most.is_empty() || is_small(most)) && in_order))
}
