//! From protobuf to JSON, without a detour over types: what is stored is written as it is read.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use prost::Message as _;
use prost_types::{Duration, Struct, Timestamp, value::Kind as Any};

use super::{
    super::wire::{Wire, last, split},
    schema::{Field, Kind, Label, Message},
};
use crate::error::{Error, Result};

/// Turns the bytes of a message into JSON, in several lines if `pretty`. Times have 0, 3, 6 or 9 digits; entries of maps are in
/// the order of their names.
///
/// # Errors
/// If the bytes are no such message: what was stored is damaged.
pub(crate) fn to_json(schema: &Message, bytes: &[u8], pretty: bool) -> Result<String> {
    let mut writer = Writer {
        out: String::new(),
        pretty,
        depth: 0,
    };
    writer.message(schema, bytes).ok_or_else(|| {
        Error::Damaged(format!(
            "a {} cannot be decoded for the JSON mapping",
            schema.name
        ))
    })?;
    Ok(writer.out)
}

/// Quotes text as JSON.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

struct Writer {
    out: String,
    pretty: bool,
    depth: usize,
}

impl Writer {
    fn message(&mut self, schema: &Message, bytes: &[u8]) -> Option<()> {
        let found = split(bytes)?;
        let mut entries = Entries::begin(self);
        for field in schema.fields {
            let mut values = found
                .iter()
                .filter(|(tag, _)| *tag == field.tag)
                .map(|(_, value)| *value)
                .peekable();
            if values.peek().is_none() {
                continue;
            }
            entries.name(field.name);
            match field.label {
                Label::One => entries.0.value(&field.kind, values.last()?)?,
                Label::Repeated => entries.0.list(field, values)?,
                Label::Map => entries.0.map(field, values)?,
            }
        }
        entries.end();
        Some(())
    }

    fn list<'a>(&mut self, field: &Field, values: impl Iterator<Item = Wire<'a>>) -> Option<()> {
        self.out.push('[');
        self.depth += 1;
        for (index, value) in values.enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.line();
            self.value(&field.kind, value)?;
        }
        self.depth -= 1;
        self.line();
        self.out.push(']');
        Some(())
    }

    fn map<'a>(&mut self, field: &Field, values: impl Iterator<Item = Wire<'a>>) -> Option<()> {
        let mut sorted = BTreeMap::new();
        for value in values {
            let entry = split(value.bytes()?)?;
            let key = match last(&entry, 1) {
                Some(key) => key.text()?,
                None => "",
            };
            sorted.insert(key, last(&entry, 2).unwrap_or(Wire::Bytes(&[])));
        }
        let mut entries = Entries::begin(self);
        for (key, value) in sorted {
            entries.name(key);
            entries.0.value(&field.kind, value)?;
        }
        entries.end();
        Some(())
    }

    fn value(&mut self, kind: &Kind, value: Wire<'_>) -> Option<()> {
        match kind {
            Kind::Bool => self.push(if value.varint()? == 0 { "false" } else { "true" }),
            Kind::Int32 => self.push(&value.signed()?.to_string()),
            Kind::Int64 => self.push(&format!("\"{}\"", value.signed()?)),
            Kind::Double => {
                self.push(&match value.double()? {
                    number if number.is_nan() => "\"NaN\"".to_owned(),
                    f64::INFINITY => "\"Infinity\"".to_owned(),
                    f64::NEG_INFINITY => "\"-Infinity\"".to_owned(),
                    number => format!("{number:?}"),
                });
            }
            Kind::String => self.push(&quote(value.text()?)),
            Kind::Bytes => self.push(&format!("\"{}\"", STANDARD.encode(value.bytes()?))),
            Kind::Enum(names) => {
                let number = value.signed()?;
                match names.iter().find(|(_, known)| i64::from(*known) == number) {
                    Some((name, _)) => self.push(&quote(name)),
                    None => self.push(&number.to_string()),
                }
            }
            Kind::Null => self.push("null"),
            Kind::Timestamp => {
                let time = Timestamp::decode(value.bytes()?).ok()?;
                self.push(&format!("\"{time}\""));
            }
            Kind::Duration => {
                let duration = Duration::decode(value.bytes()?).ok()?;
                self.push(&format!("\"{duration}\""));
            }
            Kind::Struct => self.object(&Struct::decode(value.bytes()?).ok()?),
            Kind::Wrapped(inner) => {
                let found = split(value.bytes()?)?;
                let zero = if matches!(inner, Kind::Double) {
                    Wire::Fixed(0)
                } else {
                    Wire::Varint(0)
                };
                self.value(inner, found.last().map_or(zero, |(_, value)| *value))?;
            }
            Kind::Message(schema) => self.message(schema, value.bytes()?)?,
        }
        Some(())
    }

    fn object(&mut self, object: &Struct) {
        let mut entries = Entries::begin(self);
        for (name, value) in &object.fields {
            entries.name(name);
            entries.0.anything(value);
        }
        entries.end();
    }

    fn anything(&mut self, value: &prost_types::Value) {
        match &value.kind {
            Some(Any::BoolValue(value)) => self.push(if *value { "true" } else { "false" }),
            Some(Any::NumberValue(number)) => self.push(&serde_json::Value::from(*number).to_string()),
            Some(Any::StringValue(text)) => self.push(&quote(text)),
            Some(Any::StructValue(object)) => self.object(object),
            Some(Any::ListValue(list)) => {
                self.out.push('[');
                for (index, value) in list.values.iter().enumerate() {
                    self.push(if index > 0 { "," } else { "" });
                    self.anything(value);
                }
                self.out.push(']');
            }
            Some(Any::NullValue(_)) | None => self.push("null"),
        }
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn line(&mut self) {
        if self.pretty {
            self.out.push('\n');
            for _ in 0..self.depth {
                self.out.push_str("  ");
            }
        }
    }
}

/// An object that is being written.
struct Entries<'a>(&'a mut Writer, bool);

impl<'a> Entries<'a> {
    fn begin(writer: &'a mut Writer) -> Self {
        writer.out.push('{');
        writer.depth += 1;
        Self(writer, false)
    }

    fn name(&mut self, name: &str) {
        if std::mem::replace(&mut self.1, true) {
            self.0.out.push(',');
        }
        self.0.line();
        self.0.push(&quote(name));
        self.0.push(if self.0.pretty { ": " } else { ":" });
    }

    fn end(self) {
        self.0.depth -= 1;
        if self.1 {
            self.0.line();
        }
        self.0.out.push('}');
    }
}
