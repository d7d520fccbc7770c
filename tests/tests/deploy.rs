//! What `./dc.sh deploy` would do, as its dry run tells: it takes no cloud to see that it is the right thing.

use std::{
    error::Error,
    process::{Command, Output},
};

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
