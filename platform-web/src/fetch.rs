//! HTTP by the browser's own client.

use crate::{exception::exception, js::window};
use app::fetch::{Request, Response};
use session::platform::Exception;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit};

/// Performs a request and reads its answer to the end.
pub async fn fetch(request: Request) -> Result<Response, Exception> {
    let init = RequestInit::new();
    init.set_method(request.method.name());
    let headers = Headers::new().map_err(exception)?;
    init.set_headers(&headers);
    if let Some(token) = &request.bearer {
        let credential = format!("Bearer {token}");
        headers.set("authorization", &credential).map_err(exception)?;
    }
    if let Some(json) = &request.json {
        headers
            .set("content-type", "application/json")
            .map_err(exception)?;
        init.set_body(&JsValue::from_str(json));
    }
    let answer = window().fetch_with_str_and_init(&request.url, &init);
    let answer: web_sys::Response = JsFuture::from(answer).await.map_err(exception)?.unchecked_into();
    let body = JsFuture::from(answer.text().map_err(exception)?)
        .await
        .map_err(exception)?;
    Ok(Response {
        status: answer.status(),
        body: body.as_string().unwrap_or_default(),
    })
}
