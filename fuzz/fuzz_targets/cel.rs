//! Whatever an expression is, it is refused or run within its budget: `just fuzz-cel`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/hostile/cel.rs"]
mod cel;

fuzz_target!(|text: &str| {
    cel::run(text);
});
