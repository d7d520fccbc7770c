//! What a signed token says, and whether that is enough. No I/O: the keys are given.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::str::FromStr;

/// How far clocks may differ, in seconds.
const LEEWAY: u64 = 60;

/// The signatures that are good. None for which the verifier would hold the signer's secret.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// A claim that a token must hold, such as `groups=staff`: as its value, or among its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    claim: String,
    value: String,
}

/// A text that is no [`Requirement`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a claim and its value are wanted, such as groups=staff")]
pub struct BadRequirement;

/// What every token must say.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub issuer: &'a str,
    pub audience: &'a [String],
    pub require: &'a [Requirement],
    /// Of a sign-in: the number used once that it began with.
    pub nonce: Option<&'a str>,
}

/// What became of a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    /// It may be good: it names a key that is not among these.
    UnknownKey,
    Bad,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

/// Reads the keys of an issuer (RFC 7517 §5). One of a kind that is not known here is passed over, as §5 wants it.
pub(super) fn keys(document: &Value) -> JwkSet {
    let keys = document.get("keys").and_then(Value::as_array);
    let keys = keys.into_iter().flatten();
    JwkSet {
        keys: keys.filter_map(|key| Jwk::deserialize(key).ok()).collect(),
    }
}

/// Looks at a token (RFC 7519 §7.2; OpenID Connect Core §3.1.3.7).
pub(super) fn verify(token: &str, keys: &JwkSet, wanted: &Wanted<'_>) -> Verdict {
    let Ok(header) = decode_header(token) else {
        return Verdict::Bad;
    };
    if !ALGORITHMS.contains(&header.alg) {
        return Verdict::Bad;
    }
    let candidates: Vec<&Jwk> = match &header.kid {
        Some(kid) => keys.find(kid).into_iter().collect(),
        None => keys.keys.iter().collect(),
    };
    if candidates.is_empty() {
        return Verdict::UnknownKey;
    }
    let mut validation = Validation::new(header.alg);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_issuer(&[wanted.issuer]);
    validation.set_audience(wanted.audience);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    let claims = candidates
        .into_iter()
        .filter(|key| is_for_signatures(key))
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| decode::<Claims>(token, &key, &validation).ok());
    let Some(claims) = claims.map(|data| data.claims.all) else {
        return Verdict::Bad;
    };
    let is_this_sign_in = wanted
        .nonce
        .is_none_or(|nonce| claims.get("nonce").and_then(Value::as_str) == Some(nonce));
    if is_this_sign_in && wanted.require.iter().all(|required| required.is_met(&claims)) {
        Verdict::Good
    } else {
        Verdict::Bad
    }
}

fn is_for_signatures(key: &Jwk) -> bool {
    let common = &key.common;
    let of_use = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let of_operations =
        (common.key_operations.as_ref()).is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    of_use && of_operations
}

impl Requirement {
    fn is_met(&self, claims: &Map<String, Value>) -> bool {
        let is_it = |value: &Value| match value {
            Value::String(text) => *text == self.value,
            Value::Bool(yes) => self.value == yes.to_string(),
            Value::Number(number) => self.value == number.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        };
        match claims.get(&self.claim) {
            Some(Value::Array(values)) => values.iter().any(is_it),
            Some(value) => is_it(value),
            None => false,
        }
    }
}

impl FromStr for Requirement {
    type Err = BadRequirement;

    fn from_str(text: &str) -> Result<Self, BadRequirement> {
        match text.split_once('=') {
            Some((claim, value)) if !claim.is_empty() && !value.is_empty() => Ok(Self {
                claim: claim.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(BadRequirement),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use jsonwebtoken::{EncodingKey, Header, encode};
    use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
    use serde_json::json;
    use std::time::{SystemTime, UNIX_EPOCH};

    struct Issuer {
        pair: KeyPair,
        kid: &'static str,
    }

    impl Issuer {
        fn new(kid: &'static str) -> Self {
            let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
            Self { pair, kid }
        }

        fn keys(&self, more: Value) -> JwkSet {
            // An uncompressed point: 4, x, y (SEC 1 §2.3.3).
            let point = self.pair.public_key_raw();
            let (x, y) = point[1..].split_at(32);
            let of = |bytes| URL_SAFE_NO_PAD.encode(bytes);
            let mut key = json!({"kty": "EC", "crv": "P-256", "kid": self.kid, "x": of(x), "y": of(y)});
            for (name, value) in more.as_object().unwrap() {
                key[name] = value.clone();
            }
            keys(&json!({"keys": [{"kty": "of tomorrow"}, key]}))
        }

        fn sign(&self, claims: &Value) -> String {
            let header = Header {
                kid: Some(self.kid.to_owned()),
                ..Header::new(Algorithm::ES256)
            };
            let key = EncodingKey::from_ec_der(&self.pair.serialize_der());
            encode(&header, claims, &key).unwrap()
        }
    }

    fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
    }

    fn claims() -> Value {
        json!({
            "iss": "https://id.example", "aud": ["other", "tsukiyo"], "exp": now() + 300, "nonce": "n",
            "groups": ["staff", "choir"], "hd": "example.org",
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn look(keys: &JwkSet, token: &str, require: &[&str], nonce: Option<&str>) -> Verdict {
        let require: Vec<Requirement> = require.iter().map(|text| text.parse().unwrap()).collect();
        let wanted = Wanted {
            issuer: "https://id.example",
            audience: &["tsukiyo".to_owned()],
            require: &require,
            nonce,
        };
        verify(token, keys, &wanted)
    }

    #[test]
    fn what_the_issuer_has_signed_for_us_is_good() {
        let issuer = Issuer::new("1");
        let (keys, token) = (issuer.keys(json!({})), issuer.sign(&claims()));
        assert_eq!(
            look(&keys, &token, &["groups=choir", "hd=example.org"], Some("n")),
            Verdict::Good
        );
        assert_eq!(look(&keys, &token, &["groups=board"], None), Verdict::Bad);
        assert_eq!(look(&keys, &token, &["roles=staff"], None), Verdict::Bad);
        assert_eq!(look(&keys, &token, &[], Some("another sign-in")), Verdict::Bad);
    }

    #[test]
    fn what_is_for_others_over_or_not_yet_is_bad() {
        let issuer = Issuer::new("1");
        let keys = issuer.keys(json!({}));
        for (name, value) in [
            ("iss", json!("https://id.example.evil")),
            ("iss", Value::Null),
            ("aud", json!("other")),
            ("aud", Value::Null),
            ("exp", json!(now() - 120)),
            ("exp", Value::Null),
            ("nbf", json!(now() + 120)),
        ] {
            let mut claims = with(name, value.clone());
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            }
            assert_eq!(
                look(&keys, &issuer.sign(&claims), &[], None),
                Verdict::Bad,
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn a_signature_counts_only_under_a_key_that_is_for_it() {
        let (issuer, other) = (Issuer::new("1"), Issuer::new("1"));
        let token = issuer.sign(&claims());
        assert_eq!(look(&other.keys(json!({})), &token, &[], None), Verdict::Bad);
        assert_eq!(
            look(&issuer.keys(json!({"use": "enc"})), &token, &[], None),
            Verdict::Bad
        );
        assert_eq!(
            look(&Issuer::new("2").keys(json!({})), &token, &[], None),
            Verdict::UnknownKey
        );
        let keys = issuer.keys(json!({}));
        let (head, signature) = token.rsplit_once('.').unwrap();
        let altered = head.replace('.', ".e");
        assert_eq!(
            look(&keys, &format!("{altered}.{signature}"), &[], None),
            Verdict::Bad
        );
    }

    #[test]
    fn neither_an_unsigned_token_nor_one_signed_with_the_public_key_is_good() {
        let issuer = Issuer::new("1");
        let keys = issuer.keys(json!({}));
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let unsigned = format!("{}.{}.", part(json!({"alg": "none", "kid": "1"})), part(claims()));
        assert_eq!(look(&keys, &unsigned, &[], None), Verdict::Bad);
        let header = Header {
            kid: Some("1".to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        let key = EncodingKey::from_secret(issuer.pair.public_key_raw());
        let forged = encode(&header, &claims(), &key).unwrap();
        assert_eq!(look(&keys, &forged, &[], None), Verdict::Bad);
        assert_eq!(look(&keys, "not.a.token", &[], None), Verdict::Bad);
    }

    #[test]
    fn a_requirement_names_a_claim_and_its_value() {
        for bad in ["", "groups", "=staff", "groups="] {
            assert!(bad.parse::<Requirement>().is_err(), "{bad}");
        }
    }
}
