use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// ConfigMaps hold no personal data.
    ///
    /// ## Why
    ///
    /// Names, addresses and account numbers of people are bound to a purpose and have to be deleted
    /// on request. Nobody looks for them in a ConfigMap and its backups.
    ///
    /// ## Fix
    ///
    /// Keep personal data in a database. Where an address of a role is needed, as
    /// `security@example.com` for certificates, exempt the ConfigMap with that reason.
    ///
    /// Found are values with an e-mail address, an IBAN with right check digits, or an
    /// international telephone number (`+` and 8 to 15 digits). The value itself is never shown.
    ///
    /// ## References
    ///
    /// - Trivy `KSV-01010`
    "sensitive-data-in-config-map", Secrets, Low, Optional, Object(&[Kind::ConfigMap], run),
    remediation: "keep personal data in a database, not in a ConfigMap",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::ConfigMap(map) = &object.body else { return Verdict::NotApplicable };
    let mut keys = Vec::new();
    let evidence = map.data.iter().flatten().filter_map(|(key, value)| {
        let holds = personal_data(value)?;
        keys.push(key.as_str());
        let path = format!("/data/{}", key.replace('~', "~0").replace('/', "~1"));
        Some(Evidence::at(path, format!("`{key}` holds {holds}"), "no personal data"))
    });
    let evidence: Vec<_> = evidence.collect();
    Verdict::unless_empty(evidence, |_| match keys.as_slice() {
        [key] => format!("key {} holds personal data", enumerate(&[key])),
        keys => format!("keys {} hold personal data", enumerate(keys)),
    })
}

fn personal_data(text: &str) -> Option<&'static str> {
    let ends_word = |c: char| c.is_whitespace() || ",;:'\"<>()[]{}=|".contains(c);
    text.split(ends_word).find_map(|word| {
        let word = word.trim_matches(['.', '!', '?']);
        if is_mail_address(word) {
            Some("an e-mail address")
        } else if is_iban(word) {
            Some("an IBAN")
        } else if is_telephone_number(word) {
            Some("a telephone number")
        } else {
            None
        }
    })
}

fn is_mail_address(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else { return false };
    let of_local = |c: u8| c.is_ascii_alphanumeric() || b"._%+-".contains(&c);
    let of_domain = |c: u8| c.is_ascii_alphanumeric() || b".-".contains(&c);
    let top = domain.rsplit_once('.').map_or("", |(_, top)| top);
    !local.is_empty()
        && local.bytes().all(of_local)
        && domain.bytes().all(of_domain)
        && top.len() >= 2
        && top.bytes().all(|c| c.is_ascii_alphabetic())
}

/// Country, check digits and account: moved to the end and read as a number, the remainder by 97
/// is 1 (ISO 13616).
fn is_iban(word: &str) -> bool {
    let bytes = word.as_bytes();
    let has_form = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    has_form && bytes[4..].iter().chain(&bytes[..4]).fold(0, |rest, &c| digits(rest, c)) == 1
}

/// A letter stands for two digits: A for 10, Z for 35.
fn digits(rest: u32, c: u8) -> u32 {
    match c {
        b'0'..=b'9' => (rest * 10 + u32::from(c - b'0')) % 97,
        _ => (rest * 100 + u32::from(c - b'A') + 10) % 97,
    }
}

fn is_telephone_number(word: &str) -> bool {
    let Some(rest) = word.strip_prefix('+') else { return false };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (8..=15).contains(&digits) && rest.bytes().all(|c| c.is_ascii_digit() || b"-./".contains(&c))
}
