//! Whatever a text holds, the quick readers read it as the full parser does, value by value and place
//! by place, or leave it to that: `just fuzz-readers`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = holystone::manifests::compare_readers(text);
});
