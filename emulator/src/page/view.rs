//! What the page shows: databases, collections, documents and their values.

use std::fmt::Write as _;

use super::html::{address, encode, escape, link};
use crate::{
    error::Result,
    path::{CollectionName, DatabaseName, DocumentName, ParentName, key},
    proto::{Value, value::ValueType},
    query::Query,
    rpc::collection_ids,
    storage::Snapshot,
    value::Fields,
};

/// Documents and collections on one page.
const PAGE: usize = 50;
/// Letters of a text that are shown; photos are long.
const MAX_TEXT: usize = 2_000;

/// Lists the databases in which something is stored, leaping from one to the next.
pub(super) fn databases(snapshot: &Snapshot) -> Result<Vec<DatabaseName>> {
    let mut databases = Vec::new();
    let mut from = Vec::new();
    // No key of ours begins with this byte: it is not UTF-8.
    while let Some(found) = snapshot.tables.first_key(&from, &[0xff])? {
        let name = key::decode(&found)?.database;
        from = key::after(&key::database(&name));
        databases.push(name);
    }
    Ok(databases)
}

/// Shows a document, if this is one, and the collections below it.
pub(super) fn parent(snapshot: &Snapshot, parent: &ParentName) -> Result<String> {
    let mut body = String::new();
    if !parent.segments.is_empty() {
        let name = DocumentName {
            database: parent.database.clone(),
            segments: parent.segments.clone(),
        };
        match snapshot.tables.row(&key::document(&name))? {
            None => {
                body.push_str("<p class=\"empty\">There is no such document; there may be some below it.</p>")
            }
            Some(row) => {
                let document = row.decode()?;
                body.push_str(&fields(&document.fields));
                for (label, time) in [
                    ("Created", document.create_time),
                    ("Updated", document.update_time),
                ] {
                    if let Some(time) = time {
                        let _ = write!(body, "<p class=\"time\">{label} <time>{time}</time></p>");
                    }
                }
            }
        }
    }
    let (ids, more) = collection_ids(snapshot, parent, "", PAGE * 10)?;
    if !ids.is_empty() {
        body.push_str("<h2>Collections</h2><ul class=\"list\">");
        for id in &ids {
            let _ = write!(
                body,
                "<li>{}</li>",
                link(&way(&parent.database, &parent.segments, &[id]), &escape(id))
            );
        }
        body.push_str("</ul>");
    }
    if more {
        body.push_str("<p class=\"empty\">There are more collections than are shown.</p>");
    }
    Ok(body)
}

/// Lists the documents of a collection, page by page.
pub(super) fn collection(
    snapshot: &Snapshot,
    database: &DatabaseName,
    segments: &[&str],
    after: &str,
) -> Result<String> {
    let (id, above) = segments
        .split_last()
        .map_or(("", &[][..]), |(id, above)| (*id, above));
    let above: Vec<String> = above.iter().map(|&segment| segment.to_owned()).collect();
    let collection = CollectionName::new(
        &ParentName {
            database: database.clone(),
            segments: above,
        },
        id,
    )?;
    let mut query = Query::list(collection.clone(), Vec::new());
    if !after.is_empty() {
        let last = collection.new_document(after)?.to_string();
        let values = vec![crate::value::value(ValueType::ReferenceValue(last))];
        query = query.after(&crate::proto::Cursor {
            values,
            before: false,
        })?;
    }
    let found = query.with_limit(PAGE + 1).run(&snapshot.tables)?.found;
    if found.is_empty() {
        return Ok("<p class=\"empty\">There are no documents here.</p>".to_owned());
    }
    let mut body = String::from("<table><thead><tr><th>Document</th><th>Fields</th></tr></thead><tbody>");
    let mut last = String::new();
    for found in found.iter().take(PAGE) {
        let name = key::decode(&found.key)?;
        name.id().clone_into(&mut last);
        let address = way(database, &name.segments, &[]);
        let _ = write!(
            body,
            "<tr><td>{}</td><td>{}</td></tr>",
            link(&address, &escape(name.id())),
            summary(&found.row.decode()?.fields)
        );
    }
    body.push_str("</tbody></table>");
    if found.len() > PAGE {
        let here = address(&way(database, &collection.segments, &[]));
        let _ = write!(
            body,
            "<p><a class=\"more\" href=\"{here}?after={}\">More</a></p>",
            encode(&last)
        );
    }
    Ok(body)
}

fn way<'a>(database: &'a DatabaseName, segments: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let root = [database.project.as_str(), database.database.as_str()];
    root.into_iter()
        .chain(segments.iter().map(String::as_str))
        .chain(more.iter().copied())
        .collect()
}

fn sorted(fields: &Fields) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = fields.iter().collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    entries
}

/// Shows the first fields in one line.
fn summary(fields: &Fields) -> String {
    let shown: Vec<String> = sorted(fields)
        .into_iter()
        .take(4)
        .map(|(name, value)| {
            let text: String = plain(value).chars().take(60).collect();
            format!("<b>{}</b> {}", escape(name), escape(&text))
        })
        .collect();
    shown.join(" · ")
}

fn fields(fields: &Fields) -> String {
    let mut out = String::from("<dl>");
    for (name, value) in sorted(fields) {
        let _ = write!(
            out,
            "<dt>{}<small>{}</small></dt><dd>{}</dd>",
            escape(name),
            kind(value),
            shown(value)
        );
    }
    out.push_str("</dl>");
    out
}

fn shown(value: &Value) -> String {
    match &value.value_type {
        Some(ValueType::MapValue(map)) => fields(&map.fields),
        Some(ValueType::ArrayValue(array)) => {
            let elements: Vec<String> = array
                .values
                .iter()
                .map(|element| format!("<li><small>{}</small> {}</li>", kind(element), shown(element)))
                .collect();
            format!("<ol start=\"0\">{}</ol>", elements.concat())
        }
        Some(_) | None => {
            let text = plain(value);
            let cut: String = text.chars().take(MAX_TEXT).collect();
            if cut.len() < text.len() {
                return format!(
                    "<code>{}</code> <small>… {} bytes in all</small>",
                    escape(&cut),
                    text.len()
                );
            }
            format!("<code>{}</code>", escape(&cut))
        }
    }
}

fn plain(value: &Value) -> String {
    match &value.value_type {
        None | Some(ValueType::NullValue(_)) => "null".to_owned(),
        Some(ValueType::BooleanValue(boolean)) => boolean.to_string(),
        Some(ValueType::IntegerValue(integer)) => integer.to_string(),
        Some(ValueType::DoubleValue(double)) => format!("{double:?}"),
        Some(ValueType::TimestampValue(time)) => time.to_string(),
        Some(ValueType::StringValue(text) | ValueType::ReferenceValue(text)) => text.clone(),
        Some(ValueType::BytesValue(bytes)) => {
            bytes
                .iter()
                .take(64)
                .map(|byte| format!("{byte:02x} "))
                .collect::<String>()
                + &format!("({} bytes)", bytes.len())
        }
        Some(ValueType::GeoPointValue(point)) => format!("{}, {}", point.latitude, point.longitude),
        Some(ValueType::ArrayValue(array)) => format!("[{}]", array.values.len()),
        Some(ValueType::MapValue(map)) => format!("{{{}}}", map.fields.len()),
        Some(
            ValueType::FieldReferenceValue(_)
            | ValueType::VariableReferenceValue(_)
            | ValueType::FunctionValue(_)
            | ValueType::PipelineValue(_),
        ) => "?".to_owned(),
    }
}

fn kind(value: &Value) -> &'static str {
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
        Some(ValueType::MapValue(_)) => "map",
        Some(
            ValueType::FieldReferenceValue(_)
            | ValueType::VariableReferenceValue(_)
            | ValueType::FunctionValue(_)
            | ValueType::PipelineValue(_),
        ) => "expression",
    }
}
