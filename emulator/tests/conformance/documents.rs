//! Reads and writes of single documents: masks, preconditions, lists.

use std::collections::BTreeSet;

use gcloud_sdk::google::firestore::v1::{
    BatchGetDocumentsRequest, CreateDocumentRequest, DeleteDocumentRequest, DocumentMask, GetDocumentRequest,
    ListCollectionIdsRequest, ListDocumentsRequest, Precondition, UpdateDocumentRequest,
    batch_get_documents_response::Result as Found, precondition::ConditionType,
};
use prost_types::Timestamp;

use super::{
    Transcript, show,
    support::{Client, DATABASE, ROOT, array, document, exists, int, map, null, text},
};

fn mask(paths: &[&str]) -> Option<DocumentMask> {
    Some(DocumentMask {
        field_paths: paths.iter().map(|&path| path.to_owned()).collect(),
    })
}

pub async fn run(mut client: Client, transcript: &mut Transcript) {
    creating(&mut client, transcript).await;
    updating(&mut client, transcript).await;
    reading(&mut client, transcript).await;
    listing(&mut client, transcript).await;
    deleting(&mut client, transcript).await;
}

async fn creating(client: &mut Client, transcript: &mut Transcript) {
    let request = |collection: &str, id: &str| CreateDocumentRequest {
        parent: ROOT.to_owned(),
        collection_id: collection.to_owned(),
        document_id: id.to_owned(),
        document: Some(document("", [("n", int(1))])),
        ..Default::default()
    };
    let long = "x".repeat(1_501);
    let cases = [
        ("c", "a"),
        ("c", "a"),
        ("c", "月 😀"),
        ("c", "__x__"),
        ("c", "."),
        ("c", ".."),
        ("c", "a/b"),
        ("c", long.as_str()),
        ("__c__", "a"),
        ("", "a"),
        ("c/d", "a"),
    ];
    for (number, (collection, id)) in cases.into_iter().enumerate() {
        let mut request = request(collection, id);
        request.document.as_mut().unwrap().name.clear();
        let answer = client.create_document(request).await;
        let shown = id.chars().take(10).collect::<String>();
        let answer = show::outcome(answer, |created| show::document(created.get_ref()));
        transcript.insert(format!("create {number} {collection} {shown}"), answer);
    }
    let mut auto = request("auto", "");
    auto.document.as_mut().unwrap().name.clear();
    let created = client.create_document(auto).await.unwrap().into_inner();
    transcript.insert(
        "create auto".to_owned(),
        format!("{} letters", show::name(&created.name).len() - 5),
    );
    transcript.insert(
        "create times".to_owned(),
        format!("{}", created.create_time == created.update_time),
    );
    let mut masked = request("c", "masked");
    masked.document.as_mut().unwrap().name.clear();
    masked.mask = mask(&["none"]);
    let answer = client.create_document(masked).await;
    transcript.insert(
        "create mask".to_owned(),
        show::outcome(answer, |created| show::document(created.get_ref())),
    );
}

async fn updating(client: &mut Client, transcript: &mut Transcript) {
    let start = || {
        document(
            "u/a",
            [
                ("a", map([("x", int(1)), ("y", int(2))])),
                ("b.c", int(3)),
                ("d", array([int(1)])),
                ("e", text("e")),
            ],
        )
    };
    let masks: [(&str, Option<DocumentMask>); 15] = [
        ("all", None),
        ("empty", mask(&[])),
        ("field", mask(&["a"])),
        ("nested", mask(&["a.x"])),
        ("nested missing", mask(&["a.z"])),
        ("deep", mask(&["n.e.w"])),
        ("through text", mask(&["e.f"])),
        ("quoted", mask(&["`b.c`"])),
        ("quoted plain", mask(&["`a`.`x`"])),
        ("removed", mask(&["d", "e"])),
        ("removed nested", mask(&["a.y"])),
        ("conflict", mask(&["a", "a.x"])),
        ("twice", mask(&["a", "a"])),
        ("name", mask(&["__name__"])),
        ("broken", mask(&["a..b"])),
    ];
    for (name, update_mask) in masks {
        let request = UpdateDocumentRequest {
            document: Some(start()),
            ..Default::default()
        };
        client.update_document(request).await.unwrap();
        let mut new = document(
            "u/a",
            [("a", map([("x", int(9)), ("w", null())])), ("b.c", int(8))],
        );
        new.fields
            .insert("n".to_owned(), map([("e", map([("w", int(7))]))]));
        new.fields.insert("unmasked".to_owned(), int(1));
        if name.starts_with("through") {
            new.fields.insert("e".to_owned(), map([("f", int(1))]));
        }
        let request = UpdateDocumentRequest {
            document: Some(new),
            update_mask,
            ..Default::default()
        };
        let answer = client.update_document(request).await;
        let answer = show::outcome(answer, |updated| show::document(updated.get_ref()));
        transcript.insert(format!("update mask {name}"), answer);
    }
    let stored = client
        .update_document(UpdateDocumentRequest {
            document: Some(start()),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    let again = client
        .update_document(UpdateDocumentRequest {
            document: Some(start()),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    let answer = format!(
        "{} {}",
        stored.create_time == again.create_time,
        stored.update_time == again.update_time
    );
    transcript.insert("update without change".to_owned(), answer);
    let at = |update_time: Option<Timestamp>| {
        Some(Precondition {
            condition_type: update_time.map(ConditionType::UpdateTime),
        })
    };
    let old = at(Some(Timestamp { seconds: 1, nanos: 0 }));
    let conditions = [
        ("exists", "u/a", exists(true)),
        ("exists not", "u/a", exists(false)),
        ("missing exists", "u/b", exists(true)),
        ("missing exists not", "u/c", exists(false)),
        ("time", "u/a", at(again.update_time)),
        ("old time", "u/a", old),
        ("missing time", "u/d", old),
        ("empty", "u/a", at(None)),
        ("upsert", "u/e", None),
    ];
    for (name, path, current_document) in conditions {
        let document = Some(document(path, [("n", int(1))]));
        let answer = client
            .update_document(UpdateDocumentRequest {
                document,
                current_document,
                ..Default::default()
            })
            .await;
        let answer = show::outcome(answer, |updated| show::document(updated.get_ref()));
        transcript.insert(format!("update condition {name}"), answer);
    }
    for path in ["u", "u/a/b", "", "u//a", "u/__a__", "u/a/__b__/c"] {
        let document = Some(document(path, [("n", int(1))]));
        let answer = client
            .update_document(UpdateDocumentRequest {
                document,
                ..Default::default()
            })
            .await;
        transcript.insert(
            format!("update name '{path}'"),
            show::outcome(answer, |_| "ok".to_owned()),
        );
    }
}

async fn reading(client: &mut Client, transcript: &mut Transcript) {
    let stored = document(
        "r/a",
        [
            ("a", map([("x", int(1)), ("y", int(2))])),
            ("b.c", int(3)),
            ("é", int(4)),
        ],
    );
    client
        .update_document(UpdateDocumentRequest {
            document: Some(stored),
            ..Default::default()
        })
        .await
        .unwrap();
    let masks = [
        ("none", None),
        ("empty", mask(&[])),
        ("field", mask(&["a"])),
        ("nested", mask(&["a.y"])),
        ("both", mask(&["a", "a.y"])),
        ("quoted", mask(&["`b.c`"])),
        ("unquoted accent", mask(&["é"])),
        ("quoted accent", mask(&["`é`"])),
        ("name", mask(&["__name__"])),
        ("broken", mask(&["a..b"])),
    ];
    for (name, mask) in masks {
        let request = GetDocumentRequest {
            name: format!("{ROOT}/r/a"),
            mask,
            ..Default::default()
        };
        let answer = client.get_document(request).await;
        transcript.insert(
            format!("get {name}"),
            show::outcome(answer, |found| show::document(found.get_ref())),
        );
    }
    for path in ["r/none", "r", "r/a/b", "r/a/b/c", "__r__/a"] {
        let request = GetDocumentRequest {
            name: format!("{ROOT}/{path}"),
            ..Default::default()
        };
        let answer = client.get_document(request).await;
        transcript.insert(
            format!("get name {path}"),
            show::outcome(answer, |_| "ok".to_owned()),
        );
    }
    let documents = ["r/a", "r/none", "r/a"]
        .map(|path| format!("{ROOT}/{path}"))
        .to_vec();
    let request = BatchGetDocumentsRequest {
        database: DATABASE.to_owned(),
        documents,
        ..Default::default()
    };
    let mut answers = client.batch_get_documents(request).await.unwrap().into_inner();
    let mut found = BTreeSet::new();
    let mut count = 0;
    while let Some(answer) = answers.message().await.unwrap() {
        count += 1;
        found.insert(match answer.result {
            Some(Found::Found(document)) => show::document(&document),
            Some(Found::Missing(name)) => format!("no {}", show::name(&name)),
            None => "nothing".to_owned(),
        });
    }
    transcript.insert("batch get".to_owned(), format!("{count} {found:?}"));
}

async fn listing(client: &mut Client, transcript: &mut Transcript) {
    for number in 0..25 {
        let fields = [("n", int(number % 5)), ("m", int(number))];
        let document = Some(document(&format!("l/{number:02}"), fields));
        client
            .update_document(UpdateDocumentRequest {
                document,
                ..Default::default()
            })
            .await
            .unwrap();
    }
    let deep = Some(document("l/03/deep/x", [("n", int(1))]));
    client
        .update_document(UpdateDocumentRequest {
            document: deep,
            ..Default::default()
        })
        .await
        .unwrap();
    let cases = [
        ("all", "", 100, None),
        ("pages", "", 10, None),
        ("by field", "n desc", 10, None),
        ("by two", "n, m desc", 7, None),
        ("masked", "", 100, mask(&["n"])),
        ("broken order", "n up", 10, None),
        ("negative", "", -1, None),
    ];
    for (name, order_by, page_size, mask) in cases {
        let mut request = ListDocumentsRequest {
            parent: ROOT.to_owned(),
            collection_id: "l".to_owned(),
            page_size,
            order_by: order_by.to_owned(),
            mask,
            ..Default::default()
        };
        let mut pages = Vec::new();
        loop {
            match client.list_documents(request.clone()).await {
                Ok(page) => {
                    let page = page.into_inner();
                    let shown: Vec<_> = page.documents.iter().map(show::document).collect();
                    pages.push(shown.join("; "));
                    if page.next_page_token.is_empty() {
                        break;
                    }
                    request.page_token = page.next_page_token;
                }
                Err(status) => {
                    pages.push(show::error(&status));
                    break;
                }
            }
        }
        transcript.insert(format!("list {name}"), pages.join(" | "));
    }
    for parent in [ROOT.to_owned(), format!("{ROOT}/l/03"), format!("{ROOT}/l/04")] {
        let request = ListCollectionIdsRequest {
            parent: parent.clone(),
            ..Default::default()
        };
        // Google's emulator lists collections for owners only.
        let mut request = tonic::Request::new(request);
        request
            .metadata_mut()
            .insert("authorization", "Bearer owner".parse().unwrap());
        let answer = client.list_collection_ids(request).await;
        let answer = show::outcome(answer, |ids| {
            let mut ids = ids.into_inner().collection_ids;
            ids.sort();
            ids.join(" ")
        });
        transcript.insert(format!("collections of '{}'", show::name(&parent)), answer);
    }
}

async fn deleting(client: &mut Client, transcript: &mut Transcript) {
    let stored = document("x/a", [("n", int(1))]);
    client
        .update_document(UpdateDocumentRequest {
            document: Some(stored),
            ..Default::default()
        })
        .await
        .unwrap();
    let cases = [
        ("x/a", exists(false)),
        ("x/none", exists(true)),
        ("x/none", None),
        ("x/a", exists(true)),
        ("x/a", None),
        ("x", None),
    ];
    for (number, (path, current_document)) in cases.into_iter().enumerate() {
        let request = DeleteDocumentRequest {
            name: format!("{ROOT}/{path}"),
            current_document,
            ..Default::default()
        };
        let answer = client.delete_document(request).await;
        transcript.insert(
            format!("delete {number} {path}"),
            show::outcome(answer, |_| "ok".to_owned()),
        );
    }
}
