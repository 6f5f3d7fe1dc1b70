//! One page that needs nothing else: no network, no script, no other file.

use super::{
    lazy::groups,
    rule::Rule,
    scan::{EvidenceLine, FileProblem, ScanFinding, ScanReport},
    style::counted,
    xml::escape,
};

const STYLE: &str = include_str!("html.css");

/// The report as a page: the numbers, the objects with what was found in each, and what could not
/// be read or judged.
#[must_use]
pub fn html(report: &ScanReport<'_>) -> String {
    let objects = groups(report.findings.iter(), |a, b| a.target == b.target);
    let sections: String = objects.map(|findings| object(&findings, report)).collect();
    let sections = if sections.is_empty() { "<p>Nothing found.</p>\n" } else { &sections };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>Holystone: {}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<h1>Holystone</h1>\n{}{sections}{}{}<footer>Holystone {}</footer>\n</body>\n\
         </html>\n",
        counted(report.findings.len(), "finding"),
        numbers(report),
        problems(&report.problems),
        not_judged(report),
        escape(report.version),
    )
}

fn numbers(report: &ScanReport<'_>) -> String {
    let summary = &report.summary;
    let severities = summary.open.present().map(|(severity, count)| {
        format!("<li class=\"{severity}\"><b>{count}</b> {severity}</li>\n")
    });
    let severities: String = severities.collect();
    let rest = [
        (summary.exempt, "exempt"),
        (summary.objects, "objects judged"),
        (summary.passed, "passed"),
        (summary.unknown, "not judged"),
        (summary.problems, "not read"),
    ];
    let score = report.score().map(|score| format!("<li><b>{score}</b> score</li>\n"));
    let score = score.unwrap_or_default();
    let rest = rest.map(|(count, name)| format!("<li><b>{count}</b> {name}</li>\n"));
    format!("<ul class=\"numbers\">\n{score}{severities}{}</ul>\n", rest.concat())
}

fn object(findings: &[ScanFinding], report: &ScanReport<'_>) -> String {
    let ScanFinding { target, file, .. } = &findings[0];
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| (finding.severity, &finding.check));
    let findings: String = sorted.into_iter().map(|found| finding(found, report)).collect();
    let (title, file) = (escape(&target.title()), escape(file));
    format!("<section>\n<h2>{title} <small>{file}</small></h2>\n{findings}</section>\n")
}

fn finding(finding: &ScanFinding, report: &ScanReport<'_>) -> String {
    let ScanFinding { check, severity, message, remediation, evidence, file, .. } = finding;
    let ScanFinding { policies, line, column, .. } = finding;
    let rule = Rule::find(check, report);
    let reason = rule.as_ref().map(|rule| format!("<p>{}</p>\n", escape(&rule.reason(2000))));
    let name = match rule.as_ref().and_then(Rule::page) {
        Some(page) => format!("<a href=\"{}\">{}</a>", escape(&page), escape(check)),
        None => escape(check),
    };
    let note = finding.note().map(|note| format!(" <small>{}</small>", escape(&note)));
    let note = note.unwrap_or_default();
    let places: String = evidence.iter().map(place).collect();
    let places = match places.is_empty() {
        true => String::new(),
        false => format!(
            "<table>\n<tr><th>Line</th><th>Field</th><th>Container</th><th>Found</th>\
             <th>Wanted</th></tr>\n{places}</table>\n"
        ),
    };
    format!(
        "<details>\n<summary><span class=\"{severity}\">{severity}</span> {} \
         <code>{}</code>{}</summary>\n{}<p><b>Remedy:</b> {}</p>\n{places}\
         <p><small>{}:{line}:{column} · asked for by {}</small></p>\n</details>\n",
        escape(message),
        name,
        note,
        reason.unwrap_or_default(),
        escape(remediation),
        escape(file),
        escape(&policies.join(", ")),
    )
}

fn place(place: &EvidenceLine) -> String {
    let EvidenceLine { path, container, found, wanted, line, column } = place;
    let cells = [path, container, found, wanted].map(|text| format!("<td>{}</td>", escape(text)));
    format!("<tr><td>{line}:{column}</td>{}</tr>\n", cells.concat())
}

fn problems(problems: &[FileProblem]) -> String {
    let items = problems.iter().map(|FileProblem { file, line, message }| {
        format!("<li><code>{}:{line}</code> {}</li>\n", escape(file), escape(message))
    });
    list("Not read", items)
}

fn not_judged(report: &ScanReport<'_>) -> String {
    let checks = report.checks.iter().filter(|answers| answers.unknown > 0);
    let items = checks.flat_map(|answers| {
        answers.reasons.iter().map(|reason| {
            let objects = counted(reason.objects, "object");
            let (check, reason) = (escape(&answers.check), escape(&reason.reason));
            format!("<li><code>{check}</code> {objects}: {reason}</li>\n")
        })
    });
    list("Not judged", items)
}

fn list(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("<section>\n<h2>{title}</h2>\n<ul>\n{items}</ul>\n</section>\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn texts_of_manifests_are_no_markup_and_nothing_is_fetched() {
        let page = html(&samples::full());
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
        for fetches in ["src=", "<link", "@import", "url("] {
            assert!(!page.contains(fetches), "{fetches}");
        }
        let links = page.matches("href=\"").count();
        assert_eq!(links, page.matches("href=\"https://github.com/holystone-dev/").count());
    }

    #[test]
    fn every_element_is_closed() {
        let page = html(&samples::full());
        for element in [
            "html", "body", "section", "details", "summary", "table", "tr", "td", "ul", "li", "p",
            "code",
        ] {
            let opened = page.matches(&format!("<{element}>")).count()
                + page.matches(&format!("<{element} ")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
    }
}
