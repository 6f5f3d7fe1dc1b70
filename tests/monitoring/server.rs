//! A real Prometheus on the loopback address, with our alerts.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{alerts::RULES, tools};

/// The running server; ends with the test.
pub struct Server {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    /// Starts it, scraping these addresses every second. The alerts are ours, but for how long they
    /// wait.
    pub fn start(program: &std::path::Path, targets: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rules = tools::read(RULES);
        let impatient = |line: &str| match line.trim_start().starts_with("for: ") {
            true => "        for: 1s\n".to_owned(),
            false => format!("{line}\n"),
        };
        let rules: String = rules.lines().map(impatient).collect();
        fs::write(folder.path().join("alerts.yaml"), rules).unwrap();
        let config = json!({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["alerts.yaml"],
            "scrape_configs": [{
                "job_name": "holystone",
                "honor_labels": true,
                "static_configs": [{"targets": targets}],
            }],
        });
        fs::write(folder.path().join("prometheus.yml"), config.to_string()).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(program)
            .current_dir(folder.path())
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data", "--log.level=warn"])
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child, folder, port }
    }

    /// What a query gives now: labels and values; `None` while nobody answers.
    pub async fn query(&self, query: &str) -> Option<Vec<(Value, f64)>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        let body = format!("query={}", escaped(query));
        let request = format!(
            "POST /api/v1/query HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        let answer: Value = serde_json::from_str(body).ok()?;
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        let results = answer["data"]["result"].as_array()?;
        let value = |result: &Value| result["value"][1].as_str()?.parse().ok();
        let one = |result: &Value| Some((result["metric"].clone(), value(result)?));
        results.iter().map(one).collect()
    }

    /// The only value of a query.
    pub async fn value(&self, query: &str) -> Option<f64> {
        let results = self.query(query).await?;
        assert!(results.len() <= 1, "{query}: {results:?}");
        Some(results.first()?.1)
    }

    /// The namespaces that an alert fires for.
    pub async fn firing(&self, alert: &str) -> Option<Vec<String>> {
        let query = format!("ALERTS{{alertname=\"{alert}\", alertstate=\"firing\"}}");
        let results = self.query(&query).await?;
        let namespace =
            |(labels, _): &(Value, f64)| labels["namespace"].as_str().map(str::to_owned);
        Some(results.iter().map(|result| namespace(result).unwrap_or_default()).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("--- log of Prometheus\n{log}");
        }
    }
}

fn escaped(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
