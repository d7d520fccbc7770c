//! Resume tokens: a time and the data file that it is a time of. They hold over a restart of the server.

use prost_types::Timestamp;

use crate::{proto::target::ResumeType, time::Micros};

/// Where a target begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resume {
    /// The client knows nothing.
    Anew,
    /// The client knows everything up to a time.
    After(Micros),
    /// The client knows something of which nothing can be said any more.
    Unknown,
}

/// Makes the token of a time.
pub(super) fn token(file: i64, time: Micros) -> Vec<u8> {
    [file.to_be_bytes(), time.0.to_be_bytes()].concat()
}

impl Resume {
    /// Reads where a client wants to go on.
    pub(super) fn parse(resume: Option<&ResumeType>, file: i64) -> Self {
        match resume {
            None => Self::Anew,
            Some(ResumeType::ResumeToken(token)) if token.is_empty() => Self::Anew,
            Some(ResumeType::ResumeToken(token)) => Self::of_token(token, file),
            Some(ResumeType::ReadTime(time)) => Self::of_time(time),
        }
    }

    fn of_token(token: &[u8], file: i64) -> Self {
        match (token.first_chunk::<8>(), token.last_chunk::<8>()) {
            (Some(of), Some(time)) if token.len() == 16 && i64::from_be_bytes(*of) == file => {
                Self::After(Micros(i64::from_be_bytes(*time)))
            }
            _ => Self::Unknown,
        }
    }

    fn of_time(time: &Timestamp) -> Self {
        Self::After(Micros::from(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(token: Vec<u8>) -> Resume {
        Resume::parse(Some(&ResumeType::ResumeToken(token)), 7)
    }

    #[test]
    fn a_token_leads_back_to_its_time_in_its_own_file_only() {
        assert_eq!(parse(token(7, Micros(42))), Resume::After(Micros(42)));
        assert_eq!(parse(token(8, Micros(42))), Resume::Unknown);
        assert_eq!(parse(vec![1; 15]), Resume::Unknown);
        assert_eq!(parse(vec![1; 40]), Resume::Unknown);
        assert_eq!(parse(Vec::new()), Resume::Anew);
    }
}
