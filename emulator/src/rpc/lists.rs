//! RPCs that list, page by page.

use prost::Message;

use super::{Service, documents::masked, reading::Selector};
use crate::{
    error::{Error, Result},
    mask::Mask,
    path::{CollectionName, ParentName, key},
    proto::{
        Cursor, ListCollectionIdsRequest, ListCollectionIdsResponse, ListDocumentsRequest,
        ListDocumentsResponse, list_collection_ids_request as ids_request, list_documents_request as request,
    },
    query::{Query, parse_order_text},
    storage::Snapshot,
};

/// Documents of a page whose size was not named.
const DEFAULT_PAGE: usize = 300;
/// Bytes of documents in one page: clients accept messages of 4 MiB unless told otherwise.
const MAX_PAGE_BYTES: usize = 3 * 1024 * 1024;

impl Service {
    pub(super) async fn list(&self, list_request: ListDocumentsRequest) -> Result<ListDocumentsResponse> {
        let parent = ParentName::parse(&list_request.parent)?;
        if list_request.collection_id.is_empty() {
            return Err(Error::unimplemented("ListDocuments without collection_id"));
        }
        if list_request.show_missing {
            return Err(Error::unimplemented("ListDocuments with show_missing"));
        }
        let collection = CollectionName::new(&parent, &list_request.collection_id)?;
        let mask = list_request.mask.as_ref().map(Mask::for_reading).transpose()?;
        let size = page_size(list_request.page_size)?;
        let mut query = Query::list(collection, parse_order_text(&list_request.order_by)?);
        if !list_request.page_token.is_empty() {
            query = query.after(&read_token(&list_request.page_token)?)?;
        }
        let selector = match list_request.consistency_selector {
            None => Selector::Newest,
            Some(request::ConsistencySelector::Transaction(id)) => Selector::Transaction(id),
            Some(request::ConsistencySelector::ReadTime(time)) => Selector::At(time),
        };
        let reading = self.reading(&parent.database, selector)?;
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

/// Lists the collections right below a parent that come after `after`, and tells whether there are more. It leaps from
/// collection to collection, whatever they hold.
pub(crate) fn collection_ids(
    snapshot: &Snapshot,
    parent: &ParentName,
    after: &str,
    limit: usize,
) -> Result<(Vec<String>, bool)> {
    let prefix = key::descendants(parent);
    let end = key::after(&prefix);
    let behind = |id: &str| key::after(&key::collection_tree(&parent.collection(id)));
    let mut from = if after.is_empty() {
        prefix.clone()
    } else {
        behind(after)
    };
    let mut ids = Vec::new();
    while let Some(found) = snapshot.tables.first_key(&from, &end)? {
        if ids.len() == limit {
            return Ok((ids, true));
        }
        let id = key::take_string(&mut &found[prefix.len()..])?;
        from = behind(&id);
        ids.push(id);
    }
    Ok((ids, false))
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
