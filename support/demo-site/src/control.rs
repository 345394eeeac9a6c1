//! The control pages: what the site shows of itself, to people and to other programs.

use std::fmt::Write as _;
use std::time::Duration;

use crate::pages::PAGES;
use crate::record::{Counts, Request};
use crate::tour::TOUR;

pub(crate) fn index() -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut html = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
        <title>demo-site</title>\n<h1>demo-site</h1>\n\
        <p>A site that is slow, and misbehaves, on request.</p>\n<table>\n\
        <tr><th>Path<th>Parameters<th>What it does<th>Example\n"
        .to_owned();
    for page in PAGES {
        let example = escape(page.example);
        let example = match page.methods {
            "POST" => format!("POST {example}"),
            _ => format!("<a href=\"{example}\">{example}</a>"),
        };
        let _ = writeln!(
            html,
            "<tr><td>{}<td>{}<td>{}<td>{example}",
            page.path,
            page.parameters.join(", "),
            escape(page.about),
        );
    }
    html.push_str("</table>\n");
    html
}

pub(crate) fn tour(origin: &str) -> String {
    TOUR.iter()
        .map(|page| format!("{origin}{page}\n"))
        .collect()
}

pub(crate) fn counts_json(counts: Counts) -> String {
    format!(
        "{{\"connections\":{},\"requests\":{},\"in_flight\":{},\"most_in_flight\":{}}}\n",
        counts.connections, counts.requests, counts.in_flight, counts.most_in_flight,
    )
}

pub(crate) fn requests_json(requests: &[Request]) -> String {
    let milliseconds = |time: Duration| format!("{:.3}", time.as_secs_f64() * 1000.0);
    let mut json = "[".to_owned();
    for (index, request) in requests.iter().enumerate() {
        let _ = write!(
            json,
            "{}\n{{\"target\":{},\"connection\":{},\"started_ms\":{},\"ended_ms\":{},\
             \"status\":{},\"sent\":{}}}",
            if index == 0 { "" } else { "," },
            json_string(&request.target),
            request.connection,
            milliseconds(request.started),
            request.ended.map_or("null".to_owned(), milliseconds),
            request
                .status
                .map_or("null".to_owned(), |status| status.to_string()),
            request.sent,
        );
    }
    json.push_str("\n]\n");
    json
}

fn json_string(text: &str) -> String {
    let mut json = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            ..' ' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}
