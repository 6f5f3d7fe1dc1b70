//! Items as they are printed for programs.

use std::io::{self, IsTerminal};

use kube::ResourceExt;
use serde_json::{Value, json};

use crate::{api::ActionItem, items::clean};

/// The longest line on a terminal, in bytes.
const LINE: usize = 4096;

/// The name of an item, as kubectl takes and prints it.
pub(super) fn name(item: &ActionItem) -> String {
    format!("actionitem.holystone.dev/{}", clean(&item.name_any(), LINE))
}

/// The whole item, without who set which field.
pub(super) fn object(mut item: ActionItem) -> Value {
    item.metadata.managed_fields = None;
    json!(item)
}

/// Programs get every character; a terminal obeys some, and does not get those.
pub(super) fn shown(text: String) -> String {
    match io::stdout().is_terminal() {
        true => text.lines().map(|line| clean(line, LINE) + "\n").collect(),
        false => text,
    }
}
