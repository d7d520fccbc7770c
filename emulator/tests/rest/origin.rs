//! Pages of strangers may not ask, whatever a browser lets them send.

use super::{http::ask, support::in_memory};

const ROOT: &str = "/v1/projects/test/databases/(default)/documents";

#[tokio::test]
async fn only_pages_of_this_machine_may_ask() {
    let (server, _) = in_memory().await;
    let address = server.grpc_addr().to_string();
    let from = |origin: &'static str| [("Origin", origin), ("Content-Type", "text/plain")];
    let refused = ask(
        &address,
        "POST",
        &format!("{ROOT}/c"),
        &from("http://evil.example"),
        "{}",
    )
    .await;
    assert_eq!(refused.status, 403);
    assert!(
        !refused.head.contains("access-control-allow-origin"),
        "{}",
        refused.head
    );
    let delete = "/emulator/v1/projects/test/databases/(default)/documents";
    assert_eq!(
        ask(&address, "DELETE", delete, &from("http://evil.example"), "")
            .await
            .status,
        403
    );

    let served = ask(
        &address,
        "POST",
        &format!("{ROOT}/c"),
        &from("http://localhost:3000"),
        "{}",
    )
    .await;
    assert_eq!(served.status, 200);
    assert!(
        served
            .head
            .contains("access-control-allow-origin: http://localhost:3000"),
        "{}",
        served.head
    );
    let preflight = [
        ("Origin", "http://localhost:3000"),
        ("Access-Control-Request-Method", "PATCH"),
        ("Access-Control-Request-Headers", "content-type,x-firebase-gmpid"),
    ];
    let allowed = ask(&address, "OPTIONS", &format!("{ROOT}/c/a"), &preflight, "").await;
    assert_eq!(allowed.status, 204);
    assert!(
        allowed
            .head
            .contains("access-control-allow-headers: content-type,x-firebase-gmpid"),
        "{}",
        allowed.head
    );
    assert!(allowed.head.contains("patch"), "{}", allowed.head);
}
