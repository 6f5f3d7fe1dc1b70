//! All functions by their names, with their types read.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::functions::{Overload, overloads};
use super::types::{Parameter, Type};

/// An overload whose signature has been read.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) overload: Overload,
    pub(super) parameters: Vec<Type>,
    pub(super) result: Type,
}

pub(super) struct Registry {
    functions: HashMap<&'static str, Vec<Arc<Declared>>>,
    /// The names of types, which are values, too.
    types: HashMap<String, Type>,
}

/// The same for every environment.
pub(super) static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::read);

impl Registry {
    fn read() -> Self {
        let mut functions: HashMap<_, Vec<_>> = HashMap::new();
        let mut types = HashMap::new();
        for name in PLAIN_TYPES {
            types.extend(Type::parse(name).map(|read| (name.to_owned(), read)));
        }
        types.insert("list".to_owned(), Type::list(letter('A')));
        types.insert("map".to_owned(), Type::map(letter('A'), letter('B')));
        types.insert("optional_type".to_owned(), Type::optional(letter('A')));
        types.insert("type".to_owned(), Type::Type(Arc::new(Type::Dyn)));
        for overload in overloads() {
            let Some((parameters, result)) = overload.types() else { continue };
            for part in parameters.iter().chain([&result]) {
                visit(part, &mut |part| {
                    if let Type::Opaque(name, parts) = part
                        && parts.is_empty()
                        && !name.starts_with("kubernetes.")
                    {
                        types.insert(name.to_string(), part.clone());
                    }
                });
            }
            let declared = Declared { overload: *overload, parameters, result };
            functions.entry(overload.name).or_default().push(Arc::new(declared));
        }
        Self { functions, types }
    }

    /// The overloads of a function.
    pub(super) fn function(&self, name: &str) -> Option<&[Arc<Declared>]> {
        self.functions.get(name).map(Vec::as_slice)
    }

    /// The type with that name.
    pub(super) fn type_named(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }
}

const PLAIN_TYPES: [&str; 9] = [
    "bool",
    "bytes",
    "double",
    "google.protobuf.Duration",
    "google.protobuf.Timestamp",
    "int",
    "null_type",
    "string",
    "uint",
];

fn letter(letter: char) -> Type {
    Type::Parameter(Parameter::Named(letter))
}

fn visit(of: &Type, visitor: &mut impl FnMut(&Type)) {
    visitor(of);
    match of {
        Type::List(part) | Type::Type(part) => visit(part, visitor),
        Type::Map(key, value) => {
            visit(key, visitor);
            visit(value, visitor);
        }
        Type::Opaque(_, parts) => parts.iter().for_each(|part| visit(part, visitor)),
        _ => {}
    }
}
