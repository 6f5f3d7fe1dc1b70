//! The forms of a scan's output, and where each goes: one to stdout, others to files.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process,
};

use anyhow::{Context, bail};
use clap::ValueEnum;

/// Form of the output of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people.
    Table,
    /// Everything, for tools.
    Json,
    /// The same as YAML.
    Yaml,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Results of tests.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// Code quality of GitLab.
    Gitlab,
    /// A summary for the page of a job.
    Markdown,
    /// A page of its own.
    Html,
    /// The items that a cluster would hold, as YAML.
    Actionitems,
}

/// A form, and the file that it goes to; without one, stdout.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) form: Form,
    pub(super) file: Option<PathBuf>,
}

impl Output {
    /// Reads `FORM` or `FORM=FILE`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("name a file behind the =".to_owned()),
            Some((name, "-")) => (name, None),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let form = Form::from_str(name, false).map_err(|_| {
            let forms = Form::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let forms: Vec<_> = forms.map(|form| form.get_name().to_owned()).collect();
            format!("there is no form `{name}`; use {}", forms.join(", "))
        })?;
        Ok(Self { form, file })
    }
}

/// Refuses what would overwrite or mix outputs.
pub(super) fn check(outputs: &[Output]) -> anyhow::Result<()> {
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        bail!("only one form can go to stdout; give the others files, as in --format sarif=FILE");
    }
    for (index, output) in outputs.iter().enumerate() {
        let is_same = |other: &Output| output.file.is_some() && other.file == output.file;
        if let Some(file) = output.file.as_ref().filter(|_| outputs[..index].iter().any(is_same)) {
            bail!("two forms would go to {}; give each a file of its own", file.display());
        }
    }
    Ok(())
}

/// Writes a file in one step: who reads it sees the old text or the new one.
pub(super) fn write(file: &Path, text: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let text = text.as_ref();
    let named = || format!("cannot write {}", file.display());
    // A pipe or a device is no file to be replaced.
    let is_special = fs::metadata(file).is_ok_and(|known| !known.is_file() && !known.is_dir());
    if is_special {
        return fs::write(file, text).with_context(named);
    }
    // What a link points to is replaced, and not the link.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    replace(&file, text).with_context(named)
}

fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    let Some(name) = file.file_name() else { return fs::write(file, text) };
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}", process::id()));
    let beside = file.with_file_name(hidden);
    let written = fs::File::create(&beside)
        .and_then(|mut new| new.write_all(text))
        .and_then(|()| match fs::metadata(file) {
            Ok(before) => fs::set_permissions(&beside, before.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        // It may never have been there.
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_files_are_read() {
        let output = Output::parse("sarif=out/a=b.sarif").unwrap();
        assert_eq!((output.form, output.file), (Form::Sarif, Some("out/a=b.sarif".into())));
        assert_eq!(Output::parse("json=-").unwrap().file, None);
        assert!(Output::parse("json=").unwrap_err().contains("name a file"));
        assert!(Output::parse("xml").unwrap_err().contains("use table, json, yaml, sarif"));
    }

    #[test]
    fn outputs_do_not_meet() {
        let all = |texts: &[&str]| texts.iter().map(|text| Output::parse(text).unwrap()).collect();
        let outputs: Vec<Output> = all(&["table", "json"]);
        assert!(check(&outputs).is_err());
        let outputs: Vec<Output> = all(&["table", "json=x", "yaml=x"]);
        assert!(check(&outputs).is_err());
        let outputs: Vec<Output> = all(&["table", "json=x", "yaml=y"]);
        assert!(check(&outputs).is_ok());
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out.json");
        for text in ["one, and longer", "two"] {
            write(&file, text).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = write(&folder.path().join("no/out.json"), "").unwrap_err();
        assert!(error.to_string().contains("no/out.json"), "{error}");
    }
}
