//! Files that belong to the page.

use axum::{
    Router,
    http::{HeaderName, header},
    routing::get,
};

/// The moon.
const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><circle cx=\"16\" cy=\"16\" r=\"16\" \
                    fill=\"#0b1020\"/><path d=\"M21 23.5A10 10 0 0 1 14 6a10 10 0 1 0 11.5 14.2A10 10 0 0 1 21 23.5z\" \
                    fill=\"#f5d98b\"/></svg>";

/// Returns their routes. A browser asks again whether they changed with the program.
pub(super) fn router() -> Router {
    let file = |kind: &'static str, content: &'static str| {
        let headers: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, kind)];
        get(move || async move { (headers, content) })
    };
    Router::new()
        .route(
            "/style.css",
            file("text/css; charset=utf-8", include_str!("style.css")),
        )
        .route(
            "/page.js",
            file("text/javascript; charset=utf-8", include_str!("page.js")),
        )
        .route(
            "/live.js",
            file("text/javascript; charset=utf-8", include_str!("live.js")),
        )
        .route(
            "/editor.js",
            file("text/javascript; charset=utf-8", include_str!("editor.js")),
        )
        .route("/icon.svg", file("image/svg+xml", ICON))
}
