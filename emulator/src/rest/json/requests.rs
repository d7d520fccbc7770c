//! Writes, requests and answers: google/firestore/v1/{write,firestore}.proto.

use super::{
    queries::{
        AGGREGATION_RESULT, CURSOR, EXPLAIN_METRICS, EXPLAIN_OPTIONS, STRUCTURED_AGGREGATION_QUERY,
        STRUCTURED_QUERY,
    },
    schema::{Kind, Message, either, many, map, message, one},
    values::{
        ARRAY_VALUE, DOCUMENT, DOCUMENT_MASK, PRECONDITION, REQUEST_OPTIONS, TRANSACTION_OPTIONS, VALUE,
    },
};

pub(crate) static EMPTY: Message = message("Empty", &[]);

pub(crate) static GET_DOCUMENT_REQUEST: Message = message(
    "GetDocumentRequest",
    &[
        one("name", 1, Kind::String),
        one("mask", 2, Kind::Message(&DOCUMENT_MASK)),
        either("consistency_selector", "transaction", 3, Kind::Bytes),
        either("consistency_selector", "readTime", 5, Kind::Timestamp),
        one("requestOptions", 10, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static LIST_DOCUMENTS_REQUEST: Message = message(
    "ListDocumentsRequest",
    &[
        one("parent", 1, Kind::String),
        one("collectionId", 2, Kind::String),
        one("pageSize", 3, Kind::Int32),
        one("pageToken", 4, Kind::String),
        one("orderBy", 6, Kind::String),
        one("mask", 7, Kind::Message(&DOCUMENT_MASK)),
        either("consistency_selector", "transaction", 8, Kind::Bytes),
        either("consistency_selector", "readTime", 10, Kind::Timestamp),
        one("showMissing", 12, Kind::Bool),
        one("requestOptions", 13, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static LIST_DOCUMENTS_RESPONSE: Message = message(
    "ListDocumentsResponse",
    &[
        many("documents", 1, Kind::Message(&DOCUMENT)),
        one("nextPageToken", 2, Kind::String),
    ],
);

pub(crate) static CREATE_DOCUMENT_REQUEST: Message = message(
    "CreateDocumentRequest",
    &[
        one("parent", 1, Kind::String),
        one("collectionId", 2, Kind::String),
        one("documentId", 3, Kind::String),
        one("document", 4, Kind::Message(&DOCUMENT)),
        one("mask", 5, Kind::Message(&DOCUMENT_MASK)),
        one("requestOptions", 6, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static UPDATE_DOCUMENT_REQUEST: Message = message(
    "UpdateDocumentRequest",
    &[
        one("document", 1, Kind::Message(&DOCUMENT)),
        one("updateMask", 2, Kind::Message(&DOCUMENT_MASK)),
        one("mask", 3, Kind::Message(&DOCUMENT_MASK)),
        one("currentDocument", 4, Kind::Message(&PRECONDITION)),
        one("requestOptions", 5, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static DELETE_DOCUMENT_REQUEST: Message = message(
    "DeleteDocumentRequest",
    &[
        one("name", 1, Kind::String),
        one("currentDocument", 2, Kind::Message(&PRECONDITION)),
        one("requestOptions", 3, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static BATCH_GET_DOCUMENTS_REQUEST: Message = message(
    "BatchGetDocumentsRequest",
    &[
        one("database", 1, Kind::String),
        many("documents", 2, Kind::String),
        one("mask", 3, Kind::Message(&DOCUMENT_MASK)),
        either("consistency_selector", "transaction", 4, Kind::Bytes),
        either(
            "consistency_selector",
            "newTransaction",
            5,
            Kind::Message(&TRANSACTION_OPTIONS),
        ),
        either("consistency_selector", "readTime", 7, Kind::Timestamp),
        one("requestOptions", 8, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static BATCH_GET_DOCUMENTS_RESPONSE: Message = message(
    "BatchGetDocumentsResponse",
    &[
        either("result", "found", 1, Kind::Message(&DOCUMENT)),
        either("result", "missing", 2, Kind::String),
        one("transaction", 3, Kind::Bytes),
        one("readTime", 4, Kind::Timestamp),
    ],
);

pub(crate) static BEGIN_TRANSACTION_REQUEST: Message = message(
    "BeginTransactionRequest",
    &[
        one("database", 1, Kind::String),
        one("options", 2, Kind::Message(&TRANSACTION_OPTIONS)),
        one("requestOptions", 3, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static BEGIN_TRANSACTION_RESPONSE: Message =
    message("BeginTransactionResponse", &[one("transaction", 1, Kind::Bytes)]);

pub(crate) static COMMIT_REQUEST: Message = message(
    "CommitRequest",
    &[
        one("database", 1, Kind::String),
        many("writes", 2, Kind::Message(&WRITE)),
        one("transaction", 3, Kind::Bytes),
        one("requestOptions", 4, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static COMMIT_RESPONSE: Message = message(
    "CommitResponse",
    &[
        many("writeResults", 1, Kind::Message(&WRITE_RESULT)),
        one("commitTime", 2, Kind::Timestamp),
    ],
);

pub(crate) static ROLLBACK_REQUEST: Message = message(
    "RollbackRequest",
    &[
        one("database", 1, Kind::String),
        one("transaction", 2, Kind::Bytes),
        one("requestOptions", 3, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static BATCH_WRITE_REQUEST: Message = message(
    "BatchWriteRequest",
    &[
        one("database", 1, Kind::String),
        many("writes", 2, Kind::Message(&WRITE)),
        map("labels", 3, Kind::String),
        one("requestOptions", 4, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static BATCH_WRITE_RESPONSE: Message = message(
    "BatchWriteResponse",
    &[
        many("writeResults", 1, Kind::Message(&WRITE_RESULT)),
        many("status", 2, Kind::Message(&STATUS)),
    ],
);

pub(crate) static RUN_QUERY_REQUEST: Message = message(
    "RunQueryRequest",
    &[
        one("parent", 1, Kind::String),
        one("structuredQuery", 2, Kind::Message(&STRUCTURED_QUERY)),
        either("consistency_selector", "transaction", 5, Kind::Bytes),
        either(
            "consistency_selector",
            "newTransaction",
            6,
            Kind::Message(&TRANSACTION_OPTIONS),
        ),
        either("consistency_selector", "readTime", 7, Kind::Timestamp),
        one("explainOptions", 10, Kind::Message(&EXPLAIN_OPTIONS)),
        one("requestOptions", 11, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static RUN_QUERY_RESPONSE: Message = message(
    "RunQueryResponse",
    &[
        one("transaction", 2, Kind::Bytes),
        one("document", 1, Kind::Message(&DOCUMENT)),
        one("readTime", 3, Kind::Timestamp),
        one("skippedResults", 4, Kind::Int32),
        one("done", 6, Kind::Bool),
        one("explainMetrics", 11, Kind::Message(&EXPLAIN_METRICS)),
    ],
);

pub(crate) static RUN_AGGREGATION_QUERY_REQUEST: Message = message(
    "RunAggregationQueryRequest",
    &[
        one("parent", 1, Kind::String),
        one(
            "structuredAggregationQuery",
            2,
            Kind::Message(&STRUCTURED_AGGREGATION_QUERY),
        ),
        either("consistency_selector", "transaction", 4, Kind::Bytes),
        either(
            "consistency_selector",
            "newTransaction",
            5,
            Kind::Message(&TRANSACTION_OPTIONS),
        ),
        either("consistency_selector", "readTime", 6, Kind::Timestamp),
        one("explainOptions", 8, Kind::Message(&EXPLAIN_OPTIONS)),
        one("requestOptions", 9, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static RUN_AGGREGATION_QUERY_RESPONSE: Message = message(
    "RunAggregationQueryResponse",
    &[
        one("result", 1, Kind::Message(&AGGREGATION_RESULT)),
        one("transaction", 2, Kind::Bytes),
        one("readTime", 3, Kind::Timestamp),
        one("explainMetrics", 10, Kind::Message(&EXPLAIN_METRICS)),
    ],
);

pub(crate) static PARTITION_QUERY_REQUEST: Message = message(
    "PartitionQueryRequest",
    &[
        one("parent", 1, Kind::String),
        one("structuredQuery", 2, Kind::Message(&STRUCTURED_QUERY)),
        one("partitionCount", 3, Kind::Int64),
        one("pageToken", 4, Kind::String),
        one("pageSize", 5, Kind::Int32),
        one("readTime", 6, Kind::Timestamp),
        one("requestOptions", 7, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static PARTITION_QUERY_RESPONSE: Message = message(
    "PartitionQueryResponse",
    &[
        many("partitions", 1, Kind::Message(&CURSOR)),
        one("nextPageToken", 2, Kind::String),
    ],
);

pub(crate) static LIST_COLLECTION_IDS_REQUEST: Message = message(
    "ListCollectionIdsRequest",
    &[
        one("parent", 1, Kind::String),
        one("pageSize", 2, Kind::Int32),
        one("pageToken", 3, Kind::String),
        one("readTime", 4, Kind::Timestamp),
        one("requestOptions", 5, Kind::Message(&REQUEST_OPTIONS)),
    ],
);

pub(crate) static LIST_COLLECTION_IDS_RESPONSE: Message = message(
    "ListCollectionIdsResponse",
    &[
        many("collectionIds", 1, Kind::String),
        one("nextPageToken", 2, Kind::String),
    ],
);

static WRITE: Message = message(
    "Write",
    &[
        either("operation", "update", 1, Kind::Message(&DOCUMENT)),
        either("operation", "delete", 2, Kind::String),
        either("operation", "transform", 6, Kind::Message(&DOCUMENT_TRANSFORM)),
        one("updateMask", 3, Kind::Message(&DOCUMENT_MASK)),
        many("updateTransforms", 7, Kind::Message(&FIELD_TRANSFORM)),
        one("currentDocument", 4, Kind::Message(&PRECONDITION)),
    ],
);

static DOCUMENT_TRANSFORM: Message = message(
    "DocumentTransform",
    &[
        one("document", 1, Kind::String),
        many("fieldTransforms", 2, Kind::Message(&FIELD_TRANSFORM)),
    ],
);

static FIELD_TRANSFORM: Message = message(
    "FieldTransform",
    &[
        one("fieldPath", 1, Kind::String),
        either(
            "transform_type",
            "setToServerValue",
            2,
            Kind::Enum(&[("SERVER_VALUE_UNSPECIFIED", 0), ("REQUEST_TIME", 1)]),
        ),
        either("transform_type", "increment", 3, Kind::Message(&VALUE)),
        either("transform_type", "maximum", 4, Kind::Message(&VALUE)),
        either("transform_type", "minimum", 5, Kind::Message(&VALUE)),
        either(
            "transform_type",
            "appendMissingElements",
            6,
            Kind::Message(&ARRAY_VALUE),
        ),
        either(
            "transform_type",
            "removeAllFromArray",
            7,
            Kind::Message(&ARRAY_VALUE),
        ),
    ],
);

static WRITE_RESULT: Message = message(
    "WriteResult",
    &[
        one("updateTime", 1, Kind::Timestamp),
        many("transformResults", 2, Kind::Message(&VALUE)),
    ],
);

static STATUS: Message = message(
    "Status",
    &[one("code", 1, Kind::Int32), one("message", 2, Kind::String)],
);
