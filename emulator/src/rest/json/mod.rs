//! The proto3 JSON mapping (<https://protobuf.dev/programming-guides/json/>) of Firestore's messages.

mod queries;
mod read;
mod requests;
mod schema;
mod values;
mod write;

pub(crate) use self::{
    read::{from_json, parameter},
    requests::*,
    schema::Message,
    values::DOCUMENT,
    write::{quote, to_json},
};

#[cfg(test)]
mod tests;
