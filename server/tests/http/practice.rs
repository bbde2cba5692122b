//! What stands around the server: a picture store and a simulated ALEX, on ports of their own and with data of their
//! own, so that they outlive a restart of the server.

use super::client::PresignedPut;
use alex_simulator::{
    DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_FACILITY, SECOND_FACILITY, SecondFacility, Settings,
    Simulator,
};
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse as _;
use clinical_images::digest::Sha256;
use clinical_images::launch::FacilityCode;
use clinical_images::picture::JPEG;
use clinical_images::ports::{Clock as _, ObjectKey, ObjectStore as _, PutRequest};
use clinical_images::practice::PracticeSettings;
use clinical_images::service;
use clinical_server::adapter::ehr::{AlexEhr, AlexSettings};
use clinical_server::adapter::object_store::s3::{Keys, S3ObjectStore, S3Settings, S3Timeouts};
use clinical_server::adapter::system::SystemClock;
use s3_simulator::{S3Simulator, S3SimulatorSettings};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The simulator's first patient and what must not be told of her.
pub const PATIENT: &str = "14e52e16edb7a435bfa05e307afd008b";
pub const FAMILY: &str = "Ngātai";
pub const GIVEN: &str = "Aroha";
pub const NHI: &str = "ZZZ0016";
/// The simulator's second patient.
pub const OTHER_PATIENT: &str = "3f6c1b0e9d2a4857b1c0e5f4a7d89b02";
/// A patient of the simulator's second practice.
#[allow(dead_code, reason = "not for the bench")]
pub const PATIENT_OF_RATA: &str = "1a2b3c4d5e6f47089a0b1c2d3e4f5a11";

const BUCKET: &str = "pictures";
const NEVER: &str = "a store that was not asked to stop";

/// A practice with its Medtech and its picture store.
pub struct Practice {
    pub medtech: String,
    pub client: reqwest::Client,
    mood: Arc<Mood>,
    store: Mutex<Option<(S3Simulator, CancellationToken)>>,
    address: SocketAddr,
    dir: TempDir,
}

/// How the practice's computer feels.
#[derive(Default)]
struct Mood {
    answers_in_ms: AtomicU64,
    is_away: AtomicBool,
}

/// What Medtech hands to a browser.
pub struct Launch {
    pub context: String,
    pub signature: String,
}

impl Practice {
    pub async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path(), SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let mut settings = Settings::demo(dir.path().join("alex"), "http://unused.test");
        settings.stall = Duration::from_secs(60);
        settings.second = Some(SecondFacility {
            facility: SECOND_FACILITY.to_owned(),
            launch_path: "/launch".to_owned(),
        });
        let simulator = Simulator::open(settings).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let medtech = format!("http://{}", listener.local_addr().unwrap());
        let mood = Arc::new(Mood::default());
        let router = in_a_mood(simulator.router(), Arc::clone(&mood));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            medtech,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            mood,
            address: store.0.address(),
            store: Mutex::new(Some(store)),
            dir,
        }
    }

    /// From now on a posted picture is answered after so long.
    #[allow(dead_code, reason = "for the bench")]
    pub fn answers_in(&self, span: Duration) {
        let millis = u64::try_from(span.as_millis()).unwrap();
        self.mood.answers_in_ms.store(millis, Ordering::SeqCst);
    }

    /// The practice's computer sleeps, or wakes up: ALEX answers 503 to everything.
    pub fn goes_away(&self, away: bool) {
        self.mood.is_away.store(away, Ordering::SeqCst);
    }

    /// A place for the server's own files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn object_store_origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn object_store(&self) -> S3ObjectStore {
        S3ObjectStore::new(&S3Settings {
            endpoint: Some(self.object_store_origin()),
            public_endpoint: None,
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            keys: Keys::Fixed {
                access_key: "access".into(),
                secret_key: "Canary-S3-Secret".into(),
            },
            path_style: true,
            timeouts: S3Timeouts::default(),
        })
    }

    pub fn ehr(&self) -> AlexEhr {
        let url = |path: &str| format!("{}{path}", self.medtech).parse().unwrap();
        let settings = AlexSettings::new(
            url("/FHIR"),
            url("/tenant/oauth2/v2.0/token"),
            (DEMO_CLIENT_ID.to_owned(), DEMO_CLIENT_SECRET.into()),
            "api://alex/.default".to_owned(),
            FacilityCode::parse(DEMO_FACILITY).unwrap(),
        );
        AlexEhr::new(settings).unwrap()
    }

    /// A practice of these settings, with the way to its record.
    #[allow(dead_code, reason = "not for the bench")]
    pub fn opened(&self, settings: PracticeSettings) -> service::Practice {
        service::Practice {
            ehr: Arc::new(self.ehr().for_practice(&settings).unwrap()),
            settings: Arc::new(settings),
        }
    }

    /// The picture store goes down.
    pub async fn store_goes_away(&self) {
        let (store, shutdown) = self.store.lock().unwrap().take().expect(NEVER);
        shutdown.cancel();
        store.stopped().await;
    }

    /// The picture store comes up again where it was.
    pub async fn store_comes_back(&self) {
        let store = store(self.dir.path(), self.address).await;
        *self.store.lock().unwrap() = Some(store);
    }

    /// Clicks the icon in Medtech.
    pub async fn launch(&self, wish: Value) -> Launch {
        let minted = self.post("launches", &wish).await;
        let part = |name: &str| minted[name].as_str().unwrap().to_owned();
        Launch {
            context: part("context"),
            signature: part("signature"),
        }
    }

    /// The next `times` calls of this kind go wrong in this way.
    pub async fn fault(&self, on: &str, reply: &str, times: u32) {
        let order = json!({ "on": on, "reply": reply, "times": times });
        self.post("faults", &order).await;
    }

    /// Adds a step to the simulator's script.
    pub async fn script(&self, step: &Value) {
        self.post("script", &json!([step])).await;
    }

    /// Puts the simulator's clock ahead.
    pub async fn pass(&self, span: Duration) {
        let step = json!({ "advance_ms": span.as_millis() });
        self.post("clock", &step).await;
    }

    /// What is in the record.
    pub async fn media(&self) -> Vec<Value> {
        self.get("media").await
    }

    /// The scans in the record.
    #[allow(dead_code, reason = "not for the bench")]
    pub async fn documents(&self) -> Vec<Value> {
        self.get("documentreference").await
    }

    /// How often a picture was posted, whatever came of it.
    pub async fn posts(&self) -> usize {
        let received = self.get("received").await;
        let post = |call: &&Value| call["method"] == "POST" && call["path"] == "/FHIR/Media";
        received.iter().filter(post).count()
    }

    /// How often a picture was looked for.
    pub async fn searches(&self) -> usize {
        let received = self.get("received").await;
        let search = |call: &&Value| call["method"] == "GET" && call["path"] == "/FHIR/Media";
        received.iter().filter(search).count()
    }

    /// The bytes of a picture in the record.
    pub async fn recorded(&self, media: &str) -> Vec<u8> {
        self.document(media).await.1
    }

    /// The type and the bytes of a picture or a scan in the record.
    #[allow(dead_code, reason = "not for the bench")]
    pub async fn document(&self, id: &str) -> (String, Vec<u8>) {
        let url = format!("{}/medtech/media/{id}", self.medtech);
        let reply = self.client.get(url).send().await.unwrap();
        let kind = reply.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, reply.bytes().await.unwrap().to_vec())
    }

    /// Puts bytes at this key behind the server's back.
    pub async fn put_unannounced(&self, key: &ObjectKey, bytes: &[u8]) {
        let order = PutRequest {
            key: key.clone(),
            length: bytes.len() as u64,
            content_type: JPEG,
            sha256: Sha256::of(bytes),
            lifetime: Duration::from_secs(300),
        };
        let signed = self
            .object_store()
            .presign_put(&order, SystemClock.now())
            .await;
        let signed = signed.unwrap();
        let presigned = PresignedPut {
            url: signed.url,
            headers: signed.headers,
        };
        assert_eq!(presigned.put(bytes).await, 200);
    }

    /// Whether something lies at this key in the picture store.
    pub async fn holds(&self, key: &ObjectKey) -> bool {
        self.object_store().exists(key).await.unwrap()
    }

    async fn post(&self, what: &str, body: &Value) -> Value {
        let url = format!("{}/medtech/api/{what}", self.medtech);
        let sent = self.client.post(url).json(body).send().await.unwrap();
        assert!(sent.status().is_success(), "{}", sent.status());
        sent.json().await.unwrap()
    }

    async fn get(&self, what: &str) -> Vec<Value> {
        let url = format!("{}/medtech/api/{what}", self.medtech);
        let reply = self.client.get(url).send().await.unwrap();
        reply.json().await.unwrap()
    }
}

fn in_a_mood(router: Router, mood: Arc<Mood>) -> Router {
    let feel = move |request: Request, next: Next| {
        let mood = Arc::clone(&mood);
        async move {
            let fhir = request.uri().path().starts_with("/FHIR");
            if fhir && mood.is_away.load(Ordering::SeqCst) {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            let posted = request.method() == Method::POST && fhir;
            let wait = mood.answers_in_ms.load(Ordering::SeqCst);
            if posted && wait > 0 {
                // Before, so that what the record holds has been answered too.
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            next.run(request).await
        }
    };
    router.layer(from_fn(feel))
}

async fn store(dir: &Path, listen: SocketAddr) -> (S3Simulator, CancellationToken) {
    let shutdown = CancellationToken::new();
    let settings = S3SimulatorSettings {
        data_dir: dir.join("pictures"),
        listen,
        allowed_origins: vec!["http://unused.test".to_owned()],
        access_key: "access".into(),
        secret_key: "Canary-S3-Secret".into(),
        bucket: BUCKET.to_owned(),
    };
    let store = S3Simulator::start(settings, shutdown.clone().cancelled_owned())
        .await
        .unwrap();
    (store, shutdown)
}
