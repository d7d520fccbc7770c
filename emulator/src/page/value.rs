//! Values with their types.

use std::fmt::Write as _;

use super::html::{address, cut, escape};
use crate::{
    path::DocumentName,
    proto::{Value, value::ValueType},
    value::{Fields, as_vector},
};

/// Letters of a text that a document's page shows; photos are long.
const MAX_TEXT: usize = 2_000;
/// Letters of a value in a table.
const MAX_INLINE: usize = 80;
/// Depths that are indented differently.
const MAX_INDENT: usize = 8;
/// Elements of an array that a document's page shows.
const MAX_ELEMENTS: usize = 200;

/// Returns fields in the order of their names.
pub(super) fn sorted(fields: &Fields) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = fields.iter().collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    entries
}

/// Shows fields one below the other, with what they hold.
pub(super) fn list(fields: &Fields) -> String {
    nested(fields, 0)
}

/// The style sheet knows how far each depth is indented, so that values stand below each other.
fn nested(fields: &Fields, depth: usize) -> String {
    let mut out = begin(depth);
    for (name, value) in sorted(fields) {
        entry(&mut out, name, value, depth);
    }
    out.push_str("</ul>");
    out
}

fn begin(depth: usize) -> String {
    format!("<ul class=\"fields d{}\">", depth.min(MAX_INDENT))
}

/// Shows a value in one short line.
pub(super) fn inline(value: &Value) -> String {
    let text = plain(value);
    let (shown, is_cut) = cut(&text, MAX_INLINE);
    let dots = if is_cut { "…" } else { "" };
    format!(
        "<span class=\"value {}\">{}{dots}</span>",
        class(value),
        escape(shown)
    )
}

/// Returns the name of a value's type.
pub(super) fn kind(value: &Value) -> &'static str {
    match &value.value_type {
        None | Some(ValueType::NullValue(_)) => "null",
        Some(ValueType::BooleanValue(_)) => "boolean",
        Some(ValueType::IntegerValue(_)) => "integer",
        Some(ValueType::DoubleValue(_)) => "double",
        Some(ValueType::TimestampValue(_)) => "timestamp",
        Some(ValueType::StringValue(_)) => "string",
        Some(ValueType::BytesValue(_)) => "bytes",
        Some(ValueType::ReferenceValue(_)) => "reference",
        Some(ValueType::GeoPointValue(_)) => "geopoint",
        Some(ValueType::ArrayValue(_)) => "array",
        Some(ValueType::MapValue(map)) if as_vector(&map.fields).is_some() => "vector",
        Some(ValueType::MapValue(_)) => "map",
        Some(
            ValueType::FieldReferenceValue(_)
            | ValueType::VariableReferenceValue(_)
            | ValueType::FunctionValue(_)
            | ValueType::PipelineValue(_),
        ) => "expression",
    }
}

fn entry(out: &mut String, name: &str, value: &Value, depth: usize) {
    let label = format!(
        "<span class=\"name\">{}</span> <span class=\"type\">{}</span>",
        escape(name),
        kind(value)
    );
    // Writing to a string cannot fail.
    let _ = write!(out, "<li data-key=\"{}\">", escape(name));
    match &value.value_type {
        Some(ValueType::MapValue(map)) => {
            let _ = write!(
                out,
                "<details open><summary>{label} {}</summary>{}</details>",
                many(map.fields.len(), "field"),
                nested(&map.fields, depth + 1)
            );
        }
        Some(ValueType::ArrayValue(array)) => {
            let _ = write!(
                out,
                "<details open><summary>{label} {}</summary>{}",
                many(array.values.len(), "element"),
                begin(depth + 1)
            );
            for (index, element) in array.values.iter().take(MAX_ELEMENTS).enumerate() {
                entry(out, &index.to_string(), element, depth + 1);
            }
            if array.values.len() > MAX_ELEMENTS {
                let _ = write!(
                    out,
                    "<li class=\"soft\">… and {} more</li>",
                    array.values.len() - MAX_ELEMENTS
                );
            }
            out.push_str("</ul></details>");
        }
        Some(_) | None => {
            let _ = write!(out, "<div class=\"field\">{label} {}</div>", leaf(value));
        }
    }
    out.push_str("</li>");
}

fn many(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("<span class=\"soft\">{count} {what}{s}</span>")
}

fn leaf(value: &Value) -> String {
    let text = plain(value);
    let (shown, is_cut) = cut(&text, MAX_TEXT);
    let mut html = escape(shown);
    if is_cut {
        let _ = write!(html, "<span class=\"soft\">… {} bytes in all</span>", text.len());
    }
    if let Some(ValueType::ReferenceValue(name)) = &value.value_type
        && let Ok(name) = DocumentName::parse(name)
    {
        let way = [name.database.project.as_str(), name.database.database.as_str()];
        let to = address(way.into_iter().chain(name.segments.iter().map(String::as_str)));
        html = format!("<a href=\"{to}\">{html}</a>");
    }
    format!("<span class=\"value {}\">{html}</span>", class(value))
}

/// Returns the class that gives a value its colour.
fn class(value: &Value) -> &'static str {
    match kind(value) {
        "integer" | "double" => "number",
        "null" | "boolean" => "word",
        other => other,
    }
}

fn plain(value: &Value) -> String {
    match &value.value_type {
        None | Some(ValueType::NullValue(_)) => "null".to_owned(),
        Some(ValueType::BooleanValue(boolean)) => boolean.to_string(),
        Some(ValueType::IntegerValue(integer)) => integer.to_string(),
        Some(ValueType::DoubleValue(double)) => format!("{double:?}"),
        Some(ValueType::TimestampValue(time)) => time.to_string(),
        Some(ValueType::StringValue(text)) => text.clone(),
        // Everybody knows the database; what is after it is what matters.
        Some(ValueType::ReferenceValue(name)) => name.splitn(6, '/').nth(5).unwrap_or(name).to_owned(),
        Some(ValueType::BytesValue(bytes)) => {
            let hex: String = bytes.iter().take(32).map(|byte| format!("{byte:02x} ")).collect();
            let dots = if bytes.len() > 32 { "… " } else { "" };
            let s = if bytes.len() == 1 { "" } else { "s" };
            format!("{hex}{dots}({} byte{s})", bytes.len())
        }
        Some(ValueType::GeoPointValue(point)) => format!("{}, {}", point.latitude, point.longitude),
        Some(ValueType::ArrayValue(array)) => {
            let elements: Vec<String> = array.values.iter().take(12).map(plain).collect();
            format!("[{}]", elements.join(", "))
        }
        Some(ValueType::MapValue(map)) => {
            let fields: Vec<String> = sorted(&map.fields)
                .into_iter()
                .take(12)
                .map(|(name, value)| format!("{name}: {}", plain(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Some(
            ValueType::FieldReferenceValue(_)
            | ValueType::VariableReferenceValue(_)
            | ValueType::FunctionValue(_)
            | ValueType::PipelineValue(_),
        ) => "?".to_owned(),
    }
}
