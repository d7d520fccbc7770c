//! Generates the server side of `google.firestore.v1.Firestore` over the message types of `gcloud-sdk`, so that the
//! tree holds one set of types and needs neither .proto files nor protoc.

use tonic_build::manual::{Builder, Method, Service};

/// Which sides of a call are streams.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Unary,
    ServerStream,
    BothStream,
}

fn main() {
    use Kind::{BothStream, ServerStream, Unary};
    let google = |name: &str| format!("gcloud_sdk::google::firestore::v1::{name}");
    let ours = |name: &str| format!("crate::rpc::message::{name}");
    let method = |name: &str, route: &str, input: &str, output: String, kind: Kind| {
        let mut builder = Method::builder()
            .name(name)
            .route_name(route)
            .input_type(google(input))
            .output_type(output)
            .codec_path("tonic_prost::ProstCodec");
        if kind == BothStream {
            builder = builder.client_streaming();
        }
        if kind != Unary {
            builder = builder.server_streaming();
        }
        builder.build()
    };
    let methods = [
        (
            "get_document",
            "GetDocument",
            "GetDocumentRequest",
            google("Document"),
            Unary,
        ),
        (
            "list_documents",
            "ListDocuments",
            "ListDocumentsRequest",
            google("ListDocumentsResponse"),
            Unary,
        ),
        (
            "create_document",
            "CreateDocument",
            "CreateDocumentRequest",
            google("Document"),
            Unary,
        ),
        (
            "update_document",
            "UpdateDocument",
            "UpdateDocumentRequest",
            google("Document"),
            Unary,
        ),
        (
            "delete_document",
            "DeleteDocument",
            "DeleteDocumentRequest",
            ours("Empty"),
            Unary,
        ),
        (
            "batch_get_documents",
            "BatchGetDocuments",
            "BatchGetDocumentsRequest",
            google("BatchGetDocumentsResponse"),
            ServerStream,
        ),
        (
            "begin_transaction",
            "BeginTransaction",
            "BeginTransactionRequest",
            google("BeginTransactionResponse"),
            Unary,
        ),
        (
            "commit",
            "Commit",
            "CommitRequest",
            google("CommitResponse"),
            Unary,
        ),
        ("rollback", "Rollback", "RollbackRequest", ours("Empty"), Unary),
        (
            "run_query",
            "RunQuery",
            "RunQueryRequest",
            ours("RunQueryResponse"),
            ServerStream,
        ),
        (
            "run_aggregation_query",
            "RunAggregationQuery",
            "RunAggregationQueryRequest",
            google("RunAggregationQueryResponse"),
            ServerStream,
        ),
        (
            "partition_query",
            "PartitionQuery",
            "PartitionQueryRequest",
            google("PartitionQueryResponse"),
            Unary,
        ),
        (
            "write",
            "Write",
            "WriteRequest",
            google("WriteResponse"),
            BothStream,
        ),
        (
            "listen",
            "Listen",
            "ListenRequest",
            google("ListenResponse"),
            BothStream,
        ),
        (
            "list_collection_ids",
            "ListCollectionIds",
            "ListCollectionIdsRequest",
            google("ListCollectionIdsResponse"),
            Unary,
        ),
        (
            "batch_write",
            "BatchWrite",
            "BatchWriteRequest",
            google("BatchWriteResponse"),
            Unary,
        ),
        (
            "execute_pipeline",
            "ExecutePipeline",
            "ExecutePipelineRequest",
            google("ExecutePipelineResponse"),
            ServerStream,
        ),
    ];
    let service = methods
        .into_iter()
        .fold(
            Service::builder()
                .name("Firestore")
                .package("google.firestore.v1"),
            |service, (name, route, input, output, kind)| {
                service.method(method(name, route, input, output, kind))
            },
        )
        .build();
    Builder::new().build_client(false).compile(&[service]);
}
