//! The `tsukiyo` binary as a process: started, ended, killed and started again.

use crate::{
    client::join,
    process::{Process, command},
};
use serde_json::{Value, json};
use std::{net::Ipv4Addr, process::Stdio};

#[tokio::test]
async fn what_was_acknowledged_and_who_was_there_survives_a_killed_process() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let mut process = Process::start(directory.path()).await;
    let mut client = process.connect().await;
    client.join("tsukimi", "Aki").await;
    client
        .say(json!({"type": "chat", "text": "hello", "nonce": "n1"}))
        .await;
    let said = client.hear_a("chat").await;
    process.child.kill().expect("it can be killed");
    assert_eq!(client.closed().await, None);
    drop(process);

    let process = Process::start(directory.path()).await;
    let mut again = process.connect().await;
    let joined = again.come_back("tsukimi", &client, true).await;
    assert_eq!(
        (&joined["member"], &joined["resumed"]),
        (&json!(client.id), &json!(false))
    );
    assert_eq!(
        again.hear_a("history").await["messages"],
        json!([said["message"]])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_it_in_peace() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let mut process = Process::start(directory.path()).await;
    let mut client = process.connect().await;
    client.say(join("tsukimi", "Aki")).await;
    client.hear_a("joined").await;
    process.terminate();
    assert_eq!(client.closed().await, Some(1012));
    process.end();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_store_listens_to_this_machine_alone_wherever_the_server_listens() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let server = Process::start_with(directory.path(), &["--host", "0.0.0.0"]).await;
    // All of 127.0.0.0/8 is this machine. Who listens everywhere is there, too; who listens on 127.0.0.1 is not.
    let elsewhere =
        async |port: u16| tokio::net::TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).await;
    elsewhere(server.address.port())
        .await
        .expect("the app is there for all");
    for what in ["firestore", "page"] {
        let address = server.said[what].as_str().expect("an address");
        let port = address
            .rsplit(':')
            .next()
            .expect("a port")
            .parse()
            .expect("a port");
        assert!(elsewhere(port).await.is_err(), "{what} is there for all");
    }
}

#[tokio::test]
async fn what_hosts_do_and_others_try_is_written_down() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let process = Process::start_with(directory.path(), &["--audit-log", "audit.log"]).await;
    let mut host = process.connect().await;
    host.join("tsukimi", "Aki").await;
    host.hear_a("host").await;
    let mut other = process.connect().await;
    other.join("tsukimi", "Bo").await;
    let put_out = |id: &str| json!({"type": "moderate", "action": "remove", "member": id});
    other.say(put_out(&host.id)).await;
    assert_eq!(other.hear_a("error").await["code"], "notHost");
    host.say(put_out(&other.id)).await;
    assert_eq!(other.closed().await, Some(4003));
    let text = std::fs::read_to_string(directory.path().join("audit.log")).expect("the file is there");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let told = |line: &Value| {
        let fields = &line["fields"];
        [
            &fields["room"],
            &fields["by"],
            &fields["action"],
            &fields["member"],
        ]
        .map(Value::clone)
    };
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(
        told(&lines[0]),
        [json!("tsukimi"), json!(other.id), json!("Remove"), json!(host.id)]
    );
    assert_eq!(
        told(&lines[1]),
        [json!("tsukimi"), json!(host.id), json!("Remove"), json!(other.id)]
    );
    assert_eq!(
        (&lines[0]["level"], &lines[1]["level"]),
        (&json!("WARN"), &json!("INFO"))
    );
    assert!(lines[0]["timestamp"].is_string());
}

#[tokio::test]
async fn settings_come_from_dotenv_and_wrong_ones_are_named() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    for (dotenv, part) in [
        ("TSUKIYO_PORT=many\n", "--port"),
        ("TSUKIYO_ICE_SERVERS=stun.example.org\n", "stun:host:port"),
        ("TSUKIYO_SECRET=short\n", "16 characters"),
        ("TSUKIYO_LOG=api=loud\n", "api=loud"),
        ("TSUKIYO_LIMIT_JOINS=many\n", "60/min"),
        ("TSUKIYO_TRUSTED_PROXY=everybody\n", "--trusted-proxy"),
        ("TSUKIYO_API_TOKEN_FILE=nowhere\n", "nowhere"),
        ("this is no line\n", ".env"),
    ] {
        std::fs::write(directory.path().join(".env"), dotenv).expect("a file");
        let output = command(directory.path())
            .stderr(Stdio::piped())
            .output()
            .expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{dotenv}");
        assert!(said.contains(part), "{dotenv}: {said}");
    }
}

#[test]
fn help_names_every_variable_and_the_example_file_does_too() {
    let directory = tempfile::tempdir().expect("there is room on the disk");
    let output = command(directory.path())
        .arg("--help")
        .stdout(Stdio::piped())
        .output()
        .expect("the binary runs");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    let example = include_str!("../../../.env.example");
    let names: Vec<&str> = help
        .split("[env: ")
        .skip(1)
        .filter_map(|rest| rest.split(['=', ']']).next())
        .collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(
            example.contains(&format!("#{name}=")),
            "{name} is not in .env.example"
        );
    }
}
