//! A thousand checks in CEL over ten thousand objects: common ones, and such that cost as much as they
//! may.

use std::{fmt::Write, sync::Arc, time::Duration};

use holystone::{
    api::AuditPolicySpec,
    engine::{Part, Policy, Rules, View},
    model::{Kind, Object, decode},
};

use crate::{
    NOW,
    generator::{self, Variety},
    time,
};

const RULES: usize = 1_000;
const OBJECTS: usize = 10_000;
/// Of the dear ones fewer do: they cost the same for each object, which is what is bounded.
const FEW: usize = 200;
/// As many as the definition of policies lets one have.
const IN_ONE: usize = 64;

/// What people write; `N` is the number of the check.
const COMMON: [&str; 6] = [
    "object.spec.replicas > N - 1000",
    "object.metadata.?labels[?'team-N'].orValue('') == ''",
    "object.spec.template.spec.containers.all(c, !c.image.startsWith('registry-N.example.com/'))",
    "object.metadata.name.matches('^[a-z0-9-]{1,63}$') && object.metadata.name != 'N'",
    "object.spec.template.spec.containers.all(c, !has(c.env) || c.env.all(e, e.name != 'N'))",
    "quantity('Nm').isLessThan(quantity('2')) && object.spec.template.metadata.labels.size() > 0",
];
/// Each costs a fifth of what an expression may, until the account of its policy is empty.
const DEAR: [&str; 1] =
    ["[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, \
      [1,2,3,4,5,6,7,8,9].all(d, a * b * c * d + N > size(object.kind)))))"];

pub(crate) fn print(_: &Arc<Rules>) {
    let texts: Vec<String> = (0..OBJECTS)
        .map(|index| generator::deployment(index, OBJECTS, Variety::Unique).to_string())
        .collect();
    let bytes = texts.iter().map(String::len).sum::<usize>() / OBJECTS;
    println!("{RULES} checks in CEL, Deployments of {bytes} bytes, one core\n");
    println!("  checks   objects   compile ms   view ms   judge s   us a check   cannot know");
    for (name, expressions, count) in [("common", &COMMON[..], OBJECTS), ("dear", &DEAR, FEW)] {
        let mut rules = Rules::default();
        let compile = time(|| rules = self::rules(expressions));
        let (mut viewing, mut judging, mut unknown) = (Duration::ZERO, Duration::ZERO, 0);
        for text in &texts[..count] {
            let mut object = decode(Kind::Deployment, text).expect("the object is well formed");
            object.whole = Some(text.as_str().into());
            viewing += time(|| drop(View::of(&object)));
            judging += time(|| unknown += judge(&rules, &object));
        }
        println!(
            "  {name:<8} {count:>7} {:>12.0} {:>9.0} {:>9.1} {:>12.2} {:>13}",
            compile.as_secs_f64() * 1e3,
            viewing.as_secs_f64() * 1e3,
            judging.as_secs_f64(),
            judging.as_secs_f64() * 1e6 / (RULES * count) as f64,
            unknown,
        );
    }
    println!();
}

/// How many checks cannot know.
fn judge(rules: &Rules, object: &Object) -> usize {
    let view = View::of(object);
    rules.judge_alone(object, view.as_ref(), Part::Object, NOW).unknowns().count()
}

fn rules(expressions: &[&str]) -> Rules {
    let policies = (0..RULES).step_by(IN_ONE).map(|first| {
        let mut yaml = "checks:\n  profiles: []\n  custom:\n".to_owned();
        for number in first..RULES.min(first + IN_ONE) {
            let text = expressions[number % expressions.len()].replace('N', &number.to_string());
            let _ = write!(
                yaml,
                "    - id: check-{number}\n      title: One of many\n      severity: low\n      \
                 match: [{{apiGroups: [apps], kinds: [Deployment]}}]\n      validations:\n        \
                 - expression: |-\n            {text}\n"
            );
        }
        let spec: AuditPolicySpec = serde_saphyr::from_str(&yaml).expect("the policy is YAML");
        let policy = Policy::compile(&format!("p{first}"), &spec).expect("the policy is valid");
        assert!(policy.rejected.is_empty(), "{:?}", policy.rejected.first());
        Arc::new(policy)
    });
    Rules::new(policies.collect(), 36)
}
