//! Quantities: a real API server takes those that we can read, and writes them as we do.

use control_plane::ControlPlane;
use futures::{StreamExt, stream};
use holystone::model::Quantity;
use serde_json::{Value, json};

use crate::{is_large, post::post, random::Random};

const LIMIT_RANGES: &str = "/api/v1/namespaces/default/limitranges";
const NUMBERS: &[&str] = &[
    "0",
    "00",
    "1",
    "7",
    "12",
    "100",
    "500",
    "999",
    "1000",
    "1023",
    "1024",
    "1025",
    "1536",
    "2048",
    "1048576",
    "123456789",
    "1000000000",
    "9223372036854775807",
    "007",
];
const FRACTIONS: &[&str] =
    &["0", "5", "25", "125", "001", "0001", "0005", "000000001", "0000000001", "999", "9999", ""];
const SUFFIXES: &[&str] = &[
    "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3",
    "E3", "e0", "e-3", "e+6", "E-9", "e12", "e1", "e2",
];
/// No quantities, most of them.
const OTHERS: &[&str] = &[
    "", " ", ".", "+", "-", "1 Gi", " 1Gi ", "1Kb", "K", "1K", "1gi", "1mi", "1Kii", "1..2",
    "1.2.3", "--1", "+-1", "1-", "1e", "1E", "1e1.5", "e3", "Gi", ".Gi", "0x10", "1,5", "1_000",
    "many", "NaN", "\u{661}", "1e3Gi", "1mm", "1 ", "\t1",
];

fn text(random: &mut Random) -> String {
    if random.one_in(6) {
        return random.choose(OTHERS).to_owned();
    }
    let sign = random.choose(&["", "", "", "", "", "+", "-"]);
    let fraction = random.choose(FRACTIONS);
    let fraction = if random.one_in(2) { format!(".{fraction}") } else { String::new() };
    let number = if random.one_in(10) { "" } else { random.choose(NUMBERS) };
    format!("{sign}{number}{fraction}{}", random.choose(SUFFIXES))
}

/// In a `LimitRange` any quantity may stand, even one below zero.
fn limit_range(text: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": { "name": "oracle" },
        "spec": { "limits": [{ "type": "Pod", "max": { "example.com/any": text } }] },
    })
}

/// Where values become larger than the server's suffixes, it forgets the suffix; we read none of
/// more than 38 digits.
fn is_huge(quantity: &Quantity) -> bool {
    match quantity.millis() {
        Some(millis) => millis.abs() >= 10_i128.pow(24),
        None => quantity.to_string().trim_start_matches('-').len() > 18,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quantities_are_written_as_by_the_api_server() {
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = plane.client();
    let mut random = Random(13);
    let count = if is_large() { 10_000 } else { 600 };
    let texts: Vec<String> = (0..count).map(|_| text(&mut random)).collect();
    let answers = stream::iter(&texts).map(|text| {
        let client = &client;
        async move { post(client, LIMIT_RANGES, &limit_range(text).to_string()).await }
    });
    let answers: Vec<(u16, Value)> = answers.buffered(8).collect().await;
    let (mut problems, mut taken) = (Vec::new(), 0);
    for (text, (status, answer)) in texts.iter().zip(answers) {
        let ours = Quantity::from(text.as_str());
        let server = &answer["spec"]["limits"][0]["max"]["example.com/any"];
        match server.as_str() {
            Some(server) if is_huge(&ours) || is_huge(&server.into()) => {}
            Some(server) => {
                taken += 1;
                let server = Quantity::from(server);
                if ours.millis().is_none() || ours != server {
                    problems.push(format!("{text:?}: server {server}, ours {ours}"));
                }
            }
            None => {
                // The texts of fields are not read for their meaning before all are.
                let is_unreadable = status == 400;
                if is_unreadable && ours.millis().is_some() {
                    problems.push(format!("{text:?}: refused, ours {ours}: {answer}"));
                }
                assert!(is_unreadable || status == 422, "{status}: {answer}");
            }
        }
    }
    println!("{count} texts, {taken} taken, {} disagreements", problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(taken > count / 2 && taken < count, "{taken} are taken");
}
