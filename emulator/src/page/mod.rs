//! The page: what is stored, to look at.

use std::sync::Arc;

use axum::Router;

use crate::storage::Storage;

/// Returns the routes of the page.
pub(crate) fn router(storage: Arc<Storage>) -> Router {
    Router::new().with_state(storage)
}
