//! How large what an expression makes may become, whatever its cost is.

use super::error::EvaluateError;

/// Bytes of a text.
const TEXT: usize = 16 << 20;
/// Items of a list.
const ITEMS: usize = 1_000_000;
/// Comparisons of one call.
const COMPARISONS: usize = 10_000_000;

/// Whether a text of that many bytes may be made.
pub(super) fn text(bytes: usize) -> Result<(), EvaluateError> {
    if bytes > TEXT { Err(EvaluateError::OverBudget) } else { Ok(()) }
}

/// Whether a list of that many items may be made.
pub(super) fn items(items: usize) -> Result<(), EvaluateError> {
    if items > ITEMS { Err(EvaluateError::OverBudget) } else { Ok(()) }
}

/// Whether each of so many may be compared with each of so many others: Kubernetes counts at least
/// as much.
pub(super) fn comparisons(items: usize, others: usize) -> Result<(), EvaluateError> {
    if items.saturating_mul(others) > COMPARISONS { Err(EvaluateError::OverBudget) } else { Ok(()) }
}
