//! Expressions that want too much are refused, or stop soon; nothing makes the engine panic.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{environment, fails, run};

/// Expressions that want more than they may have: each is refused, or stops soon.
#[test]
fn bombs_do_not_go_off() {
    let ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
    let mut nested = "true".to_owned();
    let mut doubled = "['x']".to_owned();
    let mut lists = "[[1, 1]]".to_owned();
    for level in 0..12 {
        nested = format!("{ten}.all(x{level}, {nested})");
    }
    for level in 0..60 {
        let _ = write!(doubled, ".map(x{level}, x{level} + x{level})");
        let _ = write!(lists, ".map(x{level}, x{level} + x{level})");
    }
    let replaced = "['x'].map(x, x.replace('', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'))".to_owned()
        + &".map(x, x.replace('x', x))".repeat(6);
    let joined = format!("{ten}.map(a, {ten}.map(b, 'xxxxxxxxxx').join('yyyyyyyyyy')).join()")
        + &".split('').map(x, 'abcdefghij').join()".repeat(8);
    let matched = format!(
        "{ten}.all(a, {ten}.all(b, {ten}.all(c, {ten}.all(d, {ten}.all(e, \
         'x'.matches('x{{1,' + string(a * 10000 + b * 1000 + c * 100 + d * 10 + e) + '}}')))))) "
    );
    let library = [
        "lists.range(1000000000000).size()",
        "lists.range(900000).sort().size()",
        "lists.range(900000).distinct().size()",
        "sets.contains(lists.range(900000), lists.range(900000))",
        "lists.range(900000).map(x, lists.range(900000)).flatten().size()",
        "'%.999999999f'.format([1.5]).size()",
        "'%.99999f'.format([1.5]).size()",
        "lists.range(1000).map(x, lists.range(10000).sum()).sum()",
        "'x'.split('').map(x, lists.range(900000).map(y, x).join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'))",
    ];
    let library = library.map(str::to_owned);
    for bomb in [nested, doubled, lists, replaced, joined, matched].into_iter().chain(library) {
        fails(&bomb, "operation cancelled: actual cost limit exceeded");
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let refused = |text: String| environment().compile(&text).is_err();
    assert!(refused(format!("{}1{}", "(".repeat(300), ")".repeat(300))));
    assert!(refused(format!("{}1{}", "[".repeat(300), "]".repeat(300))));
    assert!(refused(format!("1{}", " + 1".repeat(300))));
    assert!(refused(format!("object{}", ".a".repeat(300))));
    assert!(refused(format!("{}true", "true ? true : ".repeat(300))));
    assert!(refused(" ".repeat(100_001)));
    let deep = format!("{}1{} == 1", "(".repeat(200), ")".repeat(200));
    assert_eq!(run(&deep).as_deref(), Ok("true"));
    let chain = format!("1{} == 201", " + 1".repeat(200));
    assert_eq!(run(&chain).as_deref(), Ok("true"));
    let folds = (0..80).fold("true".to_owned(), |body, level| format!("[1].all(x{level}, {body})"));
    assert_eq!(run(&folds).as_deref(), Ok("true"));
    assert_eq!(run("true && ".repeat(9_000).trim_end_matches("&& ")).as_deref(), Ok("true"));
    assert!(refused("object".to_owned() + &".optMap(x, x)".repeat(300)));
    assert!(refused("[1]".to_owned() + &".map(x, {x: x})".repeat(100)));
    assert!(!refused(format!("[{}[]]", "size([]), ".repeat(9_000)).replace("[]]", "1]")));
    assert!(!refused(format!("true{}", " && a".repeat(12_000).replace('a', "true"))));
    let maps = "optional.of(1)".to_owned() + &".optMap(x, x)".repeat(100) + ".value()";
    assert_eq!(run(&maps), Err("operation cancelled: actual cost limit exceeded".to_owned()));
}

/// Pieces of which expressions are made, right and wrong.
const PIECES: [&str; 60] = [
    "object",
    ".spec",
    ".replicas",
    "[0]",
    "[?1]",
    ".?names",
    "'é'",
    "b'\\xff'",
    "1",
    "-1",
    "2u",
    "1.5",
    "9223372036854775807",
    "true",
    "null",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "?",
    " + ",
    " - ",
    " * ",
    " / ",
    " % ",
    " == ",
    " < ",
    " && ",
    " || ",
    " in ",
    "!",
    "-",
    ".all(x, ",
    ".map(x, ",
    ".filter(x, ",
    ".exists_one(x, ",
    ".transformMap(k, v, ",
    "has(",
    "size(",
    "int(",
    "string(",
    "duration('1h')",
    "timestamp(0)",
    ".matches('",
    "')",
    ".split('')",
    ".format([",
    "])",
    "x",
    "quantity('1e2147483647')",
    "ip('::1')",
    "semver('1.2.3')",
    "url('/%41')",
    ".sort()",
    ".orValue(",
    "optional.of(",
];

proptest! {
    #[test]
    fn nothing_panics(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..12)) {
        let _ = run(&pieces.concat());
    }

    #[test]
    fn no_text_panics(text in ".{0,40}") {
        let _ = run(&text);
        let _ = run(&format!("'a'.matches(r\"{text}\")"));
        for function in ["quantity", "ip", "cidr", "url", "semver", "duration", "timestamp", "int"] {
            let _ = run(&format!("{function}(r\"{text}\") == {function}(r\"{text}\")"));
        }
    }
}
