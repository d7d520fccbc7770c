//! What the proto3 JSON mapping must know of messages: the names, numbers and kinds of their fields.
//!
//! The types of `gcloud-sdk` know their numbers but not their names. Instead of a second set of types there is this
//! description of them, and code that turns JSON into their protobuf bytes and back.

/// A message.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its name without the package, for error messages.
    pub(super) name: &'static str,
    /// Its fields in the order in which they are written.
    pub(super) fields: &'static [Field],
}

/// A field of a message.
#[derive(Debug)]
pub(crate) struct Field {
    /// The lowerCamelCase name.
    pub(super) name: &'static str,
    /// The number.
    pub(super) tag: u32,
    pub(super) kind: Kind,
    pub(super) label: Label,
    /// The oneof of which at most one field may be set.
    pub(super) oneof: Option<&'static str>,
}

/// How often a field occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Once at most.
    One,
    /// A list.
    Repeated,
    /// A map whose keys are strings.
    Map,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Bool,
    Int32,
    Int64,
    Double,
    String,
    /// Base64 in JSON.
    Bytes,
    /// A name in JSON; a number is understood, too.
    Enum(&'static [(&'static str, i32)]),
    /// Null in JSON.
    Null,
    /// RFC 3339 in JSON.
    Timestamp,
    /// Seconds with an `s` in JSON. Only answers have one.
    Duration,
    /// `google.protobuf.Struct`: any object in JSON. Only answers have one.
    Struct,
    /// A message like `google.protobuf.Int32Value`: the bare value in JSON.
    Wrapped(&'static Kind),
    Message(&'static Message),
}

impl Message {
    /// Finds a field by its name in JSON or in the .proto file.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields
            .iter()
            .find(|field| field.name == name || snake_case(field.name) == name)
    }
}

/// Returns the name as it stands in the .proto file.
pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for char in name.chars() {
        if char.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(char.to_ascii_lowercase());
    }
    out
}

pub(super) const fn message(name: &'static str, fields: &'static [Field]) -> Message {
    Message { name, fields }
}

pub(super) const fn one(name: &'static str, tag: u32, kind: Kind) -> Field {
    Field {
        name,
        tag,
        kind,
        label: Label::One,
        oneof: None,
    }
}

pub(super) const fn many(name: &'static str, tag: u32, kind: Kind) -> Field {
    Field {
        name,
        tag,
        kind,
        label: Label::Repeated,
        oneof: None,
    }
}

pub(super) const fn map(name: &'static str, tag: u32, kind: Kind) -> Field {
    Field {
        name,
        tag,
        kind,
        label: Label::Map,
        oneof: None,
    }
}

pub(super) const fn either(oneof: &'static str, name: &'static str, tag: u32, kind: Kind) -> Field {
    Field {
        name,
        tag,
        kind,
        label: Label::One,
        oneof: Some(oneof),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_field_find_it() {
        static MESSAGE: Message = Message {
            name: "M",
            fields: &[one("pageSize", 1, Kind::Int32)],
        };
        assert!(MESSAGE.field("pageSize").is_some() && MESSAGE.field("page_size").is_some());
        assert!(MESSAGE.field("PageSize").is_none());
    }
}
