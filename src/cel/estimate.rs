//! What a program costs before it runs, as far as its text can tell.

use super::cost::{Cost, Range, Sizes};
use super::parser::ast::{Mode, What};
use super::plan::{Call, Fold, Node};
use super::registry::Declared;
use super::types::Type;

/// What a step costs, and how large its result is.
#[derive(Clone, Copy)]
struct Estimate {
    cost: Range,
    size: Range,
}

const ONE: Range = Range::exactly(1);

/// What the whole program costs.
pub(super) fn estimate(node: &Node) -> Range {
    of(node).cost
}

fn of(node: &Node) -> Estimate {
    let known = |cost: Range, size: Range| Estimate { cost, size };
    match node {
        Node::Constant(constant) => {
            known(Range::exactly(0), Range::exactly(constant.value().cost_size()))
        }
        Node::Variable(_) | Node::Local(_) => known(ONE, Range::UNKNOWN),
        Node::Select(operand, _, mode) => {
            let own = Range::exactly(u64::from(*mode != Mode::Test));
            known(of(operand).cost.plus(own), Range::UNKNOWN)
        }
        Node::Index(both, _) => known(sum(&**both).plus(ONE), Range::UNKNOWN),
        Node::OrElse(both, _) => known(sum(&**both), Range::UNKNOWN),
        Node::Call(call) => called(call),
        Node::Logic(_, terms) => {
            let least = terms.first().map_or(0, |first| of(first).cost.min);
            known(Range { min: least, max: sum(terms).max }, ONE)
        }
        Node::Conditional(parts) => conditional(parts),
        Node::Equal(both, _) => equal(both),
        Node::List(items) => literal(10, items.len(), items.iter().map(|(item, _)| item)),
        Node::Map(entries) => {
            literal(30, entries.len(), entries.iter().flat_map(|(key, value, _)| [key, value]))
        }
        Node::Fold(fold) | Node::SortBy(fold, _) => folded(fold),
        Node::OptionalMap(map) => {
            let target = of(&map.target).cost;
            let full = target.plus(target).plus(of(&map.body).cost).plus(Range::exactly(3));
            known(target.or(full), Range::UNKNOWN)
        }
    }
}

fn conditional([condition, yes, no]: &[Node; 3]) -> Estimate {
    let (yes, no) = (of(yes), of(no));
    Estimate { cost: of(condition).cost.plus(yes.cost.or(no.cost)), size: yes.size.or(no.size) }
}

fn equal(both: &[Node; 2]) -> Estimate {
    let [left, right] = both.each_ref().map(of);
    let own = |left: u64, right: u64| left.min(right).div_ceil(10);
    let own =
        Range { min: own(left.size.min, right.size.min), max: own(left.size.max, right.size.max) };
    Estimate { cost: left.cost.plus(right.cost).plus(own), size: ONE }
}

fn literal<'n>(base: u64, size: usize, parts: impl Iterator<Item = &'n Node>) -> Estimate {
    let cost = parts.fold(Range::exactly(base), |cost, part| cost.plus(of(part).cost));
    Estimate { cost, size: Range::exactly(size as u64) }
}

fn sum(nodes: &[Node]) -> Range {
    nodes.iter().fold(Range::exactly(0), |cost, node| cost.plus(of(node).cost))
}

fn called(call: &Call) -> Estimate {
    let arguments: Vec<_> = call.arguments.iter().map(of).collect();
    let own = call.candidates.iter().map(|declared| own_cost(declared, &arguments));
    let own = own.reduce(Range::or).unwrap_or(ONE);
    let cost = arguments.iter().fold(own, |cost, argument| cost.plus(argument.cost));
    let sizes = call.candidates.iter().map(|declared| match (declared.overload.id, &*arguments) {
        ("add_string" | "add_bytes" | "add_list", [left, right]) => left.size.plus(right.size),
        _ if is_sized(&declared.result) => Range::UNKNOWN,
        _ => ONE,
    });
    Estimate { cost, size: sizes.reduce(Range::or).unwrap_or(ONE) }
}

fn own_cost(declared: &Declared, arguments: &[Estimate]) -> Range {
    let of = |bound: fn(Range) -> u64, result: u64| {
        let sizes: Vec<_> = arguments.iter().map(|argument| bound(argument.size)).collect();
        let contents = sizes.first().copied().unwrap_or(0);
        declared.overload.cost.of(&Sizes { arguments: &sizes, result, contents })
    };
    match declared.overload.cost {
        Cost::One => ONE,
        _ => Range { min: of(|size| size.min, 0), max: of(|size| size.max, u64::MAX) },
    }
}

fn is_sized(of: &Type) -> bool {
    !matches!(
        of,
        Type::Bool
            | Type::Int
            | Type::Uint
            | Type::Double
            | Type::Duration
            | Type::Timestamp
            | Type::Null
    )
}

fn folded(fold: &Fold) -> Estimate {
    let range = of(&fold.range);
    let own = match fold.what {
        What::All | What::Map => 3,
        What::Exists => 4,
        What::ExistsOne | What::MapOfEntries => 2,
        What::List => 12,
    };
    let filter = fold.filter.as_ref().map_or(Range::exactly(0), |filter| of(filter).cost);
    let step = filter.plus(of(&fold.body).cost).plus(Range::exactly(own));
    let size = match fold.what {
        What::All | What::Exists | What::ExistsOne => ONE,
        _ if fold.filter.is_some() => Range { min: 0, max: range.size.max },
        _ => range.size,
    };
    // What decides at the first item costs one step.
    let steps = match fold.what {
        What::All | What::Exists => Range { min: range.size.min.min(1), max: range.size.max },
        _ => range.size,
    };
    Estimate { cost: range.cost.plus(step.times(steps)).plus(ONE), size }
}
