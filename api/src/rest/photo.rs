//! A photo is a data URL (RFC 2397) of a picture that every browser shows and that carries no script.

use super::error::ApiError;
use wire::limits::PHOTO_BYTES;

const TYPES: [&str; 4] = ["png", "jpeg", "gif", "webp"];

/// Checks the form of the URL, not what the picture shows. An empty text is a post without a photo.
pub(super) fn check(photo: &str) -> Result<(), ApiError> {
    if photo.is_empty() {
        return Ok(());
    }
    if photo.len() > PHOTO_BYTES {
        return Err(ApiError::PhotoTooLarge(photo.len()));
    }
    let url = photo.strip_prefix("data:image/").ok_or(ApiError::Photo)?;
    let (kind, data) = url.split_once(";base64,").ok_or(ApiError::Photo)?;
    if !TYPES.contains(&kind) || !is_base64(data) {
        return Err(ApiError::Photo);
    }
    Ok(())
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    !digits.is_empty()
        && text.len() - digits.len() <= 2
        && text.len().is_multiple_of(4)
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_without_scripts_pass() {
        for photo in ["", "data:image/png;base64,AAAA", "data:image/webp;base64,AA=="] {
            assert!(check(photo).is_ok(), "{photo}");
        }
        for photo in [
            "https://example.com/a.png",
            "data:image/svg+xml;base64,AAAA",
            "data:text/html;base64,AAAA",
            "data:image/png,AAAA",
            "data:image/png;base64,",
            "data:image/png;base64,AAA",
            "data:image/png;base64,A===",
            "data:image/png;base64,A=AA",
            "data:image/png;base64,AA A",
            "data:image/png;base64,\"><x",
            "DATA:image/png;base64,AAAA",
            " data:image/png;base64,AAAA",
        ] {
            assert!(matches!(check(photo), Err(ApiError::Photo)), "{photo}");
        }
    }
}
