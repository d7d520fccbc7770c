//! RPCs of single documents.

use super::{
    Service,
    reading::{Reading, Selector},
};
use crate::{
    engine::Write,
    error::{Error, Result},
    mask::Mask,
    path::{CollectionName, DatabaseName, DocumentName, ParentName},
    precondition::Precondition,
    proto::{
        BatchGetDocumentsRequest, BatchGetDocumentsResponse, CreateDocumentRequest, DeleteDocumentRequest,
        Document, DocumentMask, GetDocumentRequest, UpdateDocumentRequest,
        batch_get_documents_request as batch_get, batch_get_documents_response, get_document_request as get,
    },
    storage::{Commit, Committed, Row},
};

/// Letters of ids that the server makes.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Length of such ids; 119 bits of randomness.
const AUTO_ID_LENGTH: usize = 20;

impl Service {
    pub(super) fn get(&self, request: GetDocumentRequest) -> Result<Document> {
        let name = DocumentName::parse(&request.name)?;
        let mask = request.mask.as_ref().map(Mask::for_reading).transpose()?;
        let selector = match request.consistency_selector {
            None => Selector::Newest,
            Some(get::ConsistencySelector::Transaction(id)) => Selector::Transaction(id),
            Some(get::ConsistencySelector::ReadTime(time)) => Selector::At(time),
        };
        let mut reading = self.reading(&name.database, selector)?;
        reading.lock(std::slice::from_ref(&name))?;
        let row = reading.document(&name)?;
        let row = row.ok_or_else(|| Error::NotFound(format!("Document \"{name}\" not found.")))?;
        masked(&row, mask.as_ref())
    }

    pub(super) fn batch_get(
        &self,
        request: BatchGetDocumentsRequest,
    ) -> Result<Vec<BatchGetDocumentsResponse>> {
        let database = DatabaseName::parse(&request.database)?;
        let mask = request.mask.as_ref().map(Mask::for_reading).transpose()?;
        let mut names: Vec<DocumentName> = Vec::with_capacity(request.documents.len());
        let mut seen = std::collections::BTreeSet::new();
        for name in &request.documents {
            let name = DocumentName::parse_in(name, &database)?;
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
        let selector = match request.consistency_selector {
            None => Selector::Newest,
            Some(batch_get::ConsistencySelector::Transaction(id)) => Selector::Transaction(id),
            Some(batch_get::ConsistencySelector::NewTransaction(options)) => {
                Selector::NewTransaction(options)
            }
            Some(batch_get::ConsistencySelector::ReadTime(time)) => Selector::At(time),
        };
        let mut reading = self.reading(&database, selector)?;
        reading.lock(&names)?;
        let mut responses = Vec::with_capacity(names.len() + 1);
        let began = std::mem::take(&mut reading.began);
        if !began.is_empty() {
            responses.push(BatchGetDocumentsResponse {
                transaction: began,
                ..Default::default()
            });
        }
        for name in names {
            responses.push(batch_get_one(&reading, &name, mask.as_ref())?);
        }
        Ok(responses)
    }

    pub(super) async fn create(&self, request: CreateDocumentRequest) -> Result<Document> {
        let parent = ParentName::parse(&request.parent)?;
        let collection = CollectionName::new(&parent, &request.collection_id)?;
        let id = match request.document_id.as_str() {
            "" => auto_id()?,
            id => id.to_owned(),
        };
        let name = collection.new_document(&id)?;
        let fields = request.document.unwrap_or_default().fields;
        let write = Write::update(name, fields, None, Precondition::Exists(false))?;
        self.write_one(write, request.mask.as_ref()).await
    }

    pub(super) async fn update(&self, request: UpdateDocumentRequest) -> Result<Document> {
        let Some(document) = request.document else {
            return Err(Error::invalid("The request must hold a document."));
        };
        let name = DocumentName::parse(&document.name)?;
        let mask = request.update_mask.as_ref().map(Mask::for_writing).transpose()?;
        let precondition = Precondition::parse(request.current_document.as_ref());
        let write = Write::update(name, document.fields, mask, precondition)?;
        self.write_one(write, request.mask.as_ref()).await
    }

    pub(super) async fn delete(&self, request: DeleteDocumentRequest) -> Result<()> {
        let name = DocumentName::parse(&request.name)?;
        let precondition = Precondition::parse(request.current_document.as_ref());
        let commit = Commit {
            writes: vec![Write::delete(name, precondition)],
            reads: None,
        };
        self.apply(commit, &[]).await.map(drop)
    }

    async fn write_one(&self, write: Write, mask: Option<&DocumentMask>) -> Result<Document> {
        let mask = mask.map(Mask::for_reading).transpose()?;
        let Committed { mut documents, .. } = self
            .apply(
                Commit {
                    writes: vec![write],
                    reads: None,
                },
                &[],
            )
            .await?;
        let Some(mut document) = documents.pop() else {
            return Err(Error::Damaged(
                "a document was not there after it was written".to_owned(),
            ));
        };
        if let Some(mask) = mask {
            document.fields = mask.project(&document.fields);
        }
        Ok(document)
    }
}

fn batch_get_one(
    reading: &Reading<'_>,
    name: &DocumentName,
    mask: Option<&Mask>,
) -> Result<BatchGetDocumentsResponse> {
    let result = match reading.document(name)? {
        Some(row) => batch_get_documents_response::Result::Found(masked(&row, mask)?),
        None => batch_get_documents_response::Result::Missing(name.to_string()),
    };
    Ok(BatchGetDocumentsResponse {
        transaction: Vec::new(),
        read_time: Some(reading.time()),
        result: Some(result),
    })
}

/// Decodes a document and keeps what a mask asks for.
pub(super) fn masked(row: &Row, mask: Option<&Mask>) -> Result<Document> {
    let mut document = row.decode()?;
    if let Some(mask) = mask {
        document.fields = mask.project(&document.fields);
    }
    Ok(document)
}

/// Makes an id that nobody can guess and that spreads evenly over its alphabet.
fn auto_id() -> Result<String> {
    let mut id = String::with_capacity(AUTO_ID_LENGTH);
    while id.len() < AUTO_ID_LENGTH {
        let mut random = [0_u8; 2 * AUTO_ID_LENGTH];
        getrandom::fill(&mut random).map_err(|error| Error::Storage(format!("no randomness: {error}")))?;
        // 248 is the greatest multiple of 62 in a byte; what is above would favour the first letters.
        let even = random.iter().filter(|&&byte| byte < 248);
        id.extend(
            even.map(|&byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
                .take(AUTO_ID_LENGTH - id.len()),
        );
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_server_are_long_and_differ() {
        let ids: std::collections::BTreeSet<String> = (0..100).map(|_| auto_id().unwrap()).collect();
        assert_eq!(ids.len(), 100);
        assert!(
            ids.iter()
                .all(|id| id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        );
    }
}
