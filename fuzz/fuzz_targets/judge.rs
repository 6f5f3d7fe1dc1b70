//! Whatever a manifest holds, the decoder and all checks neither panic nor hang. The fixtures of the
//! checks are the seeds: `just fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/hostile/judge.rs"]
mod judge;

fuzz_target!(|text: &str| {
    judge::judge(text);
});
