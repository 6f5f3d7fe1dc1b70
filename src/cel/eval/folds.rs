//! Macros: through lists, maps and optional values.

use super::Machine;
use super::select::written;
use crate::cel::error::EvaluateError;
use crate::cel::parser::ast::What;
use crate::cel::plan::{Call, Fold, OptionalMap};
use crate::cel::value::{Entries, Key, Map, Outcome, Value};

/// What the steps of a macro have made so far; its errors wait for the end.
struct Made<'a> {
    flag: bool,
    count: u64,
    items: Vec<Value<'a>>,
    entries: Entries<'a>,
    failure: Option<EvaluateError>,
}

impl<'a> Machine<'a, '_> {
    pub(super) fn fold(&mut self, fold: &'a Fold) -> Outcome<'a> {
        let range = self.run(&fold.range)?;
        self.fold_over(fold, &range)
    }

    fn fold_over(&mut self, fold: &'a Fold, range: &Value<'a>) -> Outcome<'a> {
        let flag = fold.what == What::All;
        let (items, entries) = (Vec::new(), Entries::new());
        let mut made = Made { flag, count: 0, items, entries, failure: None };
        match range {
            Value::List(list) => {
                for (index, item) in list.iter().enumerate() {
                    let index = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
                    if !self.iterate(fold, (index, Some(item)), &mut made)? {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                for key in map.keys() {
                    let value = if fold.has_two { map.find(&key)? } else { None };
                    if !self.iterate(fold, (key, value), &mut made)? {
                        break;
                    }
                }
            }
            other => return Err(not_iterable(other, fold.has_two)),
        }
        self.spend(1)?;
        if fold.what == What::ExistsOne {
            self.spend(1)?;
        }
        match (made.failure, fold.what) {
            (Some(failure), _) => Err(failure),
            (None, What::All | What::Exists) => Ok(made.flag.into()),
            (None, What::ExistsOne) => Ok((made.count == 1).into()),
            (None, What::List) => Ok(Value::list(made.items)),
            (None, What::Map | What::MapOfEntries) => {
                Ok(Value::Map(Map::Entries(made.entries.into())))
            }
        }
    }

    /// One step; `false` when nothing can change the result any more.
    fn iterate(
        &mut self,
        fold: &'a Fold,
        (first, second): (Value<'a>, Option<Value<'a>>),
        made: &mut Made<'a>,
    ) -> Result<bool, EvaluateError> {
        if !self.goes_on(fold.what, made)? {
            return Ok(false);
        }
        let bottom = self.locals.len();
        match (fold.has_two, second) {
            (true, Some(second)) => self.locals.extend([first, second]),
            (_, Some(item)) => self.locals.push(item),
            (_, None) => self.locals.push(first),
        }
        let step = self.step(fold, made);
        self.locals.truncate(bottom);
        match step {
            Err(EvaluateError::OverBudget) => Err(EvaluateError::OverBudget),
            Err(error) => {
                made.failure = Some(error);
                Ok(true)
            }
            Ok(()) => Ok(true),
        }
    }

    /// The condition of `all` and `exists`, before each step.
    fn goes_on(&mut self, what: What, made: &Made<'a>) -> Result<bool, EvaluateError> {
        match what {
            What::All => self.spend(2)?,
            What::Exists => self.spend(3)?,
            _ => return Ok(true),
        }
        Ok(made.failure.is_some() || made.flag == (what == What::All))
    }

    fn step(&mut self, fold: &'a Fold, made: &mut Made<'a>) -> Result<(), EvaluateError> {
        if let Some(filter) = &fold.filter {
            match self.run(filter)? {
                Value::Bool(true) => {}
                Value::Bool(false) => return Ok(()),
                _ => return Err(EvaluateError::NO_SUCH_OVERLOAD),
            }
        }
        self.spend(match fold.what {
            What::All | What::Exists => 1,
            What::ExistsOne => 0,
            What::List => 12,
            What::Map => 3,
            What::MapOfEntries => 2,
        })?;
        let value = match (self.run(&fold.body), &made.failure) {
            (Err(EvaluateError::Failed(_)), Some(before)) if fold.what != What::ExistsOne => {
                return Err(before.clone());
            }
            (value, _) => value?,
        };
        let key = self.locals.get(fold.local).cloned().unwrap_or(Value::Null);
        if fold.what == What::ExistsOne && matches!(value, Value::Bool(true)) {
            self.spend(2)?;
        }
        made.take(fold.what, key, value)
    }

    pub(super) fn optional_map(&mut self, map: &'a OptionalMap) -> Outcome<'a> {
        let before = self.budget.spent();
        let target = self.run(&map.target)?;
        // Kubernetes works it out twice: to ask whether there is a value, and for the value.
        let again = self.budget.spent().saturating_sub(before);
        let value = match target {
            Value::Optional(Some(value)) => (*value).clone(),
            Value::Optional(None) => {
                self.spend(2)?;
                return Ok(Value::none());
            }
            _ => return Err(EvaluateError::NO_SUCH_OVERLOAD),
        };
        self.spend(again + 2 + u64::from(!map.is_flat))?;
        self.locals.push(value);
        let result = self.run(&map.body);
        self.locals.pop();
        if map.is_flat { result } else { Ok(Value::some(result?)) }
    }

    pub(super) fn sort_by(&mut self, fold: &'a Fold, call: &'a Call) -> Outcome<'a> {
        let list = self.run(&fold.range)?;
        self.spend(2)?;
        let keys = self.fold_over(fold, &list)?;
        self.apply(call, &[list, keys])
    }
}

impl<'a> Made<'a> {
    /// Takes in what a step has worked out.
    fn take(&mut self, what: What, key: Value<'a>, value: Value<'a>) -> Result<(), EvaluateError> {
        match (what, value) {
            (What::List, value) => self.items.push(value),
            (What::Map, value) => insert(&mut self.entries, key, value)?,
            (What::MapOfEntries, Value::Map(map)) => {
                for key in map.keys() {
                    let value = map.find(&key)?.unwrap_or(Value::Null);
                    insert(&mut self.entries, key, value)?;
                }
            }
            (What::ExistsOne, Value::Bool(flag)) => self.count += u64::from(flag),
            (What::All | What::Exists, Value::Bool(flag)) => {
                if flag == (what == What::Exists) {
                    self.flag = flag;
                    self.failure = None;
                }
            }
            _ => return Err(self.failure.clone().unwrap_or(EvaluateError::NO_SUCH_OVERLOAD)),
        }
        Ok(())
    }
}

fn insert<'a>(
    entries: &mut Entries<'a>,
    key: Value<'a>,
    value: Value<'a>,
) -> Result<(), EvaluateError> {
    let text = written(&key);
    let key = Key::of(key).ok_or(EvaluateError::text("unsupported key type"))?;
    match entries.insert(key, value) {
        None => Ok(()),
        Some(_) => Err(EvaluateError::failed(format!("insert failed: key {text} already exists"))),
    }
}

fn not_iterable(value: &Value<'_>, has_two: bool) -> EvaluateError {
    let name = match value {
        Value::Null => "types.Null",
        Value::Bool(_) => "types.Bool",
        Value::Int(_) => "types.Int",
        Value::Uint(_) => "types.Uint",
        Value::Double(_) => "types.Double",
        Value::String(_) => "types.String",
        Value::Bytes(_) => "types.Bytes",
        Value::Duration(_) => "types.Duration",
        Value::Timestamp(_) => "types.Timestamp",
        Value::Optional(_) => "*types.Optional",
        _ => "*types.Type",
    };
    EvaluateError::failed(match has_two {
        true => format!("unsupported comprehension range type: {name}"),
        false => format!("got '{name}', expected iterable type"),
    })
}
