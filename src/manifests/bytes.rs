//! Finds bytes.

/// The offset of the first byte of this value.
pub(super) fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|known| *known == byte)
}

/// The offset of the first byte of one of these values.
pub(super) fn find_any<const N: usize>(any: [u8; N], bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| any.contains(byte))
}
