//! Makes a set of stored bytes: a consultation in which everything happens that is stored in a way of its own.
//!
//! ```text
//! STORED_SET=2027-03 cargo test --test http record_a_set -- --ignored
//! ```

use super::keys;
use super::set::{Home, Recorded, RecordedPicture, fixtures, outcome_name, state_name};
use crate::client::{Client, Offer, PresignedPut};
use crate::practice::OTHER_PATIENT;
use crate::redis_server::RedisServer;
use crate::server::{Plan, Server, eventually};
use crate::test_photo::TestPhoto;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clinical_images::outbox::OutboxRules;
use clinical_images::picture::{ObjectKey, PictureState};
use clinical_images::ports::Clock as _;
use clinical_images::record::Target;
use clinical_images::session::{Limits, Scans};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
#[ignore = "writes fixtures; STORED_SET names the set"]
async fn record_a_set() {
    let name = std::env::var("STORED_SET").expect("STORED_SET names the set, as 2027-03");
    for home in [Home::File, Home::Redis] {
        let directory = fixtures().join(&name).join(home.name());
        fs::create_dir_all(&directory).unwrap();
        record(home, &directory).await;
    }
}

/// A consultation under way.
struct Recording {
    server: Server,
    desk: Client,
    phone: Client,
    /// The desktop of another patient's session.
    other: Client,
    photos: BTreeMap<&'static str, TestPhoto>,
    objects: BTreeMap<String, Vec<u8>>,
}

async fn record(home: Home, directory: &Path) {
    let plan = Plan {
        limits: Limits {
            outbox: OutboxRules {
                targets: vec![Target::Media, Target::ScanPdf],
                ..OutboxRules::default()
            },
            // Time is made to pass in strides until ALEX has had its say; nobody goes idle meanwhile.
            pairing: HOUR,
            phone_idle: HOUR,
            session_idle: HOUR * 8,
            ..Limits::default()
        },
        ..home.plan()
    };
    let mut recording = Recording::begin(plan.clone()).await;
    recording.comes_to_outcomes().await;
    let discarded = recording.ends_another_session().await;
    while recording
        .server
        .services
        .drain_audit_outbox()
        .await
        .unwrap()
        > 0
    {}
    recording.is_interrupted().await;

    let unattended = Plan {
        neglected: true,
        ..plan
    };
    let mut recording = recording.restarted(unattended).await;
    let offer = recording.leaves_things_undone().await;
    let recorded = recording.described(discarded, &offer).await;
    let text = serde_json::to_string_pretty(&recorded).unwrap();
    fs::write(directory.join("recorded.json"), text + "\n").unwrap();
    recording.keep_bytes(home, directory, &recorded.audit).await;
}

impl Recording {
    async fn begin(plan: Plan) -> Self {
        let server = Server::with(plan).await;
        let desk = server.desk().await;
        let phone = server.phone(&desk.offer().await).await;
        let wrong = server.unconfirmed_phone(&desk.offer().await).await;
        wrong.say("decline-patient").await.is_fine();
        // Before time passes: the simulated Medtech goes by a real clock.
        let browser = server.browser();
        let other = server.desktop_for(OTHER_PATIENT, browser).await;
        server.phone(&other.offer().await).await;
        Self {
            server,
            desk,
            phone,
            other,
            photos: BTreeMap::new(),
            objects: BTreeMap::new(),
        }
    }

    /// Sends a picture from the desktop.
    async fn send(&mut self, role: &'static str) {
        let photo = TestPhoto::new();
        let key = self.sent_from(&self.desk, &photo).await;
        self.keep(role, photo, &key);
    }

    /// Sends a picture, with its bytes put behind the server's back: permissions are of a time to come by the clock that the
    /// picture store goes by.
    async fn sent_from(&self, client: &Client, photo: &TestPhoto) -> ObjectKey {
        let presigned: PresignedPut = client.reserve(photo).await.value();
        let key = presigned.key();
        self.server
            .practice
            .put_unannounced(&key, &photo.bytes)
            .await;
        client.arrived(photo.id()).await.is_fine();
        key
    }

    fn keep(&mut self, role: &'static str, photo: TestPhoto, key: &ObjectKey) {
        self.objects
            .insert(key.as_str().to_owned(), photo.bytes.clone());
        self.photos.insert(role, photo);
    }

    async fn commit(&self, roles: &[&str], scans: Scans) {
        let pictures: Vec<_> = roles.iter().map(|role| self.photos[role].id()).collect();
        self.desk.commit_as(&pictures, scans).await.is_fine();
    }

    async fn settle(&self, role: &str, expected: &str) {
        let picture = self.photos[role].id();
        let state = self.server.settle(&self.desk, picture).await;
        assert_eq!(state_name(&state), expected, "{role}");
    }

    async fn until(&self, role: &str, wanted: fn(&PictureState) -> bool) {
        let picture = self.photos[role].id();
        eventually(async || wanted(&self.desk.state(picture).await)).await;
    }

    async fn comes_to_outcomes(&mut self) {
        let practice = Arc::clone(&self.server.practice);
        let photo = TestPhoto::new();
        let key = self.sent_from(&self.phone, &photo).await;
        self.keep("filed", photo, &key);
        for role in ["page 1", "page 2", "failed", "needs check"] {
            self.send(role).await;
        }
        let described = [self.photos["page 1"].id(), self.photos["page 2"].id()];
        let change = json!({ "laterality": "right", "note": "Mole on the inside, 4 mm" });
        let describe = json!({ "pictures": described, "change": change });
        self.desk.on("pictures/describe", describe).await.is_fine();

        self.commit(&["filed"], Scans::Separate).await;
        self.settle("filed", "filed").await;
        self.commit(&["page 1", "page 2"], Scans::Together).await;
        self.settle("page 1", "filed").await;
        self.settle("page 2", "filed").await;
        practice.fault("POST /FHIR/Media", "403", 1).await;
        self.commit(&["failed"], Scans::Separate).await;
        self.settle("failed", "failed").await;
        practice.fault("POST /FHIR/Media", "lost", 1).await;
        practice.fault("GET /FHIR/Media", "403", 1).await;
        self.commit(&["needs check"], Scans::Separate).await;
        self.settle("needs check", "needs check").await;
    }

    /// Ends the other session, and discards its picture.
    async fn ends_another_session(&mut self) -> ObjectKey {
        let photo = TestPhoto::new();
        let key = self.sent_from(&self.other, &photo).await;
        self.objects.insert(key.as_str().to_owned(), photo.bytes);
        let why = json!({ "why": "discarded" });
        self.other.ask("desk/end", why).await.is_fine();
        key
    }

    /// The server dies while one picture waits for its next turn, one is on its way, and nobody knows of one.
    async fn is_interrupted(&mut self) {
        let practice = Arc::clone(&self.server.practice);
        for role in ["waiting", "unknown", "sending"] {
            self.send(role).await;
        }
        let posts = practice.posts().await;
        practice.fault("POST /FHIR/Media", "timeout", 1).await;
        self.commit(&["sending"], Scans::Separate).await;
        eventually(async || practice.posts().await > posts).await;
        practice.fault("POST /FHIR/Media", "lost", 1).await;
        self.commit(&["unknown"], Scans::Separate).await;
        self.until("unknown", |it| matches!(it, PictureState::Unknown { .. }))
            .await;
        // The last, as nothing goes out for a while after it.
        practice.fault("POST /FHIR/Media", "429", 1).await;
        self.commit(&["waiting"], Scans::Separate).await;
        self.until("waiting", |it| matches!(it, PictureState::Waiting { .. }))
            .await;
        self.until("sending", |it| *it == PictureState::Sending)
            .await;
    }

    async fn restarted(self, plan: Plan) -> Self {
        let server = self.server.killed_for(plan).await;
        let moved = |client: Client| Client {
            browser: client.browser.moved_to(&server.url),
            ..client
        };
        let (desk, phone) = (moved(self.desk), moved(self.phone));
        Self {
            server,
            desk,
            phone,
            ..self
        }
    }

    /// Nobody looks after sessions any more, so that all this stays as it is.
    async fn leaves_things_undone(&mut self) -> Offer {
        for role in ["queued", "queued page 1", "queued page 2", "deleted"] {
            self.send(role).await;
        }
        let photo = TestPhoto::new();
        let key = self.sent_from(&self.phone, &photo).await;
        self.keep("ready", photo, &key);
        let photo = TestPhoto::new();
        let presigned: PresignedPut = self.phone.reserve(&photo).await.value();
        self.keep("announced", photo, &presigned.key());
        let deleted = self.photos.remove("deleted").unwrap();
        let remove = json!({ "picture": deleted.id() });
        self.desk.on("pictures/remove", remove).await.is_fine();
        self.commit(&["queued"], Scans::Separate).await;
        self.commit(&["queued page 1", "queued page 2"], Scans::Together)
            .await;
        self.desk.offer().await
    }

    async fn described(&self, discarded: ObjectKey, offer: &Offer) -> Recorded {
        let services = &self.server.services;
        let session = services.sessions.load(self.desk.session).await;
        let session = session.unwrap().unwrap();
        let mut pictures = BTreeMap::new();
        let mut ledger = BTreeMap::new();
        for (role, photo) in &self.photos {
            let state = &session.view.picture(photo.id()).unwrap().state;
            let state = state_name(state).to_owned();
            let id = photo.id();
            pictures.insert((*role).to_owned(), RecordedPicture { id, state });
            if let Some(line) = services
                .ledger
                .read(&session.view.launch.practice, id)
                .await
                .unwrap()
            {
                ledger.insert(id, outcome_name(line.outcome).to_owned());
            }
        }
        let objects = self.objects.iter();
        Recorded {
            now: self.server.clock.now().millis(),
            open: self.desk.session,
            ended: self.other.session,
            epoch: session.view.epoch,
            revision: session.view.revision,
            version: session.version,
            desk_cookies: self.desk.browser.cookies(),
            phone_cookies: self.phone.browser.cookies(),
            phone_link: self.phone.link.unwrap(),
            offered: (offer.url.clone(), offer.link),
            pictures,
            objects: objects
                .map(|(key, bytes)| (key.clone(), BASE64.encode(bytes)))
                .collect(),
            discarded: discarded.as_str().to_owned(),
            ledger,
            notes: services
                .audit_outbox
                .pending_audit(1000)
                .await
                .unwrap()
                .len(),
            audit: self.audit_file(),
        }
    }

    /// The one file of the audit: a recording that runs into the next month is made again.
    fn audit_file(&self) -> String {
        let files = fs::read_dir(self.server.practice.file("audit")).unwrap();
        let mut names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let name = names.next().expect("something was noted");
        assert_eq!(names.next(), None);
        name
    }

    async fn keep_bytes(mut self, home: Home, directory: &Path, audit: &str) {
        let practice = Arc::clone(&self.server.practice);
        let redis = self.server.redis().cloned();
        self.server.stop().await;
        drop(self);
        let audit = practice.file(&format!("audit/{audit}"));
        fs::copy(audit, directory.join("audit.ndjson")).unwrap();
        match home {
            Home::File => {
                for name in ["sessions.redb", "ledger.redb"] {
                    // Whoever used it last may not have let go of it yet.
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    let mut database = redb::Database::open(practice.file(name)).unwrap();
                    while database.compact().unwrap() {}
                    drop(database);
                    fs::copy(practice.file(name), directory.join(name)).unwrap();
                }
            }
            Home::Redis => {
                let prefix = redis.unwrap().prefix;
                let lines = keys::dump(RedisServer::shared().address(), &prefix);
                fs::write(directory.join("keys.ndjson"), lines).unwrap();
            }
        }
    }
}
