//! The name that was meant.

/// The known name that differs least from a text, if it differs little.
pub(super) fn nearest(
    text: &str,
    known: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let text: Vec<u8> = text.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
    let most = text.len().div_ceil(4).min(3);
    let near = known.filter(|name| name.len().abs_diff(text.len()) <= most);
    let with_distance = near.map(|name| (distance(&text, name.as_bytes()), name));
    with_distance.min().filter(|(distance, _)| *distance <= most).map(|(_, name)| name)
}

/// How many letters are to be added, removed, replaced, or exchanged with the next one.
fn distance(text: &[u8], name: &[u8]) -> usize {
    let mut two_above = vec![0; name.len() + 1];
    let mut above: Vec<usize> = (0..=name.len()).collect();
    for (row, letter) in text.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, wanted) in name.iter().enumerate() {
            let wanted = wanted.to_ascii_lowercase();
            let replaced = above[column] + usize::from(*letter != wanted);
            let mut cost = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            let is_swapped = row > 0
                && column > 0
                && text[row - 1] == wanted
                && name[column - 1].to_ascii_lowercase() == *letter;
            if is_swapped {
                cost = cost.min(two_above[column - 1] + 1);
            }
            current.push(cost);
        }
        two_above = std::mem::replace(&mut above, current);
    }
    above[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        let known = ["containers", "initContainers", "hostPID", "replicas", "name"];
        for (text, meant) in [
            ("replcias", Some("replicas")),
            ("container", Some("containers")),
            ("initcontainers", Some("initContainers")),
            ("hostPid", Some("hostPID")),
            ("naem", Some("name")),
            ("label", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, known.into_iter()), meant, "{text}");
        }
    }
}
