//! Finds out which types fit which, and what the free ones among them are.

use std::collections::HashMap;
use std::sync::Arc;

use crate::cel::types::{Parameter, Type};

/// What is known of the free types.
#[derive(Debug, Default)]
pub(super) struct Substitution {
    known: HashMap<Parameter, Type>,
    /// What has been learnt since the last success, and what was known before it.
    trail: Vec<(Parameter, Option<Type>)>,
}

impl Substitution {
    /// Whether a value of the second type may stand where the first is wanted, for all pairs;
    /// only then is anything learnt.
    pub(super) fn fit<'t>(
        &mut self,
        mut pairs: impl Iterator<Item = (&'t Type, &'t Type)>,
    ) -> bool {
        let fits = pairs.all(|(first, second)| self.assign(first, second));
        for (parameter, before) in self.trail.drain(..).rev().filter(|_| !fits) {
            match before {
                Some(before) => self.known.insert(parameter, before),
                None => self.known.remove(&parameter),
            };
        }
        fits
    }

    fn bind(&mut self, parameter: Parameter, value: Type) {
        let before = self.known.insert(parameter, value);
        self.trail.push((parameter, before));
    }

    /// The type with what is known of its parts; what is not known stays, or becomes `dyn`.
    pub(super) fn apply(&self, of: &Type, free_is_dyn: bool) -> Type {
        let inner = |part: &Type| self.apply(part, free_is_dyn);
        match of {
            Type::Parameter(parameter) => match self.known.get(parameter) {
                Some(known) => inner(known),
                None if free_is_dyn => Type::Dyn,
                None => of.clone(),
            },
            Type::List(element) => Type::list(inner(element)),
            Type::Map(key, value) => Type::map(inner(key), inner(value)),
            Type::Type(part) => Type::Type(Arc::new(inner(part))),
            Type::Opaque(name, parts) if !parts.is_empty() => {
                Type::Opaque(name.clone(), parts.iter().map(inner).collect())
            }
            plain => plain.clone(),
        }
    }

    fn assign(&mut self, first: &Type, second: &Type) -> bool {
        if let Type::Parameter(parameter) = second {
            if self.substitute(first, *parameter) {
                return true;
            }
            if self.known.contains_key(parameter) {
                return false;
            }
        }
        if let Type::Parameter(parameter) = first {
            return self.substitute(second, *parameter);
        }
        match (first, second) {
            (Type::Dyn | Type::Error, _)
            | (_, Type::Dyn | Type::Error)
            | (Type::Type(_), Type::Type(_)) => true,
            (Type::Null, other) | (other, Type::Null) => {
                matches!(other, Type::Null | Type::Opaque(..) | Type::Duration | Type::Timestamp)
            }
            (Type::List(one), Type::List(other)) => self.assign(one, other),
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                self.assign(key, other_key) && self.assign(value, other_value)
            }
            (Type::Opaque(name, parts), Type::Opaque(other, other_parts)) => {
                name == other
                    && parts.len() == other_parts.len()
                    && parts.iter().zip(&**other_parts).all(|(one, two)| self.assign(one, two))
            }
            (one, other) => one == other,
        }
    }

    /// Whether the parameter may be that type; it is then.
    fn substitute(&mut self, of: &Type, parameter: Parameter) -> bool {
        if *of == Type::Parameter(parameter) {
            return true;
        }
        let Some(known) = self.known.get(&parameter).cloned() else {
            let may_be = !self.occurs(parameter, of);
            if may_be {
                self.bind(parameter, of.clone());
            }
            return may_be;
        };
        if *of != known {
            if !self.assign(of, &known) {
                return false;
            }
            let general = most_general(of.clone(), known);
            if !self.occurs(parameter, &general) {
                self.bind(parameter, general);
            }
        }
        true
    }

    fn occurs(&self, parameter: Parameter, within: &Type) -> bool {
        match within {
            Type::Parameter(other) => {
                *other == parameter
                    || self.known.get(other).is_some_and(|known| self.occurs(parameter, known))
            }
            Type::List(part) | Type::Type(part) => self.occurs(parameter, part),
            Type::Map(key, value) => self.occurs(parameter, key) || self.occurs(parameter, value),
            Type::Opaque(_, parts) => parts.iter().any(|part| self.occurs(parameter, part)),
            _ => false,
        }
    }
}

/// The more general of two types that fit.
pub(super) fn most_general(one: Type, other: Type) -> Type {
    if is_less_specific(&one, &other) { one } else { other }
}

fn is_less_specific(one: &Type, other: &Type) -> bool {
    match (one, other) {
        (Type::Dyn | Type::Parameter(_), _) | (Type::Type(_), Type::Type(_)) => true,
        (_, Type::Dyn | Type::Parameter(_)) => false,
        (Type::List(one), Type::List(other)) => is_less_specific(one, other),
        (Type::Map(key, value), Type::Map(other_key, other_value)) => {
            is_less_specific(key, other_key) && is_less_specific(value, other_value)
        }
        (Type::Opaque(name, parts), Type::Opaque(other, other_parts)) => {
            name == other
                && parts.len() == other_parts.len()
                && parts.iter().zip(&**other_parts).all(|(one, two)| is_less_specific(one, two))
        }
        (one, other) => one == other,
    }
}
