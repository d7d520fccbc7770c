//! From JSON to protobuf.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use prost::encoding::{self, WireType};
use prost_types::Timestamp;
use serde_json::{Map, Value};

use super::schema::{Field, Kind, Label, Message, snake_case};
use crate::error::{Error, Result};

/// Base64 as JSON from anybody has it: with or without its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Turns JSON into a message.
///
/// # Errors
/// If a name is not known, or a value does not fit; the words are Google's.
pub(crate) fn from_json<M: prost::Message + Default>(schema: &'static Message, json: &Value) -> Result<M> {
    let mut bytes = Vec::new();
    read_message(schema, json, &mut bytes).map_err(Refusal::into_error)?;
    M::decode(bytes.as_slice()).map_err(|error| Error::invalid(format!("{}: {error}", schema.name)))
}

/// Puts a parameter of an address, such as `mask.fieldPaths`, into the JSON of a request.
pub(crate) fn parameter(
    schema: &'static Message,
    json: &mut Map<String, Value>,
    name: &str,
    text: &str,
) -> Result<()> {
    let unknown = || {
        Error::invalid(format!(
            "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' \
             could not be found in request message."
        ))
    };
    let (first, rest) = match name.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (name, None),
    };
    let field = schema.field(first).ok_or_else(unknown)?;
    let entry = json.entry(field.name);
    match (field.kind, rest) {
        (Kind::Message(inner), Some(rest)) if field.label == Label::One => {
            let below = entry.or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(below) = below else {
                return Err(unknown());
            };
            parameter(inner, below, rest, text)
        }
        (Kind::Message(_) | Kind::Wrapped(_), _) | (_, Some(_)) => Err(unknown()),
        (kind, None) => {
            let value = match (kind, text) {
                (Kind::Bool, "true") => Value::Bool(true),
                (Kind::Bool, "false") => Value::Bool(false),
                _ => Value::String(text.to_owned()),
            };
            if field.label == Label::Repeated {
                let list = entry.or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(value);
                }
            } else {
                // As everywhere, what comes last counts.
                *entry.or_insert(Value::Null) = value;
            }
            Ok(())
        }
    }
}

/// Why JSON is no message, and where: segments of the path, the innermost first.
struct Refusal {
    path: Vec<String>,
    why: Why,
}

enum Why {
    Unknown(String),
    Value(String),
}

type Outcome = std::result::Result<(), Refusal>;

impl Refusal {
    fn value(why: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            why: Why::Value(why.into()),
        }
    }

    fn below(mut self, segment: impl Into<String>) -> Self {
        self.path.push(segment.into());
        self
    }

    fn into_error(self) -> Error {
        let mut path = String::new();
        for segment in self.path.iter().rev() {
            if !path.is_empty() && !segment.starts_with('[') {
                path.push('.');
            }
            path.push_str(segment);
        }
        Error::invalid(match self.why {
            Why::Unknown(name) if path.is_empty() => {
                format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.")
            }
            Why::Unknown(name) => {
                format!(
                    "Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field."
                )
            }
            Why::Value(why) => format!("Invalid value at '{path}' {why}"),
        })
    }
}

fn read_message(schema: &'static Message, json: &Value, out: &mut Vec<u8>) -> Outcome {
    let Value::Object(entries) = json else {
        return Err(Refusal::value(format!(
            "(type.googleapis.com/google.firestore.v1.{}), {}",
            schema.name,
            shorten(json)
        )));
    };
    let mut set: Vec<&'static str> = Vec::new();
    for (name, value) in entries {
        let Some(field) = schema.field(name) else {
            return Err(Refusal {
                path: Vec::new(),
                why: Why::Unknown(name.chars().take(200).collect()),
            });
        };
        // Null stands for "not there", but for the field whose value it is.
        if value.is_null() && !matches!(field.kind, Kind::Null) {
            continue;
        }
        if let Some(oneof) = field.oneof {
            if set.contains(&oneof) {
                return Err(Refusal::value(format!(
                    "(oneof), oneof field '{oneof}' is already set. Cannot set '{}'",
                    field.name
                )));
            }
            set.push(oneof);
        }
        read_field(field, value, out).map_err(|refusal| refusal.below(snake_case(field.name)))?;
    }
    Ok(())
}

fn read_field(field: &'static Field, json: &Value, out: &mut Vec<u8>) -> Outcome {
    match (field.label, json) {
        (Label::One, _) => read_value(field.tag, &field.kind, json, out),
        (Label::Repeated, Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                read_value(field.tag, &field.kind, element, out)
                    .map_err(|refusal| refusal.below(format!("[{index}]")))?;
            }
            Ok(())
        }
        (Label::Map, Value::Object(entries)) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                let mut entry = Vec::new();
                push_bytes(1, key.as_bytes(), &mut entry);
                read_value(2, &field.kind, value, &mut entry)
                    .map_err(|refusal| refusal.below("value").below(format!("[{index}]")))?;
                push_bytes(field.tag, &entry, out);
            }
            Ok(())
        }
        (Label::Repeated, other) => Err(Refusal::value(format!("(a list), {}", shorten(other)))),
        (Label::Map, other) => Err(Refusal::value(format!("(a map), {}", shorten(other)))),
    }
}

/// Reads one value. Those which equal the default are written as well: in a oneof they are not the same as none.
fn read_value(tag: u32, kind: &'static Kind, json: &Value, out: &mut Vec<u8>) -> Outcome {
    let wrong = |kind: &str| Refusal::value(format!("({kind}), {}", shorten(json)));
    match kind {
        Kind::Bool => push_varint(tag, json.as_bool().ok_or_else(|| wrong("TYPE_BOOL"))?.into(), out),
        Kind::Int32 => {
            let number = integer(json).and_then(|number| i32::try_from(number).ok());
            push_signed(tag, number.ok_or_else(|| wrong("TYPE_INT32"))?.into(), out);
        }
        Kind::Int64 => push_signed(tag, integer(json).ok_or_else(|| wrong("TYPE_INT64"))?, out),
        Kind::Double => {
            let number = double(json).ok_or_else(|| wrong("TYPE_DOUBLE"))?;
            encoding::encode_key(tag, WireType::SixtyFourBit, out);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Kind::String => {
            let text = json.as_str().ok_or_else(|| wrong("TYPE_STRING"))?;
            push_bytes(tag, text.as_bytes(), out);
        }
        Kind::Bytes => {
            let text = json.as_str().ok_or_else(|| wrong("TYPE_BYTES"))?;
            let text = text.replace('-', "+").replace('_', "/");
            let bytes = BASE64
                .decode(text)
                .map_err(|_| Refusal::value("(TYPE_BYTES), Base64 decoding failed"))?;
            push_bytes(tag, &bytes, out);
        }
        Kind::Enum(names) => {
            let number = match json.as_str() {
                Some(text) => names
                    .iter()
                    .find(|(name, _)| *name == text)
                    .map(|(_, number)| *number),
                None => integer(json).and_then(|number| i32::try_from(number).ok()),
            };
            push_signed(tag, number.ok_or_else(|| wrong("TYPE_ENUM"))?.into(), out);
        }
        Kind::Null => {
            if !(json.is_null() || json == "NULL_VALUE") {
                return Err(wrong("TYPE_ENUM"));
            }
            push_varint(tag, 0, out);
        }
        Kind::Timestamp => {
            let time = json
                .as_str()
                .and_then(|text| text.parse::<Timestamp>().ok())
                .ok_or_else(|| wrong("type.googleapis.com/google.protobuf.Timestamp"))?;
            push_bytes(tag, &prost::Message::encode_to_vec(&time), out);
        }
        Kind::Duration | Kind::Struct => return Err(wrong("an output only field")),
        Kind::Wrapped(inner) => {
            let mut message = Vec::new();
            read_value(1, inner, json, &mut message)?;
            push_bytes(tag, &message, out);
        }
        Kind::Message(schema) => {
            let mut message = Vec::new();
            read_message(schema, json, &mut message)?;
            push_bytes(tag, &message, out);
        }
    }
    Ok(())
}

/// Reads an integer: a number, also `1.0` and `1e3`, or a string with one.
fn integer(json: &Value) -> Option<i64> {
    // A float holds all integers exactly up to 2^53.
    #[allow(clippy::cast_possible_truncation, reason = "whole and small enough")]
    let whole = |number: f64| {
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    };
    match json {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn double(json: &Value) -> Option<f64> {
    match json {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            // Rust knows more words for what is no number.
            text if text.contains(|c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E')) => None,
            text => text.parse().ok(),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn push_varint(tag: u32, number: u64, out: &mut Vec<u8>) {
    encoding::encode_key(tag, WireType::Varint, out);
    encoding::encode_varint(number, out);
}

fn push_signed(tag: u32, number: i64, out: &mut Vec<u8>) {
    push_varint(tag, number.cast_unsigned(), out);
}

fn push_bytes(tag: u32, bytes: &[u8], out: &mut Vec<u8>) {
    encoding::encode_key(tag, WireType::LengthDelimited, out);
    encoding::encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// Shows what was sent, without repeating all of it.
fn shorten(json: &Value) -> String {
    match json {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            json.to_string().chars().take(100).collect()
        }
    }
}
