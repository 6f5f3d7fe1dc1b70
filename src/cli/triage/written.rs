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

/// One object, or a list of them, as kubectl prints it.
pub(super) fn whole(items: Vec<ActionItem>, is_one: bool) -> Value {
    let mut items: Vec<_> = items.into_iter().map(object).collect();
    match items.pop_if(|_| is_one) {
        Some(item) => item,
        None => json!({ "apiVersion": "v1", "kind": "List", "metadata": {}, "items": items }),
    }
}

/// The whole item, without who set which field.
fn object(mut item: ActionItem) -> Value {
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
