//! Finds the overloads that a call may mean.

use std::collections::HashMap;
use std::sync::Arc;

use super::Checker;
use crate::cel::error::Place;
use crate::cel::functions::format;
use crate::cel::parser::ast::{Call, Expression, Kind, Literal};
use crate::cel::pattern;
use crate::cel::plan::{Call as CallNode, Node};
use crate::cel::registry::{Declared, REGISTRY};
use crate::cel::types::{Listed, Parameter, Type};

impl Checker<'_> {
    pub(super) fn call(&mut self, place: Place, call: &Call) -> (Node, Type) {
        let was_in_format = self.in_format;
        self.in_format |= call.name == "format";
        let mut arguments = Vec::with_capacity(call.arguments.len() + 1);
        for argument in &call.arguments {
            arguments.push(self.check(argument));
        }
        if call.name == "format" {
            self.check_format(place, call);
        }
        let result = self.call_with(place, call, arguments);
        self.in_format = was_in_format;
        result
    }

    /// A format that is a literal is held against the arguments that are written behind it.
    fn check_format(&mut self, place: Place, call: &Call) {
        let target = call.target.as_ref().map(|target| &target.kind);
        let (Some(Kind::Literal(Literal::String(text))), [argument]) = (target, &*call.arguments)
        else {
            return;
        };
        if !matches!(argument.kind, Kind::List(_)) {
            return;
        }
        let (places, types): (Vec<_>, Vec<_>) = std::mem::take(&mut self.last_list)
            .into_iter()
            .map(|(place, of)| (place, self.known.apply(&of, true)))
            .unzip();
        if let Err((index, why)) = format::check(text, &types) {
            let own = index.and_then(|index| places.get(index)).copied();
            self.complain(own.unwrap_or(place), why);
        }
    }

    fn call_with(
        &mut self,
        place: Place,
        call: &Call,
        mut arguments: Vec<(Node, Type)>,
    ) -> (Node, Type) {
        let (mut name, mut is_member) = (call.name.clone(), false);
        if let Some(target) = &call.target {
            let qualified = target.qualified_name().map(|prefix| format!("{prefix}.{name}"));
            if let Some(qualified) = qualified.filter(|name| REGISTRY.function(name).is_some()) {
                name = qualified;
            } else {
                arguments.insert(0, self.check(target));
                is_member = true;
            }
        }
        let name = name.strip_prefix('.').unwrap_or(&name);
        if REGISTRY.function(name).is_none() {
            return self.undeclared(place, name);
        }
        let (nodes, types): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
        let Some((candidates, result)) = self.resolve(place, name, is_member, &types) else {
            return (Node::nothing(()), Type::Error);
        };
        self.check_literals(name, &call.arguments, &nodes, &candidates);
        self.call_node(place, name, CallNode { candidates, arguments: nodes }, result)
    }

    /// Some functions are steps of their own.
    fn call_node(
        &mut self,
        place: Place,
        name: &str,
        call: CallNode,
        result: Type,
    ) -> (Node, Type) {
        let pair = |arguments| <[Node; 2]>::try_from(arguments).map(Box::new);
        let arguments = call.arguments;
        let node = match name {
            "_==_" | "_!=_" => pair(arguments).map(|both| Node::Equal(both, name == "_!=_")),
            "_[_]" | "_[?_]" => pair(arguments).map(|both| Node::Index(both, name == "_[?_]")),
            "or" | "orValue" => pair(arguments).map(|both| Node::OrElse(both, name == "orValue")),
            "_?_:_" => {
                <[Node; 3]>::try_from(arguments).map(|parts| Node::Conditional(Box::new(parts)))
            }
            _ => {
                return match Node::call(CallNode { arguments, ..call }) {
                    Ok(node) => (node, result),
                    Err(_) if self.issues.iter().any(|issue| issue.place >= place) => {
                        (Node::nothing(()), Type::Error)
                    }
                    Err(error) => self.wrong(place, error.to_string()),
                };
            }
        };
        (node.unwrap_or_else(Node::nothing), result)
    }

    /// The overloads that fit the types of the arguments, and the type of the result.
    pub(super) fn resolve(
        &mut self,
        place: Place,
        name: &str,
        is_member: bool,
        arguments: &[Type],
    ) -> Option<(Vec<Arc<Declared>>, Type)> {
        let mut candidates = Vec::new();
        let mut result: Option<Type> = None;
        for declared in REGISTRY.function(name).unwrap_or_default() {
            let is_possible = declared.overload.is_member == is_member
                && declared.parameters.len() == arguments.len();
            if !is_possible {
                continue;
            }
            let mut letters = HashMap::new();
            let parameters = declared.parameters.iter();
            let parameters: Vec<_> = parameters
                .map(|parameter| self.with_fresh_letters(parameter, &mut letters))
                .collect();
            let own = self.with_fresh_letters(&declared.result, &mut letters);
            if !self.known.fit(arguments.iter().zip(&parameters)) {
                continue;
            }
            candidates.push(declared.clone());
            let own = self.known.apply(&own, false);
            result = Some(match result {
                None => own,
                Some(before) if before == Type::Dyn || before == own => before,
                Some(_) => Type::Dyn,
            });
        }
        if result.is_none() {
            let types: Vec<_> = arguments.iter().map(|of| self.known.apply(of, true)).collect();
            let applied = applied(is_member, &types);
            let message = format!("found no matching overload for '{name}' applied to '{applied}'");
            self.complain(place, message);
        }
        result.map(|result| (candidates, result))
    }

    /// The type with a free type for each of its letters.
    pub(super) fn with_fresh_letters(
        &mut self,
        of: &Type,
        letters: &mut HashMap<char, Type>,
    ) -> Type {
        match of {
            Type::Parameter(Parameter::Named(letter)) => {
                letters.entry(*letter).or_insert_with(|| self.free()).clone()
            }
            Type::List(part) => Type::list(self.with_fresh_letters(part, letters)),
            Type::Map(key, value) => {
                let key = self.with_fresh_letters(key, letters);
                Type::map(key, self.with_fresh_letters(value, letters))
            }
            Type::Type(part) => Type::Type(Arc::new(self.with_fresh_letters(part, letters))),
            Type::Opaque(name, parts) if !parts.is_empty() => {
                let parts = parts.iter().map(|part| self.with_fresh_letters(part, letters));
                Type::Opaque(name.clone(), parts.collect())
            }
            plain => plain.clone(),
        }
    }

    /// Literals that can only be wrong are refused before anything runs.
    fn check_literals(
        &mut self,
        name: &str,
        written: &[Expression],
        nodes: &[Node],
        candidates: &[Arc<Declared>],
    ) {
        if let ("duration" | "timestamp", [only], [Node::Constant(constant)], [declared]) =
            (name, written, nodes, candidates)
            && declared.overload.plain(&[constant.value()]).is_err()
        {
            self.complain(only.place, format!("invalid {name} argument"));
        }
        if let "matches" | "find" | "findAll" = name {
            let pattern = nodes.get(1).and_then(Node::json).and_then(serde_json::Value::as_str);
            let place = written.get(usize::from(written.len() == nodes.len()));
            let (Some(pattern), Some(written)) = (pattern, place) else { return };
            if let Err(error) = pattern::compile(pattern) {
                let message = match name {
                    "matches" => "invalid matches argument".to_owned(),
                    _ => error.to_string(),
                };
                self.complain(written.place, message);
            }
        }
    }
}

/// How a message writes the types of the arguments: `string.(int, int)`.
pub(super) fn applied(is_member: bool, types: &[Type]) -> String {
    match types {
        [receiver, rest @ ..] if is_member => format!("{receiver}.({})", Listed(rest)),
        types => format!("({})", Listed(types)),
    }
}
