//! The file of practices under the real program: read at the start, and anew on SIGHUP while sessions are open.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);
const KOWHAI: &str = "[practice.kowhai]\nname = \"Kōwhai\"\nfacility = \"F2N060-E\"\n";
const RATA: &str = "[practice.rata]\nname = \"Rātā\"\nfacility = \"F3K072-H\"\n";

/// The program, run as a demo so that it brings its surroundings, with a file of practices.
struct Server {
    child: Child,
    log: Receiver<String>,
    url: String,
    file: PathBuf,
    client: reqwest::Client,
    _data: tempfile::TempDir,
}

fn program(data: &Path, file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clinical-server"));
    command
        .env_clear()
        .env("LOG", "info")
        .env("DEMO", "true")
        .env("ADDR", "127.0.0.1")
        .env("PUBLIC_HOST", "127.0.0.1")
        .env("PORT", "0")
        .env("DATA_DIR", data)
        .env("PRACTICES_FILE", file)
        .env("LEPTOS_OUTPUT_NAME", "clinical")
        .env("LEPTOS_SITE_ROOT", data)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .stdout(Stdio::piped());
    command
}

impl Server {
    fn start(practices: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("practices.toml");
        std::fs::write(&file, practices).unwrap();
        let mut child = program(data.path(), &file).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (tell, log) = channel();
        std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| tell.send(line))
        });
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let mut server = Self {
            child,
            log,
            url: String::new(),
            file,
            client: client.build().unwrap(),
            _data: data,
        };
        let ready = server.says("ready at ");
        let (_, url) = ready.split_once("ready at ").unwrap();
        server.url = url.trim().to_owned();
        server
    }

    /// Waits for a line of the log.
    fn says(&self, words: &str) -> String {
        loop {
            let line = self.log.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("the log never said {words:?}"));
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Writes another file over the old one and has it read.
    fn read_anew(&self, practices: &str) {
        std::fs::write(&self.file, practices).unwrap();
        let asked = Command::new("kill")
            .args(["-HUP", &self.child.id().to_string()])
            .status();
        assert!(asked.unwrap().success());
    }

    async fn ask(&self, function: &str, args: &Value, cookie: &str) -> (u16, Value) {
        let call = self.client.post(format!("{}/api/{function}", self.url));
        let call = call.header("origin", &self.url).header("cookie", cookie);
        let answer = call.json(args).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Where Medtech lives.
    async fn medtech(&self) -> String {
        let (_, start) = self.ask("start", &json!({}), "").await;
        let url = start["demo"]["medtech_url"].as_str().unwrap();
        url.trim_end_matches("/medtech").to_owned()
    }

    /// A launch from this practice, sent to this address: where it leads, and the cookie it brings.
    async fn launch(&self, facility: &str, path: &str) -> (String, String) {
        let medtech = self.medtech().await;
        let patients = self.client.get(format!("{medtech}/medtech/api/patients"));
        let patients: Vec<Value> = patients.send().await.unwrap().json().await.unwrap();
        let mut own = patients.iter();
        let patient = own.find(|patient| patient["facility"] == facility).unwrap();
        let wish = json!({ "patientId": patient["id"] });
        let minted = self
            .client
            .post(format!("{medtech}/medtech/api/launches"))
            .json(&wish);
        let minted: Value = minted.send().await.unwrap().json().await.unwrap();
        let parts = ["context", "signature"].map(|part| (part, minted[part].as_str().unwrap()));
        let url = reqwest::Url::parse_with_params(&format!("{}{path}", self.url), parts).unwrap();
        let answer = self.client.get(url).send().await.unwrap();
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let cookie = header("set-cookie");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (header("location"), cookie)
    }

    async fn most_pictures(&self, (desk, cookie): &(String, String)) -> Value {
        let session = desk
            .strip_prefix("/desk/")
            .unwrap_or_else(|| panic!("{desk}"));
        let (status, view) = self
            .ask("desk/snapshot", &json!({ "session": session }), cookie)
            .await;
        assert_eq!(status, 200, "{view}");
        view["most_pictures"].clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_file_counts_for_sessions_that_are_opened_from_then_on() {
    let server = Server::start(&format!("{KOWHAI}most_pictures = 5\n"));
    let before = server.launch("F2N060-E", "/launch").await;
    assert_eq!(server.most_pictures(&before).await, 5);
    server.read_anew(&format!("{KOWHAI}most_pictures = 7\n{RATA}"));
    server.says("practices reloaded");
    let after = server.launch("F2N060-E", "/launch/kowhai").await;
    assert_eq!(server.most_pictures(&after).await, 7);
    assert_eq!(
        server.most_pictures(&before).await,
        5,
        "the rules it was opened under"
    );
    let new = server.launch("F3K072-H", "/launch/rata").await;
    assert_eq!(server.most_pictures(&new).await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_file_is_refused_as_a_whole_and_the_running_settings_stay() {
    let server = Server::start(&format!("{KOWHAI}most_pictures = 5\n"));
    for (text, reason) in [
        (
            format!("{KOWHAI}most_pictures = 7\n{RATA}put_seconds = 1\n"),
            "line 8: put_seconds is 1; it must lie between 30 and 1800",
        ),
        (format!("{KOWHAI}most_pictures = 7\n[practice"), "line 5: "),
        (
            KOWHAI.replace("F2N060-E", "F3K072-H"),
            "line 3: practice kowhai is F2N060-E and cannot become F3K072-H",
        ),
    ] {
        server.read_anew(&text);
        let told = server.says("practices not reloaded");
        assert!(told.contains("ERROR") && told.contains(reason), "{told}");
        let desk = server.launch("F2N060-E", "/launch").await;
        assert_eq!(server.most_pictures(&desk).await, 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_that_is_taken_out_opens_nothing_and_what_is_open_goes_on() {
    let server = Server::start(&format!("{KOWHAI}{RATA}"));
    let open = server.launch("F3K072-H", "/launch/rata").await;
    server.read_anew(KOWHAI);
    let told = server.says("practice removed");
    assert!(told.contains("rata"), "{told}");
    // The line of this reload, so that the one further down is the next reload's.
    server.says("practices reloaded");
    let (location, cookie) = server.launch("F3K072-H", "/launch/rata").await;
    assert_eq!(
        (location.as_str(), cookie.as_str()),
        ("/launch-problem/practiceClosed/rata", "")
    );
    assert_eq!(server.most_pictures(&open).await, 20);
    let session = open.0.strip_prefix("/desk/").unwrap();
    let end = json!({ "session": session, "why": "finished" });
    let (status, answer) = server.ask("desk/end", &end, &open.1).await;
    assert_eq!(status, 200, "{answer}");
    server.read_anew(&format!("{KOWHAI}{RATA}"));
    server.says("practices reloaded");
    let back = server.launch("F3K072-H", "/launch/rata").await;
    assert_eq!(server.most_pictures(&back).await, 20);
}

#[test]
fn a_faulty_file_keeps_the_server_from_starting_and_says_which_line() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("practices.toml");
    std::fs::write(&file, format!("{KOWHAI}colour = \"red\"\n")).unwrap();
    let ended = program(data.path(), &file).output().unwrap();
    assert!(!ended.status.success());
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(
        said.contains("cannot start") && said.contains("line 4: unknown field `colour`"),
        "{said}"
    );
}
