//! Whatever a policy says, it is rejected or followed, check by check: `just fuzz-policy`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/hostile/policy.rs"]
mod policy;

fuzz_target!(|text: &str| {
    policy::judge(text);
});
