//! Parameters behind the `?`.

use super::error::ApiError;

/// The parameters of a request. Those that nobody asks for are passed over.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// Returns a parameter. An empty one counts as absent, as it does for the ancestor.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// Returns the number of items on a page, within the bounds of `(default, most)`.
    pub(super) fn limit(&self, (default, most): (usize, usize)) -> Result<usize, ApiError> {
        let Some((_, given)) = self.0.iter().find(|(key, _)| key == "limit") else {
            return Ok(default);
        };
        match given.parse() {
            Ok(limit) if (1..=most).contains(&limit) && given.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(limit)
            }
            _ => Err(ApiError::Parameter {
                name: "limit",
                expected: format!("a whole number from 1 to {most}"),
                given: given.clone(),
            }),
        }
    }

    /// Returns a time in milliseconds since 1970.
    pub(super) fn millis(&self, name: &'static str) -> Result<Option<u64>, ApiError> {
        let Some(given) = self.text(name) else {
            return Ok(None);
        };
        given.parse().map(Some).map_err(|_| ApiError::Parameter {
            name,
            expected: "a time in milliseconds since 1970".to_owned(),
            given: given.to_owned(),
        })
    }
}
