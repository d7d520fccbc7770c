//! Documents, values and what is common to all requests: google/firestore/v1/{document,common}.proto.
//!
//! What only pipelines know is left out; it is an unknown name.

use super::schema::{Kind, Message, either, many, map, message, one};

pub(crate) static DOCUMENT: Message = message(
    "Document",
    &[
        one("name", 1, Kind::String),
        map("fields", 2, Kind::Message(&VALUE)),
        one("createTime", 3, Kind::Timestamp),
        one("updateTime", 4, Kind::Timestamp),
    ],
);

pub(crate) static VALUE: Message = message(
    "Value",
    &[
        either("value_type", "nullValue", 11, Kind::Null),
        either("value_type", "booleanValue", 1, Kind::Bool),
        either("value_type", "integerValue", 2, Kind::Int64),
        either("value_type", "doubleValue", 3, Kind::Double),
        either("value_type", "timestampValue", 10, Kind::Timestamp),
        either("value_type", "stringValue", 17, Kind::String),
        either("value_type", "bytesValue", 18, Kind::Bytes),
        either("value_type", "referenceValue", 5, Kind::String),
        either("value_type", "geoPointValue", 8, Kind::Message(&LAT_LNG)),
        either("value_type", "arrayValue", 9, Kind::Message(&ARRAY_VALUE)),
        either("value_type", "mapValue", 6, Kind::Message(&MAP_VALUE)),
    ],
);

static LAT_LNG: Message = message(
    "LatLng",
    &[
        one("latitude", 1, Kind::Double),
        one("longitude", 2, Kind::Double),
    ],
);

pub(super) static ARRAY_VALUE: Message = message("ArrayValue", &[many("values", 1, Kind::Message(&VALUE))]);

static MAP_VALUE: Message = message("MapValue", &[map("fields", 1, Kind::Message(&VALUE))]);

pub(super) static DOCUMENT_MASK: Message = message("DocumentMask", &[many("fieldPaths", 1, Kind::String)]);

pub(super) static PRECONDITION: Message = message(
    "Precondition",
    &[
        either("condition_type", "exists", 1, Kind::Bool),
        either("condition_type", "updateTime", 2, Kind::Timestamp),
    ],
);

pub(super) static REQUEST_OPTIONS: Message =
    message("RequestOptions", &[many("requestTags", 1, Kind::String)]);

pub(super) static TRANSACTION_OPTIONS: Message = message(
    "TransactionOptions",
    &[
        either("mode", "readOnly", 2, Kind::Message(&READ_ONLY)),
        either("mode", "readWrite", 3, Kind::Message(&READ_WRITE)),
    ],
);

static READ_ONLY: Message = message("ReadOnly", &[one("readTime", 2, Kind::Timestamp)]);

static READ_WRITE: Message = message(
    "ReadWrite",
    &[
        one("retryTransaction", 1, Kind::Bytes),
        one(
            "concurrencyMode",
            2,
            Kind::Enum(&[
                ("CONCURRENCY_MODE_UNSPECIFIED", 0),
                ("OPTIMISTIC", 1),
                ("PESSIMISTIC", 2),
            ]),
        ),
    ],
);
