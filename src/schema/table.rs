//! The table of schemas, read once, when the first object asks for it.

use std::{collections::HashMap, sync::LazyLock};

/// Every type, and which of them are kinds.
pub(super) struct Table {
    pub(super) version: &'static str,
    types: Vec<Fields>,
    kinds: HashMap<(&'static str, &'static str), usize>,
}

/// The fields of a type, sorted by name.
#[derive(Default)]
pub(super) struct Fields {
    fields: Vec<Field>,
    /// How many of them are required.
    required: usize,
}

pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    pub(super) shape: Shape,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Not looked into.
    Any,
    Bool,
    Bytes,
    Int32,
    Int64,
    IntOrString,
    MicroTime,
    Number,
    Quantity,
    Text,
    Time,
    /// One of these texts, which `|` separates.
    OneOf(&'static str),
    List(Box<Shape>),
    Map(Box<Shape>),
    /// A type, by its position in the table.
    Object(usize),
}

/// The table that is built in.
pub(super) fn kubernetes() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("kubernetes.txt")));
    &TABLE
}

impl Table {
    /// Reads what `tools/schema.py` wrote.
    fn parse(text: &'static str) -> Self {
        let version = text.strip_prefix("# Kubernetes ").and_then(|rest| rest.split(' ').next());
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let heads = lines.clone().filter(|line| !line.starts_with(' '));
        let mut positions = HashMap::with_capacity(1024);
        let mut kinds = HashMap::with_capacity(128);
        for (position, head) in heads.enumerate() {
            let mut words = head.split(' ');
            positions.insert(words.next().unwrap_or_default(), position);
            if let (Some(version), Some(kind)) = (words.next(), words.next()) {
                kinds.insert((version, kind), position);
            }
        }
        let mut types: Vec<Fields> = Vec::with_capacity(positions.len());
        for line in lines {
            match (line.strip_prefix(' '), types.last_mut()) {
                (Some(field), Some(fields)) => fields.add(Field::parse(field, &positions)),
                _ => types.push(Fields::default()),
            }
        }
        Self { version: version.unwrap_or_default(), types, kinds }
    }

    /// The fields of a kind.
    pub(super) fn find(&self, api_version: &str, kind: &str) -> Option<&Fields> {
        self.kinds.get(&(api_version, kind)).map(|position| self.fields(*position))
    }

    /// The fields of a type.
    pub(super) fn fields(&self, position: usize) -> &Fields {
        &self.types[position]
    }
}

impl Fields {
    fn add(&mut self, field: Field) {
        self.required += usize::from(field.is_required);
        self.fields.push(field);
    }

    pub(super) fn find(&self, name: &str) -> Option<&Field> {
        let found = self.fields.binary_search_by(|field| field.name.cmp(name)).ok()?;
        Some(&self.fields[found])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }

    pub(super) fn required(&self) -> usize {
        self.required
    }
}

impl Field {
    fn parse(line: &'static str, positions: &HashMap<&'static str, usize>) -> Self {
        let (name, shape) = line.split_once(' ').unwrap_or((line, "any"));
        let plain = name.strip_suffix('!');
        Self {
            name: plain.unwrap_or(name),
            is_required: plain.is_some(),
            shape: Shape::parse(shape, positions),
        }
    }
}

impl Shape {
    fn parse(text: &'static str, positions: &HashMap<&'static str, usize>) -> Self {
        let of = |inner| Box::new(Self::parse(inner, positions));
        if let Some(inner) = text.strip_prefix("[]") {
            return Self::List(of(inner));
        }
        if let Some(inner) = text.strip_prefix("{}") {
            return Self::Map(of(inner));
        }
        if let Some(values) = text.strip_prefix('(') {
            return Self::OneOf(values.trim_end_matches(')'));
        }
        match text {
            "bool" => Self::Bool,
            "bytes" => Self::Bytes,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "int-or-string" => Self::IntOrString,
            "micro-time" => Self::MicroTime,
            "number" => Self::Number,
            "quantity" => Self::Quantity,
            "string" => Self::Text,
            "time" => Self::Time,
            name => positions.get(name).map_or(Self::Any, |position| Self::Object(*position)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let text = include_str!("kubernetes.txt");
        let table = kubernetes();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let (fields, heads): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with(' '));
        assert_eq!(table.types.len(), heads.len());
        assert_eq!(
            table.types.iter().map(|fields| fields.fields.len()).sum::<usize>(),
            fields.len()
        );
        let innermost = |shape: &Shape| {
            let mut shape = shape.clone();
            while let Shape::List(inner) | Shape::Map(inner) = shape {
                shape = *inner;
            }
            shape
        };
        let shapes = table.types.iter().flat_map(Fields::iter);
        let any = shapes.filter(|field| innermost(&field.shape) == Shape::Any).count();
        assert_eq!(any, fields.iter().filter(|line| line.ends_with("any")).count());
    }

    #[test]
    fn fields_are_sorted() {
        for fields in &kubernetes().types {
            assert!(fields.fields.is_sorted_by(|left, right| left.name < right.name));
        }
    }

    #[test]
    fn kinds_are_found_by_version_and_name() {
        let find = |version, kind| kubernetes().find(version, kind).is_some();
        assert!(find("v1", "Pod") && find("apps/v1", "Deployment"));
        assert!(!find("apps/v1", "Pod") && !find("extensions/v1beta1", "Deployment"));
        assert!(!find("v1", "PodSpec") && !find("v1", "PodList"));
    }
}
