//! Runs a custom check over an object, as a `ValidatingAdmissionPolicy` would be run.

use std::fmt;

use crate::{
    cel::{
        Activation, Budget, Program, Variables,
        cost::traversal,
        error::EvaluateError,
        value::{LazyFields, Map, Outcome, Text, Value},
    },
    checks::{Evidence, Finding, Verdict},
    engine::{Contents, lookup::Listed},
};

use super::{CustomCheck, OBJECTS, Validation, View, matching::Meant};

const NO_CREDIT: &str = "the custom checks of its policy have cost too much";

/// The longest message that an expression may make.
const MESSAGE: usize = 5 * 1024;
const OVER_BUDGET: &str =
    "validation failed due to running out of cost budget, no further validation rules will be run";

impl CustomCheck {
    /// Judges an object. `contents` is what it may look up.
    pub(in crate::engine) fn judge(&self, view: Option<&View>, contents: &Contents) -> Verdict {
        let Some(view) = view else {
            return Verdict::Unknown("the object was not read whole".into());
        };
        let meant = self.matches.iter().map(|entry| entry.means(view, contents));
        match meant.max().unwrap_or(Meant::No) {
            Meant::No => return Verdict::NotApplicable,
            Meant::Unknown => return Verdict::Unknown("its Namespace is not known".into()),
            Meant::Yes => {}
        }
        if !self.credit.earn() {
            return Verdict::Unknown(NO_CREDIT.into());
        }
        match self.is_wanted(view) {
            Ok(true) => self.validate(view, contents),
            Ok(false) => Verdict::NotApplicable,
            Err(problem) => Verdict::Unknown(problem.into()),
        }
    }

    /// Whether all conditions hold. One that does not hold decides, whatever the others are.
    fn is_wanted(&self, view: &View) -> Result<bool, String> {
        if self.conditions.is_empty() {
            return Ok(true);
        }
        let activation = self.activation(view, Value::Null);
        let nothing = Variables::new(&[], Activation::new());
        let mut purse = Purse::new(Budget::CONDITIONS, &nothing);
        let (mut is_wanted, mut problem) = (true, None);
        for condition in &self.conditions {
            match purse.pay(&condition.program, &activation) {
                Ok(Value::Bool(false)) => {
                    is_wanted = false;
                    break;
                }
                Ok(_) => {}
                Err(error) => {
                    problem.get_or_insert_with(|| format!("{}: {error}", condition.field));
                }
            }
        }
        self.credit.spend(purse.spent);
        match problem {
            Some(problem) if is_wanted => Err(problem),
            _ => Ok(is_wanted),
        }
    }

    fn activation<'a>(&'a self, view: &'a View, namespace: Value<'a>) -> Activation<'a> {
        let activation = Activation::new().with("object", view.json());
        activation.with("params", &self.params).with("namespaceObject", namespace)
    }

    /// The objects of related kinds. To read them costs as much as to look through a text of that length.
    fn look_up(&self, view: &View, contents: &Contents) -> Result<Vec<Listed>, String> {
        let related = self.related.iter().map(|related| related.look_up(view, contents));
        let related: Vec<Listed> = related.collect::<Result<_, _>>()?;
        related.iter().for_each(|listed| self.credit.spend(traversal(listed.read as u64)));
        Ok(related)
    }

    fn validate(&self, view: &View, contents: &Contents) -> Verdict {
        let related = match self.look_up(view, contents) {
            Ok(related) => related,
            Err(problem) => return Verdict::Unknown(problem.into()),
        };
        let objects = related.iter().flat_map(|listed| &*listed.objects).map(Value::from);
        let missing = Missing(view.namespace().unwrap_or_default());
        let namespace = match view.namespace().map(|name| contents.namespace(name)) {
            None => Value::Null,
            Some(Some(known)) => Value::from(known.json()),
            Some(None) => Value::Map(Map::Lazy(&missing)),
        };
        let activation = self.activation(view, namespace);
        let activation = activation.with(OBJECTS, Value::list(objects.collect()));
        let variables = Variables::new(&self.variables, activation);
        let activation = variables.activation();
        let mut purse = Purse::new(Budget::POLICY, &variables);
        let (mut failed, mut problem) = (Vec::new(), None);
        for validation in &self.validations {
            match purse.pay(&validation.expression.program, &activation) {
                Ok(Value::Bool(true)) => {}
                Ok(_) => failed.push(validation),
                Err(error) => {
                    let field = &validation.expression.field;
                    problem.get_or_insert_with(|| format!("{field}: {error}"));
                }
            }
        }
        let verdict = match (failed.is_empty(), problem) {
            _ if purse.is_empty => Verdict::Unknown(OVER_BUDGET.into()),
            (true, None) => Verdict::Pass,
            (true, Some(problem)) => Verdict::Unknown(problem.into()),
            (false, _) => found(&failed, &mut purse, &activation),
        };
        self.credit.spend(purse.spent);
        verdict
    }
}

/// What the validations say that do not hold.
fn found<'a>(
    failed: &[&'a Validation],
    purse: &mut Purse<'a>,
    activation: &Activation<'a>,
) -> Verdict {
    let mut message = String::new();
    let mut evidence = Vec::new();
    for validation in failed {
        let said = validation.say(purse, activation);
        let wanted = validation.text.to_string();
        evidence.push(Evidence::at(&*validation.path, said.clone(), wanted));
        if !message.is_empty() {
            message.push_str("; ");
        }
        message.push_str(&said);
    }
    Verdict::Fail(Finding { message: message.into(), evidence: evidence.into(), severity: None })
}

impl Validation {
    /// The message, chosen as the API server does.
    fn say<'a>(&'a self, purse: &mut Purse<'a>, activation: &Activation<'a>) -> String {
        let said = self.message_expression.as_ref().map(|program| purse.pay(program, activation));
        if let Some(Ok(Value::String(text))) = said {
            let text = text.trim();
            if !text.is_empty() && text.len() <= MESSAGE && !text.contains('\n') {
                return text.to_owned();
            }
        }
        match self.message.is_empty() {
            false => self.message.to_string(),
            true => format!("failed expression: {}", self.text),
        }
    }
}

/// What the expressions of a check may cost together for one object.
struct Purse<'a> {
    left: u64,
    spent: u64,
    variables: &'a Variables<'a>,
    /// What the variables have cost that is paid.
    paid: u64,
    is_empty: bool,
}

impl<'a> Purse<'a> {
    fn new(left: u64, variables: &'a Variables<'a>) -> Self {
        Self { left, spent: 0, variables, paid: 0, is_empty: false }
    }

    /// Runs a program, and pays for it and for the variables that were worked out.
    fn pay(&mut self, program: &'a Program, activation: &Activation<'a>) -> Outcome<'a> {
        if self.is_empty {
            return Err(EvaluateError::OverBudget);
        }
        let mut budget = Budget::new(Budget::EXPRESSION);
        let outcome = program.evaluate(activation, &mut budget);
        let variables = self.variables.spent();
        let cost = budget.spent().saturating_add(variables - self.paid);
        self.paid = variables;
        self.is_empty = cost > self.left;
        self.left = self.left.saturating_sub(cost);
        self.spent = self.spent.saturating_add(cost);
        if self.is_empty { Err(EvaluateError::OverBudget) } else { outcome }
    }
}

/// A Namespace that exists, and is not known.
struct Missing<'a>(&'a str);

impl fmt::Debug for Missing<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Namespace {}", self.0)
    }
}

impl<'a> LazyFields<'a> for Missing<'_> {
    fn field(&'a self, _: &str) -> Option<Outcome<'a>> {
        Some(Err(EvaluateError::failed(format!("the Namespace {} is not known", self.0))))
    }

    fn names(&self) -> Vec<Text<'a>> {
        Vec::new()
    }
}
