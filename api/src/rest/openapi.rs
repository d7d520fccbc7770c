//! The description of the API, served as it is written.

use super::reply;
use warp::reply::Response;

const DOCUMENT: &str = include_str!("../../openapi.json");

pub(super) fn document() -> Response {
    reply::json_text(DOCUMENT)
}
