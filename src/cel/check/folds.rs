//! Checks the macros that go through lists, maps and optional values.

use super::Checker;
use super::calls::applied;
use crate::cel::error::Place;
use crate::cel::parser::ast::{Expression, Fold, OptionalMap, What};
use crate::cel::plan::{Call, Constant, Fold as FoldNode, Node, OptionalMap as OptionalMapNode};
use crate::cel::types::Type;

impl Checker<'_> {
    pub(super) fn fold(&mut self, place: Place, fold: &Fold) -> (Node, Type) {
        let (range, of) = self.check(&fold.range);
        let (node, of) = self.fold_over(place, fold, range, &of);
        (Node::Fold(Box::new(node)), of)
    }

    fn fold_over(&mut self, place: Place, fold: &Fold, range: Node, of: &Type) -> (FoldNode, Type) {
        let (first, second) = self.iterated(&fold.range, of, fold.second.is_some());
        let local = self.locals.len();
        self.locals.push((fold.first.clone(), first.clone()));
        if let Some(name) = &fold.second {
            self.locals.push((name.clone(), second));
        }
        let filter = fold.filter.as_ref().map(|filter| self.check(filter));
        let (body, of) = match fold.what {
            What::All | What::Exists => (self.boolean(&fold.body), Type::Bool),
            _ => self.check(&fold.body),
        };
        let result = self.folded(place, fold.what, first, of);
        let result = match &filter {
            Some((_, of)) => self.chosen(place, of, result),
            None => result,
        };
        self.locals.truncate(local);
        let filter = filter.map(|(node, _)| node);
        let has_two = fold.second.is_some();
        (FoldNode { what: fold.what, range, local, has_two, filter, body }, result)
    }

    /// The types of both variables of a macro.
    fn iterated(&mut self, range: &Expression, of: &Type, has_two: bool) -> (Type, Type) {
        match self.known.apply(of, false) {
            Type::List(item) if has_two => (Type::Int, (*item).clone()),
            Type::List(item) => ((*item).clone(), Type::Dyn),
            Type::Map(key, value) => ((*key).clone(), (*value).clone()),
            free @ (Type::Dyn | Type::Error | Type::Parameter(_)) => {
                self.fits(&Type::Dyn, &free);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let message = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be \
                     list, map, or dynamic)"
                );
                self.complain(range.place, message);
                (Type::Error, Type::Error)
            }
        }
    }

    /// The type of what a macro makes of its parts.
    fn folded(&mut self, place: Place, what: What, key: Type, body: Type) -> Type {
        match what {
            What::All | What::Exists => Type::Bool,
            What::ExistsOne => {
                self.chosen(place, &body, Type::Int);
                Type::Bool
            }
            What::List => Type::list(body),
            What::Map => Type::map(key, body),
            What::MapOfEntries => {
                let map = Type::map(self.free(), self.free());
                if !self.fits(&map, &body) {
                    let types = [self.known.apply(&map, true), self.known.apply(&body, true)];
                    let applied = applied(false, &types);
                    let name = "cel.@mapInsert";
                    self.complain(
                        place,
                        format!("found no matching overload for '{name}' applied to '{applied}'"),
                    );
                }
                self.known.apply(&map, false)
            }
        }
    }

    /// The filter decides between a longer result and the same; it must be a boolean.
    fn chosen(&mut self, place: Place, filter: &Type, result: Type) -> Type {
        self.resolve(place, "_?_:_", false, &[filter.clone(), result.clone(), result.clone()]);
        result
    }

    pub(super) fn sort_by(&mut self, place: Place, fold: &Fold) -> (Node, Type) {
        let (range, of) = self.check(&fold.range);
        let (fold, keys) = self.fold_over(place, fold, range, &of);
        match self.resolve(place, "@sortByAssociatedKeys", true, &[of, keys]) {
            Some((candidates, result)) => {
                let call = Call { candidates, arguments: Vec::new() };
                (Node::SortBy(Box::new(fold), call), result)
            }
            None => (Node::nothing(()), Type::Error),
        }
    }

    pub(super) fn optional_map(&mut self, place: Place, map: &OptionalMap) -> (Node, Type) {
        let (target, of) = self.check(&map.target);
        self.resolve(place, "hasValue", true, std::slice::from_ref(&of));
        let inner = self.known.apply(&of, false).unwrap_optional().cloned();
        self.locals.push((map.variable.clone(), inner.unwrap_or(Type::Dyn)));
        let (body, of) = self.check(&map.body);
        self.locals.pop();
        let result = match map.is_flat {
            true => {
                let missing = Type::optional(self.free());
                let resolved = self.resolve(place, "_?_:_", false, &[Type::Bool, of, missing]);
                resolved.map_or(Type::Error, |(_, of)| of)
            }
            false => Type::optional(of),
        };
        let map = OptionalMapNode { target, body, is_flat: map.is_flat };
        (Node::OptionalMap(Box::new(map)), result)
    }
}

impl Node {
    /// What stands where something is wrong.
    pub(super) fn nothing<T>(_: T) -> Self {
        Self::Constant(Constant::Json(serde_json::Value::Null))
    }
}
