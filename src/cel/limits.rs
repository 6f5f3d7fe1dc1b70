//! How large what an expression makes may become, whatever its cost is.

use super::error::EvaluateError;

/// Bytes of a text.
const TEXT: usize = 16 << 20;
/// Items of a list.
const ITEMS: usize = 1_000_000;

/// Whether a text of that many bytes may be made.
pub(super) fn text(bytes: usize) -> Result<(), EvaluateError> {
    if bytes > TEXT { Err(EvaluateError::OverBudget) } else { Ok(()) }
}

/// Whether a list of that many items may be made.
pub(super) fn items(items: usize) -> Result<(), EvaluateError> {
    if items > ITEMS { Err(EvaluateError::OverBudget) } else { Ok(()) }
}
