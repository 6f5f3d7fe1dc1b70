//! The form of a scan's JSON, for those who read it.

use schemars::{Schema, generate::SchemaSettings};

use super::ScanReport;

/// The JSON Schema of [`ScanReport`].
#[must_use]
pub fn scan_schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<ScanReport<'_>>()
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::*;

    /// With `BLESS=1` in the environment it writes the file.
    #[test]
    fn the_committed_schema_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scan.schema.json");
        let schema = serde_json::to_string_pretty(&scan_schema()).unwrap() + "\n";
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &schema).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == schema, "docs/scan.schema.json is old: set BLESS=1");
    }
}
