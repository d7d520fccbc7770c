//! What a collector of OpenTelemetry is told, over gRPC, by the process itself.

use crate::{http::exchange, process::Process};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value::Value,
    trace::v1::Span,
};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// Remembers all that it is told.
#[derive(Debug, Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.into_inner().resource_spans.into_iter();
        let spans = resources
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans);
        self.0.lock().expect("nobody panicked").extend(spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        Value::BoolValue(_)
        | Value::DoubleValue(_)
        | Value::ArrayValue(_)
        | Value::KvlistValue(_)
        | Value::BytesValue(_)
        | Value::StringValueStrindex(_) => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_hears_of_requests_joins_and_the_store_but_not_of_whom() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let collector = Collector::default();
    let service = TraceServiceServer::new(collector.clone());
    tokio::spawn(
        tonic::transport::Server::builder()
            .add_service(service)
            .serve_with_incoming(TcpListenerStream::new(listener)),
    );

    let directory = tempfile::tempdir().expect("there is room on the disk");
    let mut server = Process::start_with(directory.path(), &["--otlp-endpoint", &endpoint]).await;
    let mut client = server.connect().await;
    client.join("secret-garden", "Kaguya").await;
    let answer = exchange(
        server.address,
        b"GET /api/posts/nobody HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert_eq!(answer.status, 404);
    server.end();

    let spans = collector.0.lock().expect("nobody panicked").clone();
    let named = |name: &str| -> Vec<&Span> { spans.iter().filter(|span| span.name == name).collect() };
    let requests = named("request");
    let request = requests.first().expect("a request");
    assert_eq!(attribute(request, "http.route").as_deref(), Some("/posts/{id}"));
    assert_eq!(
        attribute(request, "http.response.status_code").as_deref(),
        Some("404")
    );
    let stored = named("store");
    let of_it = stored.iter().find(|span| span.parent_span_id == request.span_id);
    assert_eq!(
        attribute(of_it.expect("a call of the store"), "operation").as_deref(),
        Some("get")
    );
    let joins = named("join");
    let joined = joins.first().expect("a join");
    assert_eq!(attribute(joined, "outcome").as_deref(), Some("inside"));
    assert!(joined.end_time_unix_nano > joined.start_time_unix_nano);
    let all = format!("{spans:?}");
    for secret in ["secret-garden", "Kaguya", "nobody"] {
        assert!(!all.contains(secret), "{secret} is told: {all}");
    }
}
