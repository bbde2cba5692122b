//! The simulator on a port of its own, and what it has to say for itself.

use alex_simulator::{DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_FACILITY, Settings, Simulator};
use clinical_images::launch::FacilityCode;
use clinical_server::adapter::ehr::{AlexEhr, AlexSettings};
use serde_json::{Value, json};
use std::time::Duration;

pub struct Medtech {
    origin: String,
    client: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Medtech {
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub async fn open_with(choose: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = Settings::demo(dir.path(), "http://localhost:3000");
        settings.stall = Duration::from_secs(2);
        choose(&mut settings);
        let simulator = Simulator::open(settings).unwrap();
        let origin = super::stub::serve(simulator.router()).await;
        Self {
            origin,
            client: reqwest::Client::new(),
            _dir: dir,
        }
    }

    pub fn settings(&self) -> AlexSettings {
        AlexSettings::new(
            format!("{}/FHIR", self.origin).parse().unwrap(),
            format!("{}/tenant/oauth2/v2.0/token", self.origin)
                .parse()
                .unwrap(),
            (DEMO_CLIENT_ID.to_owned(), DEMO_CLIENT_SECRET.into()),
            "api://alex/.default".to_owned(),
            FacilityCode::parse(DEMO_FACILITY).unwrap(),
        )
    }

    pub fn ehr(&self) -> AlexEhr {
        AlexEhr::new(self.settings()).unwrap()
    }

    pub async fn launch(&self, wish: Value) -> (String, String) {
        let minted: Value = self.post("launches", &wish).await;
        let part = |name: &str| minted[name].as_str().unwrap().to_owned();
        (part("context"), part("signature"))
    }

    /// The next `times` calls of this kind go wrong in this way.
    pub async fn fault(&self, on: &str, reply: &str, times: u32) {
        self.post(
            "faults",
            &json!({ "on": on, "reply": reply, "times": times }),
        )
        .await;
    }

    /// The next `times` posts are refused for this element.
    pub async fn refuse_element(&self, element: &str, times: u32) {
        let order = json!({ "on": "POST /FHIR/Media", "reply": "400", "times": times, "expression": element });
        self.post("faults", &order).await;
    }

    async fn post(&self, what: &str, body: &Value) -> Value {
        let url = format!("{}/medtech/api/{what}", self.origin);
        let reply = self
            .client
            .post(url)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert!(reply.status().is_success(), "{}", reply.status());
        reply.json().await.unwrap()
    }

    /// What is in the record.
    pub async fn media(&self) -> Vec<Value> {
        self.get("media").await
    }

    /// Scanned documents in the record.
    pub async fn scans(&self) -> Vec<Value> {
        self.get("documentreference").await
    }

    /// The requests whose method and path are these, in order.
    pub async fn received(&self, call: &str) -> Vec<Value> {
        let all = self.get("received").await;
        let is = |request: &Value| {
            let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("method"), text("path")) == call
        };
        all.into_iter().filter(is).collect()
    }

    async fn get(&self, what: &str) -> Vec<Value> {
        let url = format!("{}/medtech/api/{what}", self.origin);
        self.client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }
}
