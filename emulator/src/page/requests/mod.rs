//! What clients asked, and how long the answers took.

mod layer;
mod log;

use std::fmt::Write as _;

use self::log::{Entry, Kind};
pub(crate) use self::{layer::record, log::Log};
use super::{html::escape, layout::Layout};

/// Shows the requests, the newest first.
pub(super) fn show(log: &Log, layout: Layout) -> String {
    let entries = log.entries();
    let mut main =
        String::from("<div class=\"head\"><h1>Requests</h1><span class=\"soft\">newest first</span></div>");
    if entries.is_empty() {
        main.push_str(
            "<div class=\"empty\"><p class=\"large\">Nobody has asked anything yet.</p>\
             <p>Requests over gRPC and REST appear here with their times.</p></div>",
        );
        return layout.hearing_requests().page("Requests", &main);
    }
    main.push_str(
        "<div class=\"scroll panel\" tabindex=\"0\" role=\"region\" aria-label=\"Requests\"><table class=\"requests\"><thead><tr>\
         <th scope=\"col\">Time</th><th scope=\"col\">Method</th><th scope=\"col\">Target</th>\
         <th scope=\"col\">Status</th><th scope=\"col\" class=\"right\">ms</th></tr></thead><tbody>",
    );
    for entry in entries.iter().rev() {
        row(&mut main, entry);
    }
    main.push_str("</tbody></table></div>");
    layout.hearing_requests().page("Requests", &main)
}

fn row(out: &mut String, entry: &Entry) {
    let kind = match entry.kind {
        Kind::Grpc => "gRPC",
        Kind::Rest => "REST",
    };
    let time = prost_types::Timestamp::from(entry.began).to_string();
    let time = time.split_once('T').map_or(time.as_str(), |(_, time)| time);
    let (class, status) = match &entry.status {
        None => ("word", "open"),
        Some(status) if status == "OK" || status.starts_with('2') => ("good", status.as_str()),
        Some(status) => ("bad", status.as_str()),
    };
    let took = entry.took.map_or_else(String::new, |took| {
        let millis = took.as_secs_f64() * 1_000.0;
        if millis < 100.0 {
            format!("{millis:.2}")
        } else {
            format!("{millis:.0}")
        }
    });
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<tr data-key=\"{}\"><td data-label=\"Time\"><time>{}</time></td><td data-label=\"Method\"><small>{kind}</small> {}</td>\
         <td data-label=\"Target\" class=\"target\">{}</td><td data-label=\"Status\"><span class=\"status {class}\">{}</span></td>\
         <td data-label=\"ms\" class=\"right\">{took}</td></tr>",
        entry.id,
        escape(time.trim_end_matches('Z')),
        escape(&entry.method),
        escape(&entry.target),
        escape(status),
    );
}
