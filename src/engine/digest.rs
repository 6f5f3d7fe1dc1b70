//! A number that stands for texts, the same for ever.

use sha2::{Digest, Sha256};

/// Hashes texts. Lengths stand before them, so that no two lists of texts are one.
#[must_use]
pub fn digest<'text>(texts: impl IntoIterator<Item = &'text str>) -> u64 {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    }
    let hash = hasher.finalize();
    hash.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}
