//! The program's commands as an operator types them: the real binary, its exit code, and what it prints.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

use s3_simulator::{S3Simulator, S3SimulatorSettings};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Runs the program with nothing but these settings; exit code, output, and what it said aside.
fn run(settings: &[(&str, &str)], data: &Path, line: &[&str]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_clinical-server"))
        .env_clear()
        .env("DATA_DIR", data)
        .env("LOG", "warn")
        .envs(settings.iter().copied())
        .args(line)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        ran.status.code().unwrap(),
        text(ran.stdout),
        text(ran.stderr),
    )
}

const DEMO: [(&str, &str); 1] = [("DEMO", "true")];

#[test]
fn the_demo_passes_its_check_and_nothing_of_the_trial_stays() {
    let data = tempfile::tempdir().unwrap();
    let (code, said, aside) = run(&DEMO, data.path(), &["check"]);
    assert_eq!(code, 0, "{said}{aside}");
    assert_eq!(said.lines().count(), 6, "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok ")), "{said}");
    let (code, report, _) = run(&DEMO, data.path(), &["report", "retention", "--json"]);
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&report).unwrap();
    for totals in ["unknown", "foreign"] {
        assert_eq!(report["objects"][totals]["objects"], 0, "{totals}");
    }
    for practice in ["kowhai", "rata"] {
        for totals in ["needed", "doomed"] {
            let held = &report["practices"][practice]["objects"][totals];
            assert_eq!(held["objects"], 0, "{practice} {totals}");
        }
    }
}

#[test]
fn a_check_says_of_each_practice_what_is_wrong_with_it() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("practices.toml");
    let text = "[practice.kowhai]\nname = \"K\"\nfacility = \"F2N060-E\"\ncaption = false\n\
                [practice.nobody]\nname = \"N\"\nfacility = \"F9X999-Z\"\n";
    std::fs::write(&file, text).unwrap();
    let settings = [DEMO[0], ("PRACTICES_FILE", file.to_str().unwrap())];
    let (code, said, aside) = run(&settings, data.path(), &["check"]);
    assert_eq!(code, 1, "{said}{aside}");
    let line = |about: &str| said.lines().find(|line| line.contains(about)).unwrap();
    let good = line("practice kowhai");
    assert!(
        good.starts_with("ok ") && good.contains("caption off"),
        "{good}"
    );
    let bad = line("practice nobody");
    assert!(
        bad.starts_with("WRONG") && bad.contains("facility"),
        "{bad}"
    );
    let (code, said, _) = run(&settings, data.path(), &["check", "--practice", "kowhai"]);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("nobody"), "{said}");
    let (code, said, _) = run(&settings, data.path(), &["check", "--practice", "other"]);
    assert_eq!(code, 1);
    assert!(said.contains("there is no practice of this name"), "{said}");
    let only = ["report", "retention", "--json", "--practice", "kowhai"];
    let (code, report, _) = run(&settings, data.path(), &only);
    assert_eq!(code, 0);
    assert!(!report.contains("nobody") && !report.contains("unknown"));
}

#[test]
fn a_faulty_file_of_practices_is_said_with_its_line() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("practices.toml");
    std::fs::write(&file, "[practice.kowhai]\nname = \"K\"\nfacility = 7\n").unwrap();
    let settings = [DEMO[0], ("PRACTICES_FILE", file.to_str().unwrap())];
    let (code, said, _) = run(&settings, data.path(), &["check"]);
    assert_eq!(code, 1);
    let wrong = said.lines().find(|line| line.starts_with("WRONG")).unwrap();
    assert!(wrong.contains("practices.toml, line 3: "), "{wrong}");
    let (code, _, aside) = run(&settings, data.path(), &["report", "retention"]);
    assert_eq!(code, 1);
    assert!(
        aside.contains("line 3") && aside.lines().count() == 1,
        "{aside}"
    );
}

#[test]
fn a_check_without_settings_names_each_that_is_missing_and_ends_with_1() {
    let data = tempfile::tempdir().unwrap();
    let (code, said, _) = run(&[("SWEEP_SECONDS", "1")], data.path(), &["check"]);
    assert_eq!(code, 1);
    for name in ["S3_BUCKET", "ALEX_BASE_URL", "ALEX_SCOPE", "SWEEP_SECONDS"] {
        let naming = said
            .lines()
            .filter(|line| line.starts_with("WRONG") && line.contains(name));
        assert_eq!(naming.count(), 1, "{name} in {said}");
    }
}

#[test]
fn a_check_of_a_store_that_does_not_answer_says_which_settings_to_look_at() {
    let data = tempfile::tempdir().unwrap();
    let settings = [
        ("S3_ENDPOINT", "http://127.0.0.1:9"),
        ("S3_BUCKET", "pictures"),
        ("S3_ACCESS_KEY_ID", "canary-access"),
        ("S3_SECRET_ACCESS_KEY", "canary-secret"),
    ];
    let (code, said, aside) = run(&settings, data.path(), &["check"]);
    assert_eq!(code, 1);
    let store = said.lines().find(|line| line.contains("the picture store"));
    let store = store.unwrap();
    assert!(
        store.starts_with("WRONG") && store.contains("S3_ENDPOINT"),
        "{store}"
    );
    assert!(!said.contains("canary") && !aside.contains("canary"));
}

#[test]
fn a_bucket_is_set_up_once() {
    let data = tempfile::tempdir().unwrap();
    let (code, first, aside) = run(&DEMO, data.path(), &["setup-bucket"]);
    assert_eq!(code, 0, "{aside}");
    assert!(first.contains("may upload now"), "{first}");
    let (code, second, _) = run(&DEMO, data.path(), &["setup-bucket"]);
    assert_eq!(code, 0);
    assert!(second.contains("could upload already"), "{second}");
}

#[test]
fn a_report_is_a_table_and_a_directory_in_use_is_said_in_one_sentence() {
    let data = tempfile::tempdir().unwrap();
    let (code, table, _) = run(&DEMO, data.path(), &["report", "retention"]);
    assert_eq!(code, 0);
    assert!(table.starts_with("Held on ") && table.contains("known to no session"));
    let taken = std::fs::File::create(data.path().join("pictures/.lock")).unwrap();
    taken.lock().unwrap();
    let (code, said, aside) = run(&DEMO, data.path(), &["report", "retention"]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(aside.contains("is in use by another process"), "{aside}");
    assert_eq!(aside.lines().count(), 1, "{aside}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_in_the_settings_those_of_the_machine_open_the_bucket() {
    let data = tempfile::tempdir().unwrap();
    let settings = S3SimulatorSettings {
        data_dir: data.path().join("store"),
        listen: ([127, 0, 0, 1], 0).into(),
        allowed_origins: vec!["http://unused.test".to_owned()],
        access_key: "machine-access".into(),
        secret_key: "machine-secret".into(),
        bucket: "another".to_owned(),
    };
    let store = S3Simulator::start(settings, std::future::pending());
    let endpoint = format!("http://{}", store.await.unwrap().address());
    let profile = data.path().join("credentials");
    std::fs::write(
        &profile,
        "[default]\naws_access_key_id = machine-access\naws_secret_access_key = machine-secret\n",
    )
    .unwrap();
    let production = [
        ("S3_ENDPOINT", endpoint.as_str()),
        ("S3_PATH_STYLE", "true"),
        ("S3_BUCKET", "pictures"),
        ("PUBLIC_URL", "https://images.practice.example"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    let with = |more: &[(&str, &str)], command| {
        let settings = [&production, more].concat();
        tokio::task::block_in_place(|| run(&settings, data.path(), &[command]))
    };
    let (code, _, aside) = with(&[], "setup-bucket");
    assert_eq!(code, 1);
    assert!(aside.contains("no credentials could be had"), "{aside}");

    let from_a_profile = [("AWS_SHARED_CREDENTIALS_FILE", profile.to_str().unwrap())];
    let (code, said, aside) = with(&from_a_profile, "setup-bucket");
    assert_eq!(code, 0, "{aside}");
    assert!(said.starts_with("The bucket was made."), "{said}");
    assert!(said.contains("Pages of https://images.practice.example may upload now"));

    let from_variables = [
        ("AWS_ACCESS_KEY_ID", "machine-access"),
        ("AWS_SECRET_ACCESS_KEY", "machine-secret"),
    ];
    let (_, said, aside) = with(&from_variables, "check");
    for what in ["the picture store", "uploads from a browser"] {
        assert!(said.contains(&format!("ok     {what}")), "{said}{aside}");
    }
}
