//! Which form of a file a browser gets, and whether it has it already (RFC 9110 §12.5.3, §13.1.2).

use super::site::File;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

/// Chooses the smallest form that the browser reads.
pub fn choose<'a>(file: &'a File, request: &HeaderMap) -> (Encoding, &'a Bytes) {
    let accepts = |coding| accepts(request, coding);
    match (&file.brotli, &file.gzip) {
        (Some(brotli), _) if accepts("br") => (Encoding::Brotli, brotli),
        (_, Some(gzip)) if accepts("gzip") => (Encoding::Gzip, gzip),
        _ => (Encoding::Identity, &file.plain),
    }
}

/// Names the form of a file by its content.
pub fn etag(file: &File, encoding: Encoding) -> HeaderValue {
    let form = match encoding {
        Encoding::Brotli => "br",
        Encoding::Gzip => "gz",
        Encoding::Identity => "id",
    };
    #[allow(clippy::expect_used, reason = "hexadecimal digits are a header's characters")]
    HeaderValue::try_from(format!("\"{}-{form}\"", file.hash)).expect("hexadecimal digits")
}

/// Says whether the browser has that form already.
pub fn is_known(etag: &HeaderValue, request: &HeaderMap) -> bool {
    let tags = request.get_all(header::IF_NONE_MATCH).iter();
    tags.filter_map(|tags| tags.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes())
}

fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let offers = request.get_all(header::ACCEPT_ENCODING).iter();
    offers
        .filter_map(|offers| offers.to_str().ok())
        .flat_map(|offers| offers.split(','))
        .any(|offer| {
            let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
            let weight = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|weight| weight.parse().ok());
            name.trim().eq_ignore_ascii_case(coding) && weight.unwrap_or(1.0) > 0.0
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(encodings: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(encodings).unwrap())])
    }

    fn file() -> File {
        File {
            brotli: Some(Bytes::from_static(b"b")),
            gzip: Some(Bytes::from_static(b"g")),
            ..File::new("app.js", b"plain".to_vec())
        }
    }

    #[test]
    fn the_smallest_form_is_chosen_that_the_browser_reads() {
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip", Encoding::Gzip),
            ("GZIP;q=0.5", Encoding::Gzip),
            ("br;q=0, gzip;q=1.0", Encoding::Gzip),
            ("identity", Encoding::Identity),
            ("brotli", Encoding::Identity),
            ("br; q=0", Encoding::Identity),
        ] {
            assert_eq!(choose(&file(), &accepting(accepted)).0, encoding, "{accepted}");
        }
        assert_eq!(choose(&file(), &HeaderMap::new()).0, Encoding::Identity);
    }

    #[test]
    fn a_form_that_is_not_there_is_not_chosen() {
        let bare = File::new("app.js", b"plain".to_vec());
        assert_eq!(choose(&bare, &accepting("br, gzip")).0, Encoding::Identity);
    }

    #[test]
    fn every_form_has_its_own_tag_and_is_recognised_by_it() {
        let tag = etag(&file(), Encoding::Brotli);
        assert_ne!(tag, etag(&file(), Encoding::Gzip));
        let asks = |value: HeaderValue| HeaderMap::from_iter([(header::IF_NONE_MATCH, value)]);
        assert!(is_known(&tag, &asks(tag.clone())));
        let weak = format!("\"x\", W/{}", tag.to_str().unwrap());
        assert!(is_known(&tag, &asks(weak.try_into().unwrap())));
        assert!(!is_known(&tag, &asks(HeaderValue::from_static("\"x\""))));
        assert!(!is_known(&tag, &HeaderMap::new()));
    }
}
