//! A simulator on port 0 and a caller that knows its manners.
//! Each test file uses its own part of this; helpers may unwrap as tests may.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use alex_simulator::{DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_FACILITY, Settings, Simulator};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const NHI: &str = "https://standards.digital.health.nz/ns/nhi-id";
pub const FIRST: &str = "14e52e16edb7a435bfa05e307afd008b";
pub const TOKEN_PATH: &str = "/tenant/oauth2/v2.0/token";

/// A running simulator, with the directory it lives in and a good token.
pub struct Alex {
    pub base: String,
    pub token: String,
    pub http: reqwest::Client,
    server: Option<tokio::task::JoinHandle<()>>,
}

impl Alex {
    pub async fn start(dir: &Path) -> Self {
        Self::start_with(Settings::demo(dir, "http://app.test/")).await
    }

    pub async fn start_with(settings: Settings) -> Self {
        let simulator = Simulator::open(settings).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = simulator.router();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut alex = Self::at(base).await;
        alex.server = Some(server);
        alex
    }

    /// A caller of a simulator that runs there already.
    pub async fn at(base: String) -> Self {
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .unwrap();
        let mut alex = Self {
            base,
            token: String::new(),
            http,
            server: None,
        };
        alex.token = alex.fresh_token().await;
        alex
    }

    pub fn stop(self) {
        if let Some(server) = self.server {
            server.abort();
        }
    }

    pub async fn ask_token(&self, changes: &[(&str, &str)]) -> Response {
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", DEMO_CLIENT_ID),
            ("client_secret", DEMO_CLIENT_SECRET),
            ("scope", "api://alex/.default"),
        ];
        for (name, value) in changes {
            form.retain(|(given, _)| given != name);
            form.push((name, value));
        }
        let url = format!("{}{TOKEN_PATH}", self.base);
        self.http.post(url).form(&form).send().await.unwrap()
    }

    pub async fn fresh_token(&self) -> String {
        let reply = json_of(self.ask_token(&[]).await).await;
        reply["access_token"].as_str().unwrap().to_owned()
    }

    pub fn plain(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A call with token and facility.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.plain(method, path)
            .bearer_auth(&self.token)
            .header("mt-facilityid", DEMO_FACILITY)
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        let reply = self.call(Method::GET, path).send().await.unwrap();
        (reply.status(), json_of(reply).await)
    }

    pub fn post_media(&self, media: &Value) -> RequestBuilder {
        self.post("Media", media)
    }

    pub fn post(&self, kind: &str, resource: &Value) -> RequestBuilder {
        self.call(Method::POST, &format!("/FHIR/{kind}"))
            .header("content-type", "application/fhir+json")
            .header("mt-correlationid", "corr-1")
            .body(resource.to_string())
    }

    /// Adds steps to the script.
    pub async fn script(&self, steps: Value) -> StatusCode {
        let request = self.plain(Method::POST, "/medtech/api/script").json(&steps);
        request.send().await.unwrap().status()
    }

    /// Puts the clock ahead once that many calls wait for it; gives how it stands then.
    pub async fn advance(&self, seconds: u64, when_waiting: usize) -> Value {
        let wish = json!({ "advance_ms": seconds * 1000, "whenWaiting": when_waiting });
        let request = self.plain(Method::POST, "/medtech/api/clock").json(&wish);
        json_of(request.send().await.unwrap()).await
    }

    /// Does the call and lets its time pass in steps of 20 seconds whenever it waits.
    pub async fn without_waiting<T>(&self, call: impl Future<Output = T>) -> T {
        tokio::pin!(call);
        loop {
            tokio::select! {
                done = &mut call => return done,
                _ = self.advance(20, 1) => {}
            }
        }
    }

    /// The values of the identifiers of what was created, oldest first.
    pub async fn created(&self) -> Vec<String> {
        let ledger = self.own("ledger").await;
        let records = ledger["records"].as_array().unwrap().iter();
        let value = |record: &Value| record["identifier"]["value"].as_str().unwrap().to_owned();
        records.map(value).collect()
    }

    pub async fn refused(&self, media: &Value) -> (u16, String, String) {
        let reply = self.post_media(media).send().await.unwrap();
        let status = reply.status().as_u16();
        let issue = json_of(reply).await["issue"][0].clone();
        let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            status,
            part(&issue["code"]),
            part(&issue["details"]["text"]),
        )
    }

    /// The JSON at one of the simulator's own addresses.
    pub async fn own(&self, what: &str) -> Value {
        let path = format!("/medtech/api/{what}");
        json_of(self.plain(Method::GET, &path).send().await.unwrap()).await
    }

    pub async fn order(&self, fault: Value) -> StatusCode {
        let request = self.plain(Method::POST, "/medtech/api/faults").json(&fault);
        request.send().await.unwrap().status()
    }

    pub async fn page(&self, path: &str) -> String {
        self.plain(Method::GET, path)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }
}

pub fn dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub async fn json_of(reply: Response) -> Value {
    let text = reply.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The head of a JPEG of that size, filled up to a number of bytes.
pub fn jpeg(width: u16, height: u16, bytes: usize) -> Vec<u8> {
    let mut picture = vec![0xff, 0xd8, 0xff, 0xc0, 0, 11, 8];
    picture.extend(height.to_be_bytes());
    picture.extend(width.to_be_bytes());
    picture.extend([1, 1, 0x11, 0]);
    picture.resize(bytes.max(picture.len()), 0);
    picture
}

/// A Media as known to work.
pub fn media(reference: &str) -> Value {
    media_of(reference, &jpeg(640, 480, 2000))
}

pub fn media_of(reference: &str, picture: &[u8]) -> Value {
    json!({
        "resourceType": "Media",
        "identifier": [{ "system": "urn:clinicpro:image", "value": reference }],
        "status": "completed",
        "type": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/media-type", "code": "image",
        }] },
        "subject": { "reference": format!("Patient/{FIRST}") },
        "createdDateTime": "2026-11-21T14:30:00+13:00",
        "content": {
            "contentType": "image/jpeg",
            "data": STANDARD.encode(picture),
            "title": "Left forearm",
        },
    })
}

/// The media with one element set (null takes it away).
pub fn with(mut media: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = media.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name);
    } else {
        parent.insert(name.to_owned(), value);
    }
    media
}
