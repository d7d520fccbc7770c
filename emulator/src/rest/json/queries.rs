//! Queries: google/firestore/v1/query.proto.

use super::{
    schema::{Kind, Message, either, many, map, message, one},
    values::VALUE,
};

pub(super) static STRUCTURED_QUERY: Message = message(
    "StructuredQuery",
    &[
        one("select", 1, Kind::Message(&PROJECTION)),
        many("from", 2, Kind::Message(&COLLECTION_SELECTOR)),
        one("where", 3, Kind::Message(&FILTER)),
        many("orderBy", 4, Kind::Message(&ORDER)),
        one("startAt", 7, Kind::Message(&CURSOR)),
        one("endAt", 8, Kind::Message(&CURSOR)),
        one("offset", 6, Kind::Int32),
        one("limit", 5, Kind::Wrapped(&Kind::Int32)),
        one("findNearest", 9, Kind::Message(&FIND_NEAREST)),
    ],
);

static PROJECTION: Message = message(
    "Projection",
    &[many("fields", 2, Kind::Message(&FIELD_REFERENCE))],
);

pub(super) static FIELD_REFERENCE: Message = message("FieldReference", &[one("fieldPath", 2, Kind::String)]);

static COLLECTION_SELECTOR: Message = message(
    "CollectionSelector",
    &[
        one("collectionId", 2, Kind::String),
        one("allDescendants", 3, Kind::Bool),
    ],
);

static FILTER: Message = message(
    "Filter",
    &[
        either(
            "filter_type",
            "compositeFilter",
            1,
            Kind::Message(&COMPOSITE_FILTER),
        ),
        either("filter_type", "fieldFilter", 2, Kind::Message(&FIELD_FILTER)),
        either("filter_type", "unaryFilter", 3, Kind::Message(&UNARY_FILTER)),
    ],
);

static COMPOSITE_FILTER: Message = message(
    "CompositeFilter",
    &[
        one(
            "op",
            1,
            Kind::Enum(&[("OPERATOR_UNSPECIFIED", 0), ("AND", 1), ("OR", 2)]),
        ),
        many("filters", 2, Kind::Message(&FILTER)),
    ],
);

static FIELD_FILTER: Message = message(
    "FieldFilter",
    &[
        one("field", 1, Kind::Message(&FIELD_REFERENCE)),
        one(
            "op",
            2,
            Kind::Enum(&[
                ("OPERATOR_UNSPECIFIED", 0),
                ("LESS_THAN", 1),
                ("LESS_THAN_OR_EQUAL", 2),
                ("GREATER_THAN", 3),
                ("GREATER_THAN_OR_EQUAL", 4),
                ("EQUAL", 5),
                ("NOT_EQUAL", 6),
                ("ARRAY_CONTAINS", 7),
                ("IN", 8),
                ("ARRAY_CONTAINS_ANY", 9),
                ("NOT_IN", 10),
            ]),
        ),
        one("value", 3, Kind::Message(&VALUE)),
    ],
);

static UNARY_FILTER: Message = message(
    "UnaryFilter",
    &[
        one(
            "op",
            1,
            Kind::Enum(&[
                ("OPERATOR_UNSPECIFIED", 0),
                ("IS_NAN", 2),
                ("IS_NULL", 3),
                ("IS_NOT_NAN", 4),
                ("IS_NOT_NULL", 5),
            ]),
        ),
        one("field", 2, Kind::Message(&FIELD_REFERENCE)),
    ],
);

static ORDER: Message = message(
    "Order",
    &[
        one("field", 1, Kind::Message(&FIELD_REFERENCE)),
        one(
            "direction",
            2,
            Kind::Enum(&[("DIRECTION_UNSPECIFIED", 0), ("ASCENDING", 1), ("DESCENDING", 2)]),
        ),
    ],
);

pub(super) static CURSOR: Message = message(
    "Cursor",
    &[
        many("values", 1, Kind::Message(&VALUE)),
        one("before", 2, Kind::Bool),
    ],
);

static FIND_NEAREST: Message = message(
    "FindNearest",
    &[
        one("vectorField", 1, Kind::Message(&FIELD_REFERENCE)),
        one("queryVector", 2, Kind::Message(&VALUE)),
        one(
            "distanceMeasure",
            3,
            Kind::Enum(&[
                ("DISTANCE_MEASURE_UNSPECIFIED", 0),
                ("EUCLIDEAN", 1),
                ("COSINE", 2),
                ("DOT_PRODUCT", 3),
            ]),
        ),
        one("limit", 4, Kind::Wrapped(&Kind::Int32)),
        one("distanceResultField", 5, Kind::String),
        one("distanceThreshold", 6, Kind::Wrapped(&Kind::Double)),
    ],
);

pub(super) static EXPLAIN_OPTIONS: Message = message("ExplainOptions", &[one("analyze", 1, Kind::Bool)]);

pub(super) static EXPLAIN_METRICS: Message = message(
    "ExplainMetrics",
    &[
        one("planSummary", 1, Kind::Message(&PLAN_SUMMARY)),
        one("executionStats", 2, Kind::Message(&EXECUTION_STATS)),
    ],
);

static PLAN_SUMMARY: Message = message("PlanSummary", &[many("indexesUsed", 1, Kind::Struct)]);

static EXECUTION_STATS: Message = message(
    "ExecutionStats",
    &[
        one("resultsReturned", 1, Kind::Int64),
        one("executionDuration", 3, Kind::Duration),
        one("readOperations", 4, Kind::Int64),
        one("debugStats", 5, Kind::Struct),
    ],
);

pub(super) static STRUCTURED_AGGREGATION_QUERY: Message = message(
    "StructuredAggregationQuery",
    &[
        one("structuredQuery", 1, Kind::Message(&STRUCTURED_QUERY)),
        many("aggregations", 3, Kind::Message(&AGGREGATION)),
    ],
);

static AGGREGATION: Message = message(
    "Aggregation",
    &[
        either("operator", "count", 1, Kind::Message(&COUNT)),
        either("operator", "sum", 2, Kind::Message(&OF_FIELD)),
        either("operator", "avg", 3, Kind::Message(&OF_FIELD)),
        one("alias", 7, Kind::String),
    ],
);

static COUNT: Message = message("Count", &[one("upTo", 1, Kind::Wrapped(&Kind::Int64))]);

static OF_FIELD: Message = message("Sum", &[one("field", 1, Kind::Message(&FIELD_REFERENCE))]);

pub(super) static AGGREGATION_RESULT: Message = message(
    "AggregationResult",
    &[map("aggregateFields", 2, Kind::Message(&VALUE))],
);
