//! The entities of Google's exports: documents in the older form that Datastore gave them.
//!
//! Source: google/appengine/datastore/entity_v3.proto. Only what documents of Firestore can be is understood; anything else is
//! refused by its number.

use prost_types::Timestamp;

use super::{
    super::wire::{Wire, last, split},
    put,
};
use crate::{
    engine::Write,
    error::{Error, Result},
    path::DatabaseName,
    proto::{Value, value::ValueType},
    time::Micros,
    value::{Fields, array, map, null, value},
};

/// Fields of `EntityProto`.
const KEY: u32 = 13;
const PROPERTIES: [u32; 2] = [14, 15];
/// Fields of `Reference`.
const PATH: u32 = 14;
/// Meanings of values (`Property.Meaning`).
const TIMESTAMP: u64 = 7;
const POINT: u64 = 9;
const BYTES: u64 = 14;
const ENTITY: u64 = 19;
const EMPTY_LIST: u64 = 24;
/// Levels of entities within entities: more than a document may have.
const MAX_DEPTH: usize = 24;

type Parts<'a> = Vec<(u32, Wire<'a>)>;

/// Turns an entity into the write that makes its document.
pub(super) fn write(record: &[u8], database: &DatabaseName) -> Result<Write> {
    let parts = parts(record)?;
    let key = last(&parts, KEY).and_then(Wire::bytes).ok_or_else(damaged)?;
    let path = last(&self::parts(key)?, PATH)
        .and_then(Wire::bytes)
        .ok_or_else(damaged)?;
    // Elements are groups: type 2, id 3, name 4.
    let path = elements(path, 1, 2, 4)?;
    put(database, &path, fields(&parts, database, 0)?)
}

/// Joins the path of a key.
fn elements(path: &[u8], element: u32, kind: u32, name: u32) -> Result<String> {
    let mut segments = Vec::new();
    for (tag, part) in parts(path)? {
        if tag != element {
            continue;
        }
        let part = parts(part.bytes().ok_or_else(damaged)?)?;
        for tag in [kind, name] {
            // An id that is a number has no place in Firestore, where all are text.
            segments.push(
                last(&part, tag)
                    .and_then(Wire::text)
                    .ok_or_else(damaged)?
                    .to_owned(),
            );
        }
    }
    Ok(segments.join("/"))
}

fn fields(entity: &Parts<'_>, database: &DatabaseName, depth: usize) -> Result<Fields> {
    if depth > MAX_DEPTH {
        return Err(damaged());
    }
    let mut fields = Fields::new();
    for (tag, property) in entity {
        if !PROPERTIES.contains(tag) {
            continue;
        }
        // Property: meaning 1, name 3, multiple 4, value 5.
        let property = parts(property.bytes().ok_or_else(damaged)?)?;
        let meaning = last(&property, 1).and_then(Wire::varint);
        let name = last(&property, 3).and_then(Wire::text).ok_or_else(damaged)?;
        let content = last(&property, 5).and_then(Wire::bytes).unwrap_or_default();
        if meaning == Some(EMPTY_LIST) {
            fields.insert(name.to_owned(), array(Vec::new()));
            continue;
        }
        let read = read(meaning, &parts(content)?, database, depth)?;
        if last(&property, 4).and_then(Wire::varint) != Some(1) {
            fields.insert(name.to_owned(), read);
            continue;
        }
        // The elements of an array are properties of one name.
        let entry = fields.entry(name.to_owned()).or_insert_with(|| array(Vec::new()));
        if let Some(ValueType::ArrayValue(elements)) = &mut entry.value_type {
            elements.values.push(read);
        }
    }
    Ok(fields)
}

/// Reads a `PropertyValue`: int64 1, boolean 2, string 3, double 4, point 5, reference 12.
fn read(meaning: Option<u64>, content: &Parts<'_>, database: &DatabaseName, depth: usize) -> Result<Value> {
    let Some((tag, wire)) = content.first() else {
        return Ok(null());
    };
    let wrong = || {
        Error::unimplemented(format!(
            "A value of type {tag} and meaning {meaning:?} in an export"
        ))
    };
    let value_type = match (meaning, tag) {
        (None, 1) => ValueType::IntegerValue(wire.signed().ok_or_else(damaged)?),
        (Some(TIMESTAMP), 1) => {
            ValueType::TimestampValue(Timestamp::from(Micros(wire.signed().ok_or_else(damaged)?)))
        }
        (_, 2) => ValueType::BooleanValue(wire.varint().ok_or_else(damaged)? != 0),
        (Some(BYTES), 3) => ValueType::BytesValue(wire.bytes().ok_or_else(damaged)?.to_vec()),
        (Some(ENTITY), 3) => {
            let entity = parts(wire.bytes().ok_or_else(damaged)?)?;
            return Ok(map(fields(&entity, database, depth + 1)?));
        }
        // Also long text, which has a meaning of its own (15).
        (None | Some(15), 3) => ValueType::StringValue(wire.text().ok_or_else(damaged)?.to_owned()),
        (_, 4) => ValueType::DoubleValue(wire.double().ok_or_else(damaged)?),
        (Some(POINT) | None, 5) => {
            let point = parts(wire.bytes().ok_or_else(damaged)?)?;
            let part = |tag| last(&point, tag).and_then(Wire::double).ok_or_else(damaged);
            ValueType::GeoPointValue(gcloud_sdk::google::r#type::LatLng {
                latitude: part(6)?,
                longitude: part(7)?,
            })
        }
        (_, 12) => {
            // Elements are groups: type 15, name 17.
            let path = elements(wire.bytes().ok_or_else(damaged)?, 14, 15, 17)?;
            ValueType::ReferenceValue(format!("{database}/documents/{path}"))
        }
        _ => return Err(wrong()),
    };
    Ok(value(value_type))
}

fn parts(bytes: &[u8]) -> Result<Parts<'_>> {
    split(bytes).ok_or_else(damaged)
}

fn damaged() -> Error {
    Error::invalid("The export holds an entity that is no document of Firestore.")
}
