//! The definitions in the chart and in `config` are those of the program.

use holystone::api;

use crate::tools::{holds, root};

const KEEP: &str = r#"  {{- $keep := ternary (dict "helm.sh/resource-policy" "keep") (dict) .Values.crds.keep }}
  {{- include "holystone.metadata" (dict "root" . "annotations" (merge $keep .Values.crds.annotations)) | nindent 2 }}
"#;

#[test]
fn definitions_are_up_to_date() {
    for (file, yaml) in api::files().unwrap() {
        holds(&root().join("config/crd").join(&file), &yaml);
        assert!(!yaml.contains("{{"), "{file} would be read as a template");
        let (before, after) = yaml.split_once("spec:\n").expect("a definition has a spec");
        let template = format!(
            "{{{{- /* Written by `BLESS=1 cargo test --test chart`. */}}}}\n\
             {{{{- if .Values.crds.install }}}}\n{before}{KEEP}spec:\n{after}{{{{- end }}}}\n"
        );
        holds(&root().join("charts/holystone/templates/crds").join(&file), &template);
    }
}
