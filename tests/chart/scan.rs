//! The chart keeps what we preach: no finding of any severity under `recommended`, and no exemption.

use std::process::Command;

use serde_json::Value;

use crate::tools::{chart, helms, run, value_set};

/// A release of the chart names the digest of its image.
const DIGEST: &str =
    "--set=image.digest=sha256:353c20f74d9b6aee359f30e8e4f69c3d7eaea2f610681c4a95849a2fd7c497f9";

#[test]
fn nothing_is_found() {
    for helm in helms() {
        for set in ["default", "monitoring", "pod-monitor"] {
            let values = format!("--values={}", value_set(set).display());
            let rendered = helm.run(&[
                "template",
                "holystone",
                &chart().display().to_string(),
                "--namespace=holystone-system",
                &values,
                DIGEST,
            ]);
            assert!(rendered.is_good, "{}", rendered.problem);
            assert!(!rendered.out.contains("holystone.dev/exempt:"), "{set}");
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("chart.yaml");
            std::fs::write(&file, &rendered.out).unwrap();
            let report = scan(&file);
            assert_eq!(report["findings"], Value::Array(Vec::new()), "{set}");
        }
    }
}

fn scan(file: &std::path::Path) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    command.args(["scan", "--severity=info", "--profile=recommended", "--format=json"]).arg(file);
    let answer = run(&mut command);
    assert!(answer.is_good, "{}{}", answer.out, answer.problem);
    serde_json::from_str(&answer.out).unwrap()
}
