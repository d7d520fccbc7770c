//! The posts API, from the client's side.

use crate::links::percent_encoded;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use wire::{
    limits::POSTS_PAGE,
    posts::{ErrorBody, Post, PostData},
    routes::API,
};

/// Why the server gave no answer, or not the one that was hoped for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer at all.
    #[error("the server cannot be reached")]
    Away,
    /// There is no such post.
    #[error("there is no such post")]
    Missing,
    /// More than the server takes.
    #[error("the post is too large")]
    TooLarge,
    /// Anything else, in the server's words.
    #[error("{0}")]
    Said(String),
}

/// The API of one server.
#[derive(Debug, Clone)]
pub struct Posts {
    client: Client,
    base: String,
}

impl Posts {
    /// The API of the server at this origin.
    pub fn at(origin: &str) -> Self {
        Self {
            client: Client::new(),
            base: format!("{origin}{API}/posts"),
        }
    }

    /// Returns a page of posts, newest first, and whether there may be more. `after` is the last post of the page before.
    pub async fn list(&self, after: Option<&str>) -> Result<(Vec<Post>, bool), Failure> {
        let limit = POSTS_PAGE.0;
        let mut url = format!("{}?limit={limit}", self.base);
        if let Some(after) = after {
            url.push_str("&last=");
            url.push_str(&percent_encoded(after));
        }
        let posts: Vec<Post> = answer(self.client.get(url)).await?;
        let more = posts.len() == limit;
        Ok((posts, more))
    }

    /// Returns one post.
    pub async fn read(&self, id: &str) -> Result<Post, Failure> {
        answer(self.one(Method::GET, id)).await
    }

    /// Stores a new post.
    pub async fn write(&self, data: &PostData) -> Result<Post, Failure> {
        answer(self.client.post(&self.base).json(data)).await
    }

    /// Changes the fields of a post that `data` holds.
    pub async fn change(&self, id: &str, data: &PostData) -> Result<(), Failure> {
        accepted(self.one(Method::PUT, id).json(data)).await.map(drop)
    }

    /// Deletes a post. One that is gone already is no failure: that is what was wanted.
    pub async fn delete(&self, id: &str) -> Result<(), Failure> {
        match accepted(self.one(Method::DELETE, id)).await {
            Ok(_) | Err(Failure::Missing) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    fn one(&self, method: Method, id: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/{}", self.base, percent_encoded(id)))
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    let body = accepted(request).await?;
    serde_json::from_slice(&body).map_err(|error| Failure::Said(error.to_string()))
}

async fn accepted(request: RequestBuilder) -> Result<Vec<u8>, Failure> {
    let response = request.send().await.map_err(away)?;
    let status = response.status();
    let body = response.bytes().await.map_err(away)?;
    if status.is_success() {
        return Ok(body.into());
    }
    Err(failure(status, &body))
}

fn away(error: reqwest::Error) -> Failure {
    tracing::debug!(%error, "no answer");
    Failure::Away
}

fn failure(status: StatusCode, body: &[u8]) -> Failure {
    match status {
        StatusCode::NOT_FOUND => Failure::Missing,
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
        // A proxy speaks for a server that is not there.
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Failure::Away
        }
        other => Failure::Said(
            serde_json::from_slice(body).map_or_else(|_| other.to_string(), |ErrorBody { error }| error),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_keeps_the_servers_words_and_survives_a_body_that_is_none() {
        let said = failure(StatusCode::BAD_REQUEST, br#"{"error": "limit must be 1 to 100"}"#);
        assert_eq!(said, Failure::Said("limit must be 1 to 100".into()));
        assert_eq!(
            failure(StatusCode::BAD_REQUEST, b"<html>"),
            Failure::Said("400 Bad Request".into())
        );
        assert_eq!(failure(StatusCode::NOT_FOUND, b""), Failure::Missing);
        assert_eq!(failure(StatusCode::PAYLOAD_TOO_LARGE, b"{}"), Failure::TooLarge);
        assert_eq!(failure(StatusCode::BAD_GATEWAY, b"nginx"), Failure::Away);
    }
}
