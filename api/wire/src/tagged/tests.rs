//! The format is serde's own "internally tagged": an enum that derives it is the oracle.

use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Inner {
    id: String,
    more: Vec<u8>,
}

macro_rules! twin {
    ($name:ident, $attribute:meta) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
        #[$attribute]
        enum $name {
            Unit,
            New(Inner),
            Fields {
                two_words: String,
                #[serde(default, skip_serializing_if = "Option::is_none")]
                maybe: Option<u64>,
                inner: Inner,
            },
        }
    };
}

twin!(Ours, serde(remote = "Self"));
twin!(Oracle, serde(tag = "type"));
super::tagged!(Ours);

const READABLE: [&str; 9] = [
    r#"{"type":"unit"}"#,
    r#" {"x":[1,{"type":"new"}],"type":"unit"} "#,
    r#"{"type":"new","id":"a","more":[1,2]}"#,
    r#"{"id":"a","more":[],"type":"new","type2":1}"#,
    r#"{"type":"fields","twoWords":"b","maybe":7,"inner":{"id":"c","more":[]}}"#,
    r#"{"inner":{"id":"c","more":[],"type":"unit"},"twoWords":"\n\u00e9","type":"fields","from":"forged"}"#,
    r#"{"type":"fields","twoWords":"b","maybe":null,"inner":{"more":[255],"id":"c"}}"#,
    r#"{"\u0074ype":"un\u0069t"}"#,
    r#"{"twoWords":"b","inner":{"id":"c","more":[]},"type":"fields","un":{"known":[[],{}]}}"#,
];

const UNREADABLE: [&str; 15] = [
    "",
    "null",
    "[]",
    "\"unit\"",
    r#"{"type":"unit"} x"#,
    r#"{"type":"unit""#,
    r#"{"type":"Unit"}"#,
    r#"{"type":"other","id":"a"}"#,
    r#"{"type":1}"#,
    r#"{"id":"a","more":[1,2]}"#,
    r#"{"type":"unit","type":"unit"}"#,
    r#"{"type":"new","id":"a"}"#,
    r#"{"type":"new","id":"a","more":[256]}"#,
    r#"{"type":"fields","twoWords":"a","twoWords":"b","inner":{"id":"c","more":[]}}"#,
    r#"{"type":"fields","two_words":"a","inner":{"id":"c","more":[]}}"#,
];

fn as_json<T: Serialize>(value: T) -> String {
    serde_json::to_string(&value).unwrap()
}

#[test]
fn what_serde_reads_is_read_and_written_alike() {
    for text in READABLE {
        let oracle: Oracle = serde_json::from_str(text).unwrap();
        let ours = Ours::from_json(text).unwrap();
        assert_eq!(format!("{ours:?}"), format!("{oracle:?}"), "{text}");
        assert_eq!(serde_json::from_str::<Ours>(text).unwrap(), ours, "{text}");
        assert_eq!(as_json(&ours), as_json(&oracle), "{text}");
        assert_eq!(
            serde_json::to_value(&ours).unwrap(),
            serde_json::to_value(&oracle).unwrap(),
            "{text}"
        );
    }
}

#[test]
fn what_serde_refuses_is_refused() {
    for text in UNREADABLE {
        serde_json::from_str::<Oracle>(text).expect_err(text);
        Ours::from_json(text).expect_err(text);
    }
}

#[test]
fn a_list_is_no_message() {
    // serde would take the first element for the type.
    Ours::from_json(r#"["unit"]"#).unwrap_err();
    Ours::from_json(r#"["new", "a", []]"#).unwrap_err();
}

#[test]
fn a_refusal_says_why() {
    let why = |text| Ours::from_json(text).unwrap_err().to_string();
    assert!(why(r#"{"type":"x"}"#).contains("unknown variant `x`, expected one of `unit`, `new`, `fields`"));
    assert!(why("{}").contains("missing field `type`"));
    assert!(why(r#"{"type":"new","id":"a"}"#).contains("missing field `more`"));
    assert_eq!(json!(Ours::Unit), json!({"type": "unit"}));
}
