use crate::config::{Config, Configured};
use clap::{CommandFactory as _, Parser as _};
use clinical_images::practice::PracticeSettings;
use clinical_images::record::Target;
use secrecy::ExposeSecret as _;
use std::path::Path;
use std::time::Duration;

const ONE: &str = "[practice.kowhai]\nname = \"Kōwhai\"\nfacility = \"F2N060-E\"\n";
const OTHER: &str = "[practice.rata]\nname = \"Rātā\"\nfacility = \"F3K072-H\"\n";

fn config(dir: &Path, arguments: &[&str]) -> Config {
    let file = dir.join("practices.toml");
    let named = ["server", "--practices-file", file.to_str().unwrap()];
    let all = named.iter().chain(arguments);
    Config::try_parse_from(all).unwrap()
}

/// What is read of this file, with these variables set.
fn read(text: &str, arguments: &[&str]) -> Result<Configured, String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("practices.toml"), text).unwrap();
    std::fs::write(dir.path().join("north-secret"), "hush\n").unwrap();
    let read = config(dir.path(), arguments).practices();
    read.map_err(|fault| {
        let told = fault.to_string();
        let place = format!("{}/", dir.path().display());
        told.replace(&place, "")
    })
}

fn of<'c>(configured: &'c Configured, id: &str) -> &'c PracticeSettings {
    let mut practices = configured.practices.iter();
    practices.find(|it| it.id.as_str() == id).unwrap()
}

#[test]
fn a_practice_s_own_word_counts_before_the_defaults_and_these_before_the_variables() {
    let text = format!(
        "[defaults]\nmost_pictures = 12\npairing_seconds = 100\n{ONE}most_pictures = 5\nfiling_targets = [\"scan-pdf\"]\n{OTHER}"
    );
    let variables = ["--pairing-seconds", "200", "--phone-idle-seconds", "300"];
    let read = read(&text, &variables).unwrap();
    let limits = ["kowhai", "rata"].map(|id| of(&read, id).limits.clone());
    assert_eq!(limits[0].most_pictures, 5);
    assert_eq!(limits[1].most_pictures, 12);
    for limits in &limits {
        assert_eq!(limits.pairing, Duration::from_secs(100));
        assert_eq!(limits.phone_idle, Duration::from_secs(300));
        assert_eq!(limits.session_idle, Duration::from_secs(7200));
    }
    let targets = limits.map(|limits| limits.outbox.targets);
    assert_eq!(targets, [vec![Target::ScanPdf], vec![Target::Media]]);
}

#[test]
fn every_fault_refuses_the_file_with_its_line_and_a_reason() {
    for (text, expected) in [
        ("practice = 1", "line 1: "),
        ("[practice.kowhai", "line 1: "),
        ("", "line 1: the file has no practice"),
        ("[practices.kowhai]", "line 1: unknown field `practices`"),
        (
            &format!("{ONE}most_picture = 5"),
            "line 4: unknown field `most_picture`",
        ),
        (
            &format!("{ONE}most_pictures = \"5\""),
            "line 4: invalid type",
        ),
        (
            &format!("{ONE}most_pictures = 51"),
            "line 4: most_pictures is 51; it must lie between 1 and 50",
        ),
        (
            &format!("[defaults]\nget_seconds = 1\n{ONE}"),
            "line 2: get_seconds is 1",
        ),
        (
            &format!("{ONE}filing_targets = []"),
            "line 4: filing_targets names no target",
        ),
        (
            &format!("{ONE}filing_targets = [\"paper\"]"),
            "line 4: a target is one of",
        ),
        (
            &format!("{ONE}time_zone = \"Pacific/Nowhere\""),
            "line 4: there is no time zone Pacific/Nowhere",
        ),
        (
            &format!("{ONE}time_zone = \"NZST\""),
            "line 4: a time zone is written",
        ),
        (
            &format!("{ONE}frame_ancestors = [\"*\"]"),
            "line 4: an origin that may frame",
        ),
        (
            &format!("{ONE}filing_quiet_seconds = 3"),
            "line 4: filing_quiet_seconds is 3",
        ),
        (
            &format!("{ONE}alex = \"north\""),
            "line 4: there is no table [alex.north]",
        ),
        (
            &format!("{ONE}\n[practice.Rata]\nname = \"x\""),
            "line 5: \"Rata\" is no name",
        ),
        (
            "[practice.kowhai]\nfacility = \"F2N060-E\"",
            "line 1: practice kowhai has no name",
        ),
        (
            "[practice.kowhai]\nname = \"x\"",
            "line 1: practice kowhai has no facility",
        ),
        (
            "[practice.kowhai]\nname = \"x\"\nfacility = \"here\"",
            "line 3: an HPI facility number",
        ),
        (
            &format!("{ONE}{}", OTHER.replace("F3K072-H", "F2N060-E")),
            "line 6: F2N060-E is the number of practice kowhai",
        ),
        (&format!("{ONE}{ONE}"), "line 4: "),
        (
            &format!("[defaults]\nname = \"x\"\n{ONE}"),
            "line 2: name belongs to a practice",
        ),
    ] {
        let told = read(text, &[]).unwrap_err();
        let expected = format!("practices.toml, {expected}");
        assert!(told.starts_with(&expected), "{told}\n{expected}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

const NORTH: &str = "[alex.north]\nbase_url = \"https://alex.example/FHIR\"\ntoken_url = \"https://login.example/t\"\nclient_id = \"c\"\nscope = \"s\"\n";

#[test]
fn a_secret_lies_in_a_file_or_a_variable_and_never_in_this_one() {
    let with = |more: &str| read(&format!("{NORTH}{more}\n{ONE}alex = \"north\"\n"), &[]);
    let read = with("client_secret_file = \"north-secret\"").unwrap();
    assert!(!read.use_environments_credentials());
    let (_, north) = read.credentials.first_key_value().unwrap();
    assert_eq!(north.client_secret.expose_secret(), "hush");
    assert!(!format!("{read:?}").contains("hush"));
    for (more, expected) in [
        (
            "client_secret = \"hush\"",
            "line 6: unknown field `client_secret`",
        ),
        ("", "line 4: client_secret_env or client_secret_file"),
        (
            "client_secret_file = \"nowhere\"",
            "line 6: nowhere cannot be read",
        ),
        (
            "client_secret_env = \"NOT_SET_ANYWHERE\"",
            "line 6: the variable NOT_SET_ANYWHERE is not set",
        ),
        (
            "client_secret_file = \"north-secret\"\ntoken_seconds = 59",
            "line 7: token_seconds is 59",
        ),
    ] {
        let told = with(more).unwrap_err();
        let expected = format!("practices.toml, {expected}");
        assert!(
            told.starts_with(&expected) && !told.contains("hush"),
            "{told}"
        );
    }
}

#[test]
fn a_practice_that_runs_keeps_its_number() {
    let running = read(ONE, &[]).unwrap();
    let moved = read(&ONE.replace("F2N060-E", "F3K072-H"), &[]).unwrap();
    let told = moved.check_beside(&running.practices).unwrap_err();
    assert!(
        told.to_string()
            .contains("line 3: practice kowhai is F2N060-E and cannot become F3K072-H")
    );
    let others = read(OTHER, &[]).unwrap();
    assert!(others.check_beside(&running.practices).is_ok());
}

#[test]
fn the_variables_of_alex_are_needed_only_where_a_practice_is_opened_with_them() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("north-secret"), "hush").unwrap();
    let file = dir.path().join("practices.toml");
    let secret = "client_secret_file = \"north-secret\"";
    let missing = |text: String| {
        std::fs::write(&file, text).unwrap();
        let faults = config(dir.path(), &["--s3-bucket", "b"]).faults();
        faults
            .iter()
            .filter(|fault| fault.to_string().contains("ALEX_"))
            .count()
    };
    assert_eq!(
        missing(format!("{NORTH}{secret}\n{ONE}alex = \"north\"\n")),
        0
    );
    assert_eq!(
        missing(format!("{NORTH}{secret}\n{ONE}alex = \"north\"\n{OTHER}")),
        5
    );
}

#[test]
fn without_a_file_the_variables_describe_one_practice_and_the_demo_has_two() {
    let alone = Config::try_parse_from(["server", "--alex-facility", "F3K072-H"]).unwrap();
    let alone = alone.practices().unwrap().practices;
    assert_eq!(alone.len(), 1);
    assert_eq!(
        (alone[0].id.as_str(), alone[0].facility.as_str()),
        ("practice", "F3K072-H")
    );
    let demo = Config::try_parse_from(["server", "--demo", "--filing-quiet-seconds", "2"]).unwrap();
    let demo = demo.practices().unwrap().practices;
    let targets: Vec<_> = demo
        .iter()
        .map(|it| it.limits.outbox.targets.clone())
        .collect();
    assert_eq!(targets, [[Target::Media], [Target::ScanPdf]]);
    assert_eq!(demo[1].limits.outbox.settle_period, Duration::from_secs(2));
}

#[test]
fn a_file_that_is_not_there_is_said_so_in_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let told = config(dir.path(), &[]).practices().unwrap_err().to_string();
    assert!(
        told.starts_with("PRACTICES_FILE ") && told.contains("cannot be read"),
        "{told}"
    );
}

#[test]
fn the_example_works_and_its_keys_are_variables() {
    let example = include_str!("../../../../../practices.example.toml");
    let read = read(example, &[]).unwrap();
    assert_eq!(read.practices.len(), 3);
    assert!(of(&read, "rata").closed && !of(&read, "kowhai").closed);
    assert_eq!(
        of(&read, "chatham-islands").time_zone.as_str(),
        "Pacific/Chatham"
    );
    assert_eq!(of(&read, "chatham-islands").rate_limits.per_second, 5);
}

/// Variables that are the deployment's and cannot differ between practices.
const OF_THE_DEPLOYMENT: [&str; 1] = ["SWEEP_SECONDS"];

#[test]
fn whatever_a_variable_says_of_sessions_pictures_and_filing_a_practice_can_say_for_itself() {
    let command = Config::command();
    let variables = command
        .get_arguments()
        .filter_map(|it| it.get_env()?.to_str());
    // What the file's own list of keys leaves out is refused as unknown, and what it has is another kind of fault.
    let of_practices = variables.filter(|name| {
        let limits = [
            "MOST_", "PAIRING_", "PHONE_", "SESSION_", "PUT_", "GET_", "SWEEP_", "FRAME_",
        ];
        let others = ["INPUT_", "OUTPUT_", "NOTE_", "UPLOAD_", "FILING_"];
        limits
            .iter()
            .chain(&others)
            .any(|prefix| name.starts_with(prefix))
    });
    let mut asked = 0;
    for name in of_practices {
        let told = read(&format!("{ONE}{} = {{}}", name.to_lowercase()), &[]).unwrap_err();
        let is_known = !told.contains("unknown field");
        assert_eq!(is_known, !OF_THE_DEPLOYMENT.contains(&name), "{told}");
        asked += 1;
    }
    assert!(asked > 15, "{asked}");
}
