//! What `./dc.sh deploy` would do, as its dry run tells, and what the files for containers tell their servers: it takes neither a
//! cloud nor containers to see that it is the right thing.

#![allow(
    clippy::expect_used,
    reason = "a test that finds something else than it expects has failed"
)]

mod yaml;

use api::config::{Cli, Command as Program};
use clap::Parser;
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    process::{Command, Output},
};
use yaml::Yaml;

fn dc(arguments: &[&str]) -> Result<Output, Box<dyn Error>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../dc.sh");
    let mut command = Command::new(script);
    command.args(arguments);
    for setting in ["GOOGLE_CLOUD_PROJECT", "CLOUD_RUN_REGION"] {
        // Set and empty: what is in somebody's .env does not count either.
        command.env(setting, "");
    }
    Ok(command.output()?)
}

/// The commands that a dry run prints.
fn commands(arguments: &[&str]) -> Result<Vec<String>, Box<dyn Error>> {
    let output = dc(arguments)?;
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout)?;
    Ok(said.lines().map(str::to_owned).collect())
}

fn position(commands: &[String], beginning: &str) -> usize {
    let found = commands
        .iter()
        .position(|command| command.starts_with(&format!("gcloud {beginning}")));
    found.unwrap_or_else(|| panic!("no {beginning} in {commands:#?}"))
}

#[test]
fn to_deploy_is_to_make_what_a_server_needs_and_then_to_run_it() -> Result<(), Box<dyn Error>> {
    let all = commands(&[
        "deploy",
        "--dry-run",
        "--project",
        "moonlit-night",
        "--region",
        "asia-northeast1",
    ])?;
    let steps = [
        "services enable",
        "firestore databases create",
        "iam service-accounts create",
        "secrets create",
        "builds submit",
        "run deploy tsukiyo",
    ];
    let places: Vec<_> = steps.map(|step| position(&all, step)).into();
    assert!(places.is_sorted(), "{all:#?}");
    assert!(
        all.iter()
            .all(|command| command.contains("--project=moonlit-night") && command.contains("--quiet")),
        "each is for this project, and asks nothing: {all:#?}"
    );
    let run = &all[position(&all, "run deploy")];
    for wanted in [
        "asia-northeast1-docker.pkg.dev/moonlit-night/tsukiyo/server:",
        "--max-instances=1",
        "TSUKIYO_SECRET=tsukiyo-secret:latest",
        "GOOGLE_CLOUD_PROJECT=moonlit-night",
    ] {
        assert!(run.contains(wanted), "{wanted} in {run}");
    }
    Ok(())
}

#[test]
fn to_undeploy_takes_back_what_was_made_but_not_what_people_wrote() -> Result<(), Box<dyn Error>> {
    let all = commands(&[
        "undeploy",
        "--dry-run",
        "--project",
        "moonlit-night",
        "--service",
        "evening",
    ])?;
    position(&all, "run services delete evening");
    position(&all, "artifacts repositories delete evening");
    position(&all, "secrets delete evening-secret");
    assert!(
        !all.iter().any(|command| command.contains("firestore")),
        "{all:#?}"
    );
    Ok(())
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_done() -> Result<(), Box<dyn Error>> {
    for (arguments, why) in [
        (&["deploy", "--dry-run"][..], "Which Google Cloud project?"),
        (&["undeploy", "--dry-run"], "Which Google Cloud project?"),
        (
            &["deploy", "--dry-run", "--project", "Moonlit Night"],
            "no name of a Google Cloud project",
        ),
        (
            &["deploy", "--dry-run", "--project", "moonlit-night; id"],
            "no name of a Google Cloud project",
        ),
        (
            &[
                "deploy",
                "--dry-run",
                "--project",
                "moonlit-night",
                "--region",
                "../x",
            ],
            "no region",
        ),
        (
            &[
                "deploy",
                "--dry-run",
                "--project",
                "moonlit-night",
                "--service",
                "-x",
            ],
            "no name for a service",
        ),
        (&["deploy", "--dry-run", "--project"], "takes a value"),
        (&["deploy", "--now"], "no option"),
    ] {
        let output = dc(arguments)?;
        let said = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert_eq!(output.stdout, b"", "{arguments:?}");
    }
    Ok(())
}

/// What somebody has in the environment who starts the containers.
const GIVEN: [(&str, &str); 3] = [
    ("SITE", "rooms.example.org"),
    ("ADDRESS", "203.0.113.10"),
    ("SECRET", "a secret that is long enough"),
];

/// Fills in what a file takes from the environment, as compose does: `${NAME:?why it is needed}`.
fn filled(text: &str) -> String {
    let mut filled = text.to_owned();
    for (name, value) in GIVEN {
        while let Some(from) = filled.find(&format!("${{{name}")) {
            let to = from + filled[from..].find('}').expect("an end");
            filled.replace_range(from..=to, value);
        }
    }
    assert!(!filled.contains("${"), "what is it? {filled}");
    filled
}

/// The servers of a file: what each is told, as flags of `tsukiyo serve`, and the ports that are published for it.
fn servers(file: &str) -> Vec<(Vec<String>, BTreeSet<String>)> {
    let path = format!("{}/../deploy/{file}", env!("CARGO_MANIFEST_DIR"));
    let file = Yaml::read(&filled(&fs::read_to_string(path).expect("the file")));
    let services = file.get("services").map().iter();
    let servers = services.filter(|(name, _)| name.starts_with("tsukiyo"));
    servers
        .map(|(_, service)| {
            // What the image says already.
            let image = [("TSUKIYO_HOST", "0.0.0.0"), ("TSUKIYO_DRAIN", "10")];
            let image = image.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let mut told = BTreeMap::from(image);
            for (name, value) in service.get("environment").map() {
                told.insert(name.clone(), value.text().to_owned());
            }
            let flags = told.into_iter().flat_map(|(name, value)| {
                let name = name.strip_prefix("TSUKIYO_").unwrap_or(&name);
                [format!("--{}", name.to_lowercase().replace('_', "-")), value]
            });
            let ports = service.get("ports").list();
            (flags.collect(), ports.map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn every_server_of_the_container_files_takes_its_settings_and_is_reached_where_it_relays()
-> Result<(), Box<dyn Error>> {
    for (file, count) in [("compose.yaml", 1), ("cluster.yaml", 3)] {
        let servers = servers(file);
        assert_eq!(servers.len(), count, "{file}");
        let (mut places, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for (flags, ports) in servers {
            let secret = "a secret that is long enough";
            let mut line = vec!["tsukiyo".to_owned(), "serve".to_owned()];
            if !flags.iter().any(|flag| flag == "--secret") {
                line.extend(["--secret".to_owned(), secret.to_owned()]);
            }
            line.extend(flags);
            let Program::Serve(serve) = Cli::try_parse_from(&line)?.command;
            let config = serve.config()?;
            let turn = config.turn.ok_or("it has no TURN")?;
            assert_eq!(
                turn.external.map(|address| address.to_string()).as_deref(),
                Some(GIVEN[1].1)
            );
            assert!(places.insert(turn.port), "{file}: two relays in one place");
            let published = ["udp", "tcp"].map(|kind| format!("{0}:{0}/{kind}", turn.port));
            assert_eq!(
                ports,
                BTreeSet::from(published),
                "{file}: others reach it under the port that it names"
            );
            // Whoever has the room makes the credentials, and any may have it after that.
            let member = "m".parse()?;
            keys.insert(
                config
                    .rooms
                    .relays
                    .mint(&member, std::time::Duration::ZERO)
                    .credential,
            );
        }
        assert_eq!(keys.len(), 1, "{file}: all relays share a key");
    }
    Ok(())
}

#[test]
fn a_setting_that_the_server_does_not_know_is_found() {
    for line in [
        &["tsukiyo", "serve", "--turn-prot", "3478"][..],
        &["tsukiyo", "serve", "--turn-port", "a"],
    ] {
        assert!(Cli::try_parse_from(line).is_err(), "{line:?}");
    }
}
