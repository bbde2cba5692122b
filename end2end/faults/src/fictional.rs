//! A session of nobody, for what needs one without a launch: the measurement of the stores, and the checker's tests.

use clinical_images::digest::Sha256;
use clinical_images::id::{PracticeId, SessionId};
use clinical_images::launch::{Facility, FacilityCode, LaunchContext, Provider};
use clinical_images::moment::Moment;
use clinical_images::patient::{Patient, PatientId, Sex};
use clinical_images::session::{Limits, Session};

/// When it all happens.
pub(crate) const NOW: Moment = Moment::from_millis(1_800_000_000_000);
/// ALEX's id of the patient.
pub(crate) const PATIENT: &str = "77777777777777777777777777777777";

/// A session that was just opened. `key_prefix` makes its object keys its own.
pub(crate) fn session(id: SessionId, epoch: u32, key_prefix: u128) -> Session {
    let launch = LaunchContext {
        patient: Patient {
            id: PatientId::parse(PATIENT).expect("32 hexadecimal digits"),
            nhi: "ZAC5361".parse().ok(),
            family: "Test".into(),
            given: "Person".into(),
            born: None,
            sex: Sex::Unknown,
        },
        practice: PracticeId::of_environment(),
        facility: Facility {
            code: FacilityCode::parse("F2N060-E").expect("shaped like a facility number"),
            name: "Kōwhai Practice".into(),
        },
        provider: Provider {
            id: "p1".into(),
            name: "Dr Test".into(),
        },
        launched_at: NOW,
        demo: false,
    };
    let desktop = Sha256::of(b"desktop");
    Session::open(
        id,
        epoch,
        key_prefix,
        launch,
        desktop,
        Limits::default(),
        NOW,
    )
}
