//! Fixtures: sessions made by the domain's own functions, and what is done with them.

use crate::backends::Backend;
use clinical_images::digest::Sha256;
use clinical_images::id::{PictureId, PracticeId, RequestId, SessionId};
use clinical_images::launch::{Facility, FacilityCode, LaunchContext, Provider};
use clinical_images::moment::Moment;
use clinical_images::patient::{Day, Patient, PatientId, Sex};
use clinical_images::picture::{Details, DetailsChange, Note, Rendition};
use clinical_images::ports::{Append, Appended, IdempotencyKey, SessionStore};
use clinical_images::refusal::Refusal;
use clinical_images::session::{
    Actor, Command, Decision, Limits, Reply, Request, Session, UploadClaim, decide,
};
use clinical_server::adapter::session::SessionAdapter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// When the tests happen.
pub const NOW: Moment = Moment::from_millis(1_800_000_000_000);

pub fn after(seconds: u64) -> Moment {
    NOW.plus(Duration::from_secs(seconds))
}

pub fn id(number: u128) -> SessionId {
    SessionId::from_bits(number)
}

pub fn picture(number: u128) -> PictureId {
    PictureId::from_bits(number)
}

/// A session of a patient whose name is hard to write.
pub fn session(number: u128) -> Session {
    session_at(number, NOW)
}

pub fn session_at(number: u128, now: Moment) -> Session {
    let launch = LaunchContext {
        patient: Patient {
            id: PatientId::parse(&"7".repeat(32)).unwrap(),
            nhi: Some("ZAC5361".parse().unwrap()),
            family: "Tūhoe-O’Brien \u{0} \"quoted\"".into(),
            given: "Māui 毛利 👩🏽‍⚕️ e\u{301}".into(),
            born: Some(Day::parse("1984-03-21").unwrap()),
            sex: Sex::Female,
        },
        practice: PracticeId::of_environment(),
        facility: Facility {
            code: FacilityCode::parse("F2N060-E").unwrap(),
            name: "Kōwhai Practice".into(),
        },
        provider: Provider {
            id: "p1".into(),
            name: "Dr Aroha Ngata".into(),
        },
        launched_at: now,
        demo: true,
    };
    let desktop = Sha256::of(b"desktop");
    Session::open(
        id(number),
        u32::MAX,
        u128::MAX,
        launch,
        desktop,
        Limits::default(),
        now,
    )
}

/// A number that nobody has drawn before, in this process or another.
fn unique() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    u128::from(std::process::id()) << 64 | u128::from(number)
}

/// A name that no session has yet.
pub fn unused_name() -> SessionId {
    SessionId::from_bits(unique())
}

/// A request that nobody has made before, for asking `what`.
pub fn idempotency_key(what: &str) -> IdempotencyKey {
    IdempotencyKey {
        id: RequestId::from_bits(unique()),
        fingerprint: Sha256::of(what.as_bytes()),
    }
}

pub fn rendition(number: u128) -> Rendition {
    let sha256 = Sha256::of(&number.to_be_bytes());
    Rendition {
        length: 400_000,
        sha256,
        width: 1920,
        height: 1440,
    }
}

/// The desktop asks for something.
pub fn ask(command: Command) -> Request {
    Request {
        by: Actor::Desktop,
        command,
    }
}

pub fn reserve(number: u128) -> Request {
    ask(Command::Reserve(UploadClaim {
        picture: picture(number),
        rendition: rendition(number),
        taken_at: NOW,
        details: Details::default(),
    }))
}

pub fn noted(number: u128, note: &str) -> Request {
    let change = DetailsChange {
        note: Some(Note::new(note).unwrap()),
        ..Default::default()
    };
    ask(Command::Describe {
        pictures: vec![picture(number)],
        change,
    })
}

pub fn decided(session: &Session, request: Request) -> Decision {
    decide(session, request, NOW).unwrap()
}

/// Appends what the present session decides, which must work at once.
pub async fn put(store: &dyn SessionStore, number: u128, request: Request) -> Session {
    put_at(store, number, request, NOW).await
}

pub async fn put_at(
    store: &dyn SessionStore,
    number: u128,
    request: Request,
    now: Moment,
) -> Session {
    let session = store.load(id(number)).await.unwrap().unwrap();
    let decision = decide(&session, request, now).unwrap();
    let (expected, idempotency_key) = (session.version, idempotency_key("put"));
    let append = Append {
        expected,
        idempotency_key,
        decision: &decision,
    };
    assert_eq!(store.append(append).await.unwrap(), Appended::Done);
    decision.next
}

/// What a use case does: load, decide, append, and again when somebody else was faster.
pub async fn execute(
    store: &dyn SessionStore,
    number: u128,
    request: Request,
) -> Result<Reply, Refusal> {
    let idempotency_key = idempotency_key("carry out");
    loop {
        let session = store.load(id(number)).await.unwrap().unwrap();
        let decision = decide(&session, request.clone(), NOW)?;
        let append = Append {
            expected: session.version,
            idempotency_key,
            decision: &decision,
        };
        match store.append(append).await.unwrap() {
            Appended::Done => return Ok(decision.reply),
            Appended::Replayed(reply) => return Ok(reply),
            Appended::Conflict => {}
            Appended::Mismatch => panic!("a request of its own"),
        }
    }
}

/// A fresh place with one open session, number 1.
pub async fn with_one_session(backend: &impl Backend) -> (Arc<dyn SessionAdapter>, Session) {
    let (store, session) = (backend.store(), session(1));
    store.open(&session).await.unwrap();
    (store, session)
}
