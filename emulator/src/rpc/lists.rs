//! RPCs that list, page by page.

use prost::Message;

use super::{Service, documents::masked, missing::list_with_missing, reading::Selector};
use crate::{
    error::{Error, Result},
    mask::Mask,
    path::{CollectionName, ParentName},
    proto::{
        Cursor, ListCollectionIdsRequest, ListCollectionIdsResponse, ListDocumentsRequest,
        ListDocumentsResponse, list_collection_ids_request as ids_request, list_documents_request as request,
    },
    query::{Query, collection_ids, parse_order_text},
};

/// Documents of a page whose size was not named.
const DEFAULT_PAGE: usize = 300;
/// Bytes of documents in one page: clients accept messages of 4 MiB unless told otherwise.
pub(super) const MAX_PAGE_BYTES: usize = 3 * 1024 * 1024;

impl Service {
    pub(super) async fn list(&self, list_request: ListDocumentsRequest) -> Result<ListDocumentsResponse> {
        let parent = ParentName::parse(&list_request.parent)?;
        let mask = list_request.mask.as_ref().map(Mask::for_reading).transpose()?;
        let size = page_size(list_request.page_size)?;
        let order = parse_order_text(&list_request.order_by)?;
        let selector = match list_request.consistency_selector {
            None => Selector::Newest,
            Some(request::ConsistencySelector::Transaction(id)) => Selector::Transaction(id),
            Some(request::ConsistencySelector::ReadTime(time)) => Selector::At(time),
        };
        let reading = self.reading(&parent.database, selector)?;
        let collection = match list_request.collection_id.as_str() {
            "" => None,
            id => Some(CollectionName::new(&parent, id)?),
        };
        if list_request.show_missing {
            let Some(collection) = collection.filter(|_| list_request.order_by.is_empty()) else {
                return Err(Error::invalid(
                    "show_missing needs a collection_id and allows no order_by.",
                ));
            };
            return list_with_missing(
                &reading,
                &collection,
                &list_request.page_token,
                size,
                mask.as_ref(),
            );
        }
        let mut query = match collection {
            Some(collection) => Query::list(collection, order),
            None => Query::list_children(parent, order),
        };
        if !list_request.page_token.is_empty() {
            query = query.after(&read_token(&list_request.page_token)?)?;
        }
        // One more than asked for tells whether another page follows.
        let outcome = reading
            .query(query.clone().with_limit(size.saturating_add(1)))
            .await?;
        let mut response = ListDocumentsResponse::default();
        let mut bytes = 0;
        for (index, found) in outcome.found.iter().enumerate() {
            bytes += found.row.body().len();
            if index == size || (index > 0 && bytes > MAX_PAGE_BYTES) {
                let last = &outcome.found[index - 1];
                response.next_page_token = write_token(&query.cursor_after(last)?);
                break;
            }
            response.documents.push(masked(&found.row, mask.as_ref())?);
        }
        Ok(response)
    }

    pub(super) fn collection_ids(
        &self,
        request: &ListCollectionIdsRequest,
    ) -> Result<ListCollectionIdsResponse> {
        let parent = ParentName::parse(&request.parent)?;
        let size = page_size(request.page_size)?;
        let selector = match &request.consistency_selector {
            None => Selector::Newest,
            Some(ids_request::ConsistencySelector::ReadTime(time)) => Selector::At(*time),
        };
        let reading = self.reading(&parent.database, selector)?;
        let (collection_ids, more) = collection_ids(reading.snapshot(), &parent, &request.page_token, size)?;
        let next_page_token = more
            .then(|| collection_ids.last().cloned())
            .flatten()
            .unwrap_or_default();
        Ok(ListCollectionIdsResponse {
            collection_ids,
            next_page_token,
        })
    }
}

fn page_size(size: i32) -> Result<usize> {
    match usize::try_from(size) {
        Ok(0) => Ok(DEFAULT_PAGE),
        Ok(size) => Ok(size),
        Err(_) => Err(Error::invalid(format!("Page size must not be negative: {size}."))),
    }
}

/// A page's token is the cursor behind its last document, in hexadecimal.
fn write_token(cursor: &Cursor) -> String {
    cursor
        .encode_to_vec()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn read_token(token: &str) -> Result<Cursor> {
    let invalid = || Error::invalid("Invalid page token.");
    if !token.is_ascii() || !token.len().is_multiple_of(2) {
        return Err(invalid());
    }
    let bytes: Vec<u8> = (0..token.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&token[at..at + 2], 16).map_err(|_| invalid()))
        .collect::<Result<_>>()?;
    Cursor::decode(bytes.as_slice()).map_err(|_| invalid())
}
