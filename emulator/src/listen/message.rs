//! The messages of a stream.

use prost_types::Timestamp;

use crate::{
    error::{Error, Result},
    mask::Mask,
    path::{DocumentName, key},
    proto::{
        DocumentChange, DocumentDelete, DocumentRemove, ExistenceFilter, ListenResponse, TargetChange,
        listen_response::ResponseType, target_change::TargetChangeType,
    },
    storage::Row,
    time::Micros,
};

/// A message before it is encoded: a large result waits in the form in which it was read.
#[derive(Clone, Debug)]
pub(super) enum Outgoing {
    /// A message as it is.
    Message(ListenResponse),
    /// A document, for the targets that show it and those that do not any more.
    Document {
        row: Row,
        select: Option<Mask>,
        shown: Vec<i32>,
        removed: Vec<i32>,
    },
}

impl Outgoing {
    /// Returns how many bytes the message takes while it waits, about.
    pub(super) fn weight(&self) -> usize {
        /// What a message without a document takes, and a document takes beyond its bytes.
        const FRAME: usize = 256;
        match self {
            Self::Message(_) => FRAME,
            Self::Document { row, .. } => FRAME + row.len(),
        }
    }

    /// Makes the message.
    pub(super) fn into_message(self) -> Result<ListenResponse> {
        match self {
            Self::Message(message) => Ok(message),
            Self::Document {
                row,
                select,
                shown,
                removed,
            } => {
                let mut document = row.decode()?;
                if let Some(mask) = select {
                    document.fields = mask.project(&document.fields);
                }
                Ok(response(ResponseType::DocumentChange(DocumentChange {
                    document: Some(document),
                    target_ids: shown,
                    removed_target_ids: removed,
                })))
            }
        }
    }
}

/// Says something of targets; of none, of all.
pub(super) fn targets(
    kind: TargetChangeType,
    ids: impl Into<Vec<i32>>,
    at: Option<(Vec<u8>, Micros)>,
) -> Outgoing {
    let (resume_token, read_time) = at.map(|(token, time)| (token, Timestamp::from(time))).unzip();
    message(ResponseType::TargetChange(TargetChange {
        target_change_type: kind.into(),
        target_ids: ids.into(),
        cause: None,
        resume_token: resume_token.unwrap_or_default(),
        read_time,
    }))
}

/// Says that a target was refused or ended, and why.
pub(super) fn refused(id: i32, error: &Error) -> Outgoing {
    message(ResponseType::TargetChange(TargetChange {
        target_change_type: TargetChangeType::Remove.into(),
        target_ids: vec![id],
        cause: Some(gcloud_sdk::google::rpc::Status {
            code: error.code().into(),
            message: error.to_string(),
            details: Vec::new(),
        }),
        ..Default::default()
    }))
}

/// Says that a document does not exist any more.
pub(super) fn deleted(name: &DocumentName, removed: Vec<i32>, time: Micros) -> Outgoing {
    message(ResponseType::DocumentDelete(DocumentDelete {
        document: name.to_string(),
        removed_target_ids: removed,
        read_time: Some(time.into()),
    }))
}

/// Says that targets do not show a document any more, which still exists.
pub(super) fn removed(key: &[u8], removed: Vec<i32>, time: Micros) -> Result<Outgoing> {
    Ok(message(ResponseType::DocumentRemove(DocumentRemove {
        document: key::decode(key)?.to_string(),
        removed_target_ids: removed,
        read_time: Some(time.into()),
    })))
}

/// Says how many documents a target shows, so that a client that holds others notices.
pub(super) fn filter(id: i32, count: usize) -> Outgoing {
    message(ResponseType::Filter(ExistenceFilter {
        target_id: id,
        count: i32::try_from(count).unwrap_or(i32::MAX),
        unchanged_names: None,
    }))
}

fn message(response_type: ResponseType) -> Outgoing {
    Outgoing::Message(response(response_type))
}

fn response(response_type: ResponseType) -> ListenResponse {
    ListenResponse {
        response_type: Some(response_type),
    }
}
