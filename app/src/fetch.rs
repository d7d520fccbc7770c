//! HTTP as far as the components need it. The platform performs it: a browser has an HTTP client of its own, and a second
//! one (with its URL, header and IDNA tables) would be a fifth of what it downloads.

/// A request to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// A JSON body.
    pub json: Option<String>,
    /// A token to show (RFC 6750 §2.1).
    pub bearer: Option<String>,
}

/// The methods of the posts API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Put,
    /// Deletes.
    Delete,
}

/// An answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code (RFC 9110 §15).
    pub status: u16,
    /// The body as text.
    pub body: String,
}

impl Request {
    /// Makes a request without a body.
    pub fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            json: None,
            bearer: None,
        }
    }

    /// Gives it a body.
    pub fn json(self, body: String) -> Self {
        Self {
            json: Some(body),
            ..self
        }
    }
}

impl Method {
    /// Returns the method's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}
