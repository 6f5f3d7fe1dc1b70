//! Checks the types of an expression as it turns the expression into a program.

mod calls;
mod folds;
mod unify;

use std::collections::HashMap;

use unify::{Substitution, most_general};

use super::environment::Environment;
use super::error::{Issue, Place};
use super::parser::ast::{Entry, Expression, Item, Kind, Logic, Mode};
use super::plan::{Constant, Node};
use super::registry::REGISTRY;
use super::types::{Parameter, Type};

/// How many parts a type may have: through variables, types double as quickly as values.
const MAX_PARTS: usize = 1_000;

/// The program that an expression is, and the type of its result.
pub(super) fn check(
    environment: &Environment,
    expression: &Expression,
) -> Result<(Node, Type), Vec<Issue>> {
    let mut checker = Checker {
        environment,
        locals: Vec::new(),
        known: Substitution::default(),
        free: 0,
        issues: Vec::new(),
        uniform: Vec::new(),
        in_format: false,
        last_list: Vec::new(),
    };
    let (node, result) = checker.check(expression);
    checker.check_uniform();
    if checker.issues.is_empty() {
        return Ok((node, checker.known.apply(&result, true)));
    }
    checker.issues.sort_by_key(|issue| issue.place);
    Err(checker.issues)
}

struct Checker<'e> {
    environment: &'e Environment,
    /// The variables of macros that are in sight.
    locals: Vec<(String, Type)>,
    known: Substitution,
    free: u32,
    issues: Vec<Issue>,
    /// Parts of literals that have to be of one type.
    uniform: Vec<Vec<(Place, Type)>>,
    /// Within the arguments of `format`, whose lists may be mixed.
    in_format: bool,
    /// The parts of the list that was checked last.
    last_list: Vec<(Place, Type)>,
}

impl Checker<'_> {
    fn free(&mut self) -> Type {
        self.free += 1;
        Type::Parameter(Parameter::Free(self.free - 1))
    }

    fn complain(&mut self, place: Place, message: String) {
        self.issues.push(Issue { place, message });
    }

    fn fits(&mut self, wanted: &Type, given: &Type) -> bool {
        self.known.fit([(wanted, given)].into_iter())
    }

    /// What stands for a part that is wrong.
    fn wrong(&mut self, place: Place, message: String) -> (Node, Type) {
        self.complain(place, message);
        (Node::Constant(Constant::Json(serde_json::Value::Null)), Type::Error)
    }

    fn undeclared(&mut self, place: Place, name: &str) -> (Node, Type) {
        let name = name.strip_prefix('.').unwrap_or(name);
        self.wrong(place, format!("undeclared reference to '{name}' (in container '')"))
    }

    fn check(&mut self, expression: &Expression) -> (Node, Type) {
        let (node, of) = self.check_kind(expression);
        match of.has_at_most(&mut { MAX_PARTS }) {
            true => (node, of),
            false => self.wrong(expression.place, "type is too large".to_owned()),
        }
    }

    fn check_kind(&mut self, expression: &Expression) -> (Node, Type) {
        let place = expression.place;
        match &expression.kind {
            Kind::Literal(literal) => {
                let constant = Constant::from(literal.clone());
                let of = constant.value().type_of();
                (Node::Constant(constant), of)
            }
            Kind::Name(name) => self.name(name).unwrap_or_else(|| self.undeclared(place, name)),
            Kind::Select(operand, field, mode) => {
                let qualified = expression.qualified_name().filter(|_| *mode == Mode::Plain);
                match qualified.and_then(|name| self.global(&name)) {
                    Some(found) => found,
                    None => self.select(place, operand, field, *mode),
                }
            }
            Kind::Call(call) => self.call(place, call),
            Kind::Logic(logic, terms) => self.logic(*logic, terms),
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => self.map(entries),
            Kind::Message(name) => match self.global(name) {
                Some((_, Type::Type(of))) => {
                    self.wrong(place, format!("'{of}' is not a message type"))
                }
                Some((_, of)) => self.wrong(place, format!("'{of}' is not a type")),
                None => self.undeclared(place, name),
            },
            Kind::Fold(fold) => self.fold(place, fold),
            Kind::SortBy(fold) => self.sort_by(place, fold),
            Kind::OptionalMap(map) => self.optional_map(place, map),
        }
    }

    fn name(&mut self, name: &str) -> Option<(Node, Type)> {
        let local = self.locals.iter().rposition(|(local, _)| local == name);
        match local.and_then(|index| Some((index, self.locals.get(index)?.1.clone()))) {
            Some((index, of)) => Some((Node::Local(index), of)),
            None => self.global(name.strip_prefix('.').unwrap_or(name)),
        }
    }

    /// A variable of the environment, or a type.
    fn global(&mut self, name: &str) -> Option<(Node, Type)> {
        if let Some(of) = self.environment.variables.get(name) {
            return Some((Node::Variable(name.to_owned()), of.clone()));
        }
        let of = REGISTRY.type_named(name)?;
        let of = self.with_fresh_letters(of, &mut HashMap::new());
        Some((Node::Constant(Constant::Type(of.clone())), Type::Type(of.into())))
    }

    fn logic(&mut self, logic: Logic, terms: &[Expression]) -> (Node, Type) {
        let mut nodes = Vec::with_capacity(terms.len());
        for term in terms {
            nodes.push(self.boolean(term));
        }
        (Node::Logic(logic, nodes), Type::Bool)
    }

    /// A term of `&&` or `||`.
    fn boolean(&mut self, expression: &Expression) -> Node {
        let (node, of) = self.check(expression);
        if !self.fits(&of, &Type::Bool) {
            self.mismatch(expression.place, &Type::Bool, &of);
        }
        node
    }

    fn mismatch(&mut self, place: Place, wanted: &Type, found: &Type) {
        let found = self.known.apply(found, false);
        self.complain(place, format!("expected type '{wanted}' but found '{found}'"));
    }

    fn select(
        &mut self,
        place: Place,
        operand: &Expression,
        field: &str,
        mode: Mode,
    ) -> (Node, Type) {
        let (node, of) = self.check(operand);
        let of = self.known.apply(&of, false);
        let inner = of.unwrap_optional().cloned();
        let is_optional = inner.is_some() || mode == Mode::Optional;
        let selected = match inner.as_ref().unwrap_or(&of) {
            Type::Map(_, value) => (**value).clone(),
            Type::Dyn | Type::Error => Type::Dyn,
            free @ Type::Parameter(_) => {
                self.fits(&Type::Dyn, free);
                Type::Dyn
            }
            Type::Opaque(name, _) if self.environment.fields.contains_key(&**name) => {
                let fields = self.environment.fields.get(&**name);
                match fields.and_then(|fields| fields.get(field)) {
                    Some(of) => of.clone(),
                    None => self.wrong(place, format!("undefined field '{field}'")).1,
                }
            }
            other => {
                let message = format!("type '{other}' does not support field selection");
                self.wrong(place, message).1
            }
        };
        let result = match mode {
            Mode::Test => Type::Bool,
            _ if is_optional => Type::optional(selected),
            _ => self.known.apply(&selected, false),
        };
        (Node::Select(Box::new(node), field.to_owned(), mode), result)
    }

    /// The type of a part; of an optional part, the type inside.
    fn part(&mut self, place: Place, of: Type, is_optional: bool) -> Type {
        if !is_optional {
            return of;
        }
        match of.unwrap_optional() {
            Some(inner) => inner.clone(),
            None if matches!(of, Type::Dyn | Type::Error) => of,
            None => {
                self.mismatch(place, &Type::optional(of.clone()), &of);
                of
            }
        }
    }

    /// The type of both the parts before and one more.
    fn join(&mut self, before: Option<Type>, next: Type) -> Type {
        match before {
            None => next,
            Some(before) if self.fits(&before, &next) => most_general(before, next),
            Some(_) => Type::Dyn,
        }
    }

    fn list(&mut self, items: &[Item]) -> (Node, Type) {
        let (mut nodes, mut parts, mut element) = (Vec::new(), Vec::new(), None);
        for item in items {
            let (node, of) = self.check(&item.value);
            let of = self.part(item.value.place, of, item.is_optional);
            parts.push((item.value.place, of.clone()));
            element = Some(self.join(element, of));
            nodes.push((node, item.is_optional));
        }
        self.last_list.clone_from(&parts);
        self.keep_uniform(parts);
        let element = element.unwrap_or_else(|| self.free());
        (Node::list(nodes), Type::list(element))
    }

    fn map(&mut self, entries: &[Entry]) -> (Node, Type) {
        let (mut nodes, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (mut key_type, mut value_type) = (None, None);
        for entry in entries {
            let (key, of_key) = self.check(&entry.key);
            keys.push((entry.key.place, of_key.clone()));
            key_type = Some(self.join(key_type, of_key));
            let (value, of) = self.check(&entry.value);
            let of = self.part(entry.value.place, of, entry.is_optional);
            values.push((entry.value.place, of.clone()));
            value_type = Some(self.join(value_type, of));
            nodes.push((key, value, entry.is_optional));
        }
        self.keep_uniform(keys);
        self.keep_uniform(values);
        let key = key_type.unwrap_or_else(|| self.free());
        let value = value_type.unwrap_or_else(|| self.free());
        (Node::map(nodes), Type::map(key, value))
    }

    fn keep_uniform(&mut self, parts: Vec<(Place, Type)>) {
        if !self.in_format && parts.len() > 1 {
            self.uniform.push(parts);
        }
    }

    /// Kubernetes refuses literals whose parts differ in type, even where one of them is `dyn`.
    fn check_uniform(&mut self) {
        for parts in std::mem::take(&mut self.uniform) {
            let mut parts = parts.into_iter();
            let Some((_, first)) = parts.next() else { continue };
            let first = self.known.apply(&first, true);
            let other = parts.find(|(_, of)| self.known.apply(of, true) != first);
            if let Some((place, of)) = other {
                let of = self.known.apply(&of, true);
                self.complain(place, format!("expected type '{first}' but found '{of}'"));
            }
        }
    }
}
