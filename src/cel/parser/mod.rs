//! Reads expressions: text in, tree out, with macros expanded as they are met.

pub(in crate::cel) mod ast;
mod lexer;
mod literal;
mod macros;

use ast::{Call, Entry, Expression, Item, Kind, Literal, Logic, Mode};
pub(in crate::cel) use lexer::replace;
use lexer::{Lexer, Token, TokenKind};

use super::error::{Issue, Place};

/// How many code points an expression may have.
const MAX_SIZE: usize = 100_000;
/// How deep parts may lie within one another.
const MAX_DEPTH: u16 = 250;

/// Names that no variable may have.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Operators with two sides; later ones bind more tightly.
const LEVELS: [&[&str]; 5] =
    [&["||"], &["&&"], &["<", "<=", ">=", ">", "==", "!=", "in"], &["+", "-"], &["*", "/", "%"]];

type Result<T> = std::result::Result<T, Issue>;

/// The tree of an expression.
pub(super) fn parse(text: &str) -> Result<Expression> {
    let size = text.chars().count();
    if size > MAX_SIZE {
        let message =
            format!("expression code point size exceeds limit: size: {size}, limit {MAX_SIZE}");
        return Err(Issue { place: Place::default(), message });
    }
    let mut parser = Parser { tokens: &Lexer::tokens(text)?, depth: 0 };
    let expression = parser.expression()?;
    match parser.peek() {
        token if token.kind == TokenKind::End => Ok(expression),
        token => Err(unexpected(token)),
    }
}

struct Parser<'p, 't> {
    tokens: &'p [Token<'t>],
    depth: u16,
}

const END: Token<'static> =
    Token { place: Place { line: 0, column: 0 }, kind: TokenKind::End, text: "" };

fn unexpected(token: &Token<'_>) -> Issue {
    let text = if token.kind == TokenKind::End { "<EOF>" } else { token.text };
    Issue { place: token.place, message: format!("Syntax error: mismatched input '{text}'") }
}

fn too_deep(place: Place) -> Issue {
    Issue { place, message: format!("expression recursion limit exceeded: {MAX_DEPTH}") }
}

fn expression(place: Place, kind: Kind) -> Result<Expression> {
    let expression = Expression::new(place, kind);
    if expression.depth > MAX_DEPTH { Err(too_deep(place)) } else { Ok(expression) }
}

/// Terms of `&&` and of `||` stand side by side, however many there are.
fn joined(
    place: Place,
    symbol: &str,
    mut left: Expression,
    right: Expression,
) -> Result<Expression> {
    let logic = match symbol {
        "||" => Logic::Or,
        "&&" => Logic::And,
        "in" => return operator(place, "@in", vec![left, right]),
        symbol => return operator(place, &format!("_{symbol}_"), vec![left, right]),
    };
    match &mut left.kind {
        Kind::Logic(before, terms) if *before == logic => {
            left.depth = left.depth.max(right.depth + 1);
            terms.push(right);
            if left.depth > MAX_DEPTH { Err(too_deep(place)) } else { Ok(left) }
        }
        _ => expression(place, Kind::Logic(logic, vec![left, right])),
    }
}

fn operator(place: Place, name: &str, arguments: Vec<Expression>) -> Result<Expression> {
    expression(place, Kind::Call(Call { name: name.to_owned(), target: None, arguments }))
}

impl<'p, 't> Parser<'p, 't> {
    fn peek(&self) -> &'p Token<'t> {
        self.tokens.first().unwrap_or(&END)
    }

    fn next(&mut self) -> &'p Token<'t> {
        let token = self.peek();
        self.tokens = self.tokens.get(1..).unwrap_or_default();
        token
    }

    fn sees(&self, symbol: &str) -> bool {
        self.peek().kind == TokenKind::Symbol && self.peek().text == symbol
    }

    /// The token, if it is that symbol.
    fn accept(&mut self, symbol: &str) -> Option<Place> {
        self.sees(symbol).then(|| self.next().place)
    }

    fn need(&mut self, symbol: &str) -> Result<Place> {
        self.accept(symbol).ok_or_else(|| unexpected(self.peek()))
    }

    fn need_name(&mut self) -> Result<&'p Token<'t>> {
        match self.peek().kind {
            TokenKind::Name => Ok(self.next()),
            _ => Err(unexpected(self.peek())),
        }
    }

    /// `a || b ? c : d`
    fn expression(&mut self) -> Result<Expression> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep(self.peek().place));
        }
        self.depth += 1;
        let mut result = self.binary(0)?;
        if let Some(place) = self.accept("?") {
            let yes = self.binary(0)?;
            self.need(":")?;
            let no = self.expression()?;
            result = operator(place, "_?_:_", vec![result, yes, no])?;
        }
        self.depth -= 1;
        Ok(result)
    }

    /// Operators with two sides, from the given level on; each level binds more tightly.
    fn binary(&mut self, level: usize) -> Result<Expression> {
        let mut left = self.unary()?;
        for tighter in (level..LEVELS.len()).rev() {
            while let Some(symbol) = LEVELS[tighter].iter().find(|symbol| self.sees(symbol)) {
                let place = self.next().place;
                let right = self.binary(tighter + 1)?;
                left = joined(place, symbol, left, right)?;
            }
        }
        Ok(left)
    }

    /// `!a`, `-a`; a minus before a number belongs to it.
    fn unary(&mut self) -> Result<Expression> {
        let symbol = if self.sees("!") { "!" } else { "-" };
        let start = self.tokens;
        let count = start.iter().take_while(|token| is_symbol(token, symbol)).count();
        let follows = start.get(count).map_or(TokenKind::End, |token| token.kind);
        let is_signed = symbol == "-" && matches!(follows, TokenKind::Int | TokenKind::Double);
        let operators = if is_signed { count.saturating_sub(1) } else { count };
        self.tokens = start.get(operators..).unwrap_or_default();
        let operand = self.member()?;
        let place = start.first().map_or(END.place, |token| token.place);
        match operators % 2 {
            0 => Ok(operand),
            _ => operator(place, if symbol == "!" { "!_" } else { "-_" }, vec![operand]),
        }
    }

    /// A value and what is selected of it or called on it.
    fn member(&mut self) -> Result<Expression> {
        let mut result = self.primary()?;
        loop {
            if let Some(place) = self.accept(".") {
                result = self.select(result, place)?;
            } else if let Some(place) = self.accept("[") {
                let name = if self.accept("?").is_some() { "_[?_]" } else { "_[_]" };
                let index = self.expression()?;
                self.need("]")?;
                result = operator(place, name, vec![result, index])?;
            } else if self.sees("{") && result.qualified_name().is_some() {
                let name = result.qualified_name().unwrap_or_default();
                result = self.message(name)?;
            } else {
                return Ok(result);
            }
        }
    }

    fn select(&mut self, operand: Expression, place: Place) -> Result<Expression> {
        let is_optional = self.accept("?").is_some();
        let name = self.need_name()?.text.to_owned();
        if is_optional {
            return expression(place, Kind::Select(Box::new(operand), name, Mode::Optional));
        }
        match self.accept("(") {
            Some(place) => {
                let arguments = self.arguments()?;
                let call = Call { name, target: Some(Box::new(operand)), arguments };
                macros::expand(place, call)
            }
            None => expression(place, Kind::Select(Box::new(operand), name, Mode::Plain)),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.accept(")").is_some() {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.accept(",").is_none() {
                self.need(")")?;
                return Ok(arguments);
            }
        }
    }

    fn primary(&mut self) -> Result<Expression> {
        let token = self.peek();
        match (token.kind, token.text) {
            (TokenKind::Symbol, "(") => {
                self.next();
                let inner = self.expression()?;
                self.need(")")?;
                Ok(inner)
            }
            (TokenKind::Symbol, "[") => self.list(),
            (TokenKind::Symbol, "{") => self.map(),
            (TokenKind::Symbol, ".") | (TokenKind::Name, _) => self.name(),
            _ => self.literal(),
        }
    }

    /// A variable, or a function and its arguments.
    fn name(&mut self) -> Result<Expression> {
        let dot = self.accept(".");
        let token = self.need_name()?;
        let place = token.place;
        if RESERVED.contains(&token.text) {
            let message = format!("reserved identifier: {}", token.text);
            return Err(Issue { place: dot.unwrap_or(place), message });
        }
        let name = if dot.is_some() { format!(".{}", token.text) } else { token.text.to_owned() };
        match self.accept("(") {
            Some(place) => {
                let arguments = self.arguments()?;
                macros::expand(place, Call { name, target: None, arguments })
            }
            None => expression(place, Kind::Name(name)),
        }
    }

    fn list(&mut self) -> Result<Expression> {
        let place = self.need("[")?;
        let mut items = Vec::new();
        while !self.sees("]") {
            let is_optional = self.accept("?").is_some();
            items.push(Item { value: self.expression()?, is_optional });
            if self.accept(",").is_none() {
                break;
            }
        }
        self.need("]")?;
        expression(place, Kind::List(items))
    }

    fn map(&mut self) -> Result<Expression> {
        let place = self.need("{")?;
        let mut entries = Vec::new();
        while !self.sees("}") {
            let is_optional = self.accept("?").is_some();
            let key = self.expression()?;
            self.need(":")?;
            entries.push(Entry { key, value: self.expression()?, is_optional });
            if self.accept(",").is_none() {
                break;
            }
        }
        self.need("}")?;
        expression(place, Kind::Map(entries))
    }

    /// `Name{field: value}`, of which the environment knows none.
    fn message(&mut self, name: String) -> Result<Expression> {
        let place = self.need("{")?;
        while !self.sees("}") {
            self.accept("?");
            self.need_name()?;
            self.need(":")?;
            self.expression()?;
            if self.accept(",").is_none() {
                break;
            }
        }
        self.need("}")?;
        expression(place, Kind::Message(name))
    }

    fn literal(&mut self) -> Result<Expression> {
        let minus = self.accept("-");
        let token = self.next();
        let read = match (token.kind, token.text) {
            (TokenKind::Int, text) => literal::int(text, minus.is_some()),
            (TokenKind::Double, text) => literal::double(text, minus.is_some()),
            _ if minus.is_some() => return Err(unexpected(token)),
            (TokenKind::Uint, text) => literal::uint(text),
            (TokenKind::String, text) => literal::string(text),
            (TokenKind::Bytes, text) => literal::bytes(text),
            (TokenKind::Symbol, "true") => Ok(Literal::Bool(true)),
            (TokenKind::Symbol, "false") => Ok(Literal::Bool(false)),
            (TokenKind::Symbol, "null") => Ok(Literal::Null),
            _ => return Err(unexpected(token)),
        };
        let place = minus.unwrap_or(token.place);
        let literal = read.map_err(|message| match message {
            literal::UNABLE => unexpected(token),
            message => Issue { place, message: message.to_owned() },
        })?;
        expression(place, Kind::Literal(literal))
    }
}

fn is_symbol(token: &Token<'_>, symbol: &str) -> bool {
    token.kind == TokenKind::Symbol && token.text == symbol
}
