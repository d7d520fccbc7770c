//! Messages which differ from Google's types in Rust only, not on the wire.

use bytes::Bytes;
use prost_types::Timestamp;

use crate::proto::ExplainMetrics;

/// The empty message.
pub type Empty = ();

/// `google.firestore.v1.RunQueryResponse` with the document as bytes: as it lies in the file, neither decoded nor
/// encoded again.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RunQueryResponse {
    /// The document, encoded.
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub document: Option<Bytes>,
    /// The transaction that this query began, in the first message.
    #[prost(bytes = "vec", tag = "2")]
    pub transaction: Vec<u8>,
    /// When the document was as it is.
    #[prost(message, optional, tag = "3")]
    pub read_time: Option<Timestamp>,
    /// How many documents the offset left out.
    #[prost(int32, tag = "4")]
    pub skipped_results: i32,
    /// How the query was run, in the last message, where that was asked for.
    #[prost(message, optional, tag = "11")]
    pub explain_metrics: Option<ExplainMetrics>,
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::proto;

    #[test]
    fn the_bytes_are_those_of_google_s_type() {
        let document = proto::Document {
            name: "n".to_owned(),
            update_time: Some(Timestamp { seconds: 1, nanos: 0 }),
            ..Default::default()
        };
        let ours = RunQueryResponse {
            document: Some(document.encode_to_vec().into()),
            transaction: vec![1],
            read_time: Some(Timestamp { seconds: 2, nanos: 3 }),
            skipped_results: 4,
            explain_metrics: Some(ExplainMetrics::default()),
        };
        let theirs = proto::RunQueryResponse::decode(ours.encode_to_vec().as_slice()).unwrap();
        assert_eq!(theirs.document, Some(document));
        assert_eq!((theirs.transaction, theirs.read_time), (vec![1], ours.read_time));
        assert_eq!(theirs.skipped_results, 4);
        assert_eq!(theirs.explain_metrics, ours.explain_metrics);
    }
}
