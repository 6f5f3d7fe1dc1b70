//! The texts that the API server reads more out of: quantities, times, bytes.

use jiff::Timestamp;

/// Whether `resource.ParseQuantity` of apimachinery reads it: `500m`, `2Gi`, `1e3`.
pub(super) fn is_quantity(text: &str) -> bool {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = unsigned.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let fraction = number.strip_prefix('.').unwrap_or(number);
    let suffix = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let is_exponent = |exponent: &str| exponent.parse::<i32>().is_ok();
    !text.is_empty()
        && (["", "n", "u", "m", "k", "M", "G", "T", "P", "E"].contains(&suffix)
            || ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&suffix)
            || suffix.strip_prefix(['e', 'E']).is_some_and(is_exponent))
}

/// Whether it is a time as in RFC 3339, as Go reads one.
pub(super) fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    let fraction = rest.strip_prefix(['.', ',']).map(|rest| rest.trim_start_matches('0'));
    let is_whole = matches!(fraction.unwrap_or(rest), "Z" | "+00:00" | "-00:00");
    is_whole && !text[17..].starts_with("60") && text.parse::<Timestamp>().is_ok()
}

/// Whether it is such a time with exactly six digits below the second.
pub(super) fn is_micro_time(text: &str) -> bool {
    let digits = text.split_once('.').map_or("", |(_, rest)| rest).bytes();
    is_time(text) && digits.take_while(u8::is_ascii_digit).count() == 6
}

/// Whether it is base64 with its padding; line breaks do not count.
pub(super) fn is_base64(text: &str) -> bool {
    let bytes = || text.bytes().filter(|byte| !b"\r\n".contains(byte));
    let padding = bytes().rev().take_while(|byte| *byte == b'=').count();
    let count = bytes().count();
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    count.is_multiple_of(4) && padding <= 2 && bytes().take(count - padding).all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_those_that_kubernetes_reads() {
        for text in ["0", "500m", "1.5", ".5", "5.", "2Gi", "1e3", "1E-3", "1E", "-1", " 1 "] {
            assert!(is_quantity(text), "{text}");
        }
        for text in ["", "1 Gi", "1Kb", "1..2", "--1", "1e", "1gi", "1Kii", "many"] {
            assert!(!is_quantity(text), "{text}");
        }
    }

    #[test]
    fn times_are_those_that_go_reads() {
        for text in
            ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+02:00", "2026-01-31T12:00:00,5Z"]
        {
            assert!(is_time(text) && !is_micro_time(text), "{text}");
        }
        assert!(is_micro_time("2026-01-31T12:00:00.000000Z"));
        for text in ["", "now", "2026-01-31", "2026-01-31 12:00:00Z", "2026-02-30T12:00:00Z"] {
            assert!(!is_time(text), "{text}");
        }
        for zone in ["z", "", "+02", "+0200", "Z[UTC]"] {
            assert!(!is_time(&format!("2026-01-31T12:00:00{zone}")), "{zone}");
        }
        assert!(!is_time("2026-01-31T12:00:60Z"));
    }

    #[test]
    fn base64_is_padded() {
        for text in ["", "cGxlYXNl", "YQ==", "YWI=", "YWJj\nYWJj\n"] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["a", "YQ", "YQ=", "Y===", "pass word", "YQ==YQ==", "Y-_="] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
