//! Words for people, sites, sides, views, states and sizes.

use clinical_images::moment::Moment;
use clinical_images::nhi::Nhi;
use clinical_images::patient::{Patient, Sex};
use clinical_images::picture::{Laterality, Missing, PictureState, View};
use clinical_images::upload::UploadState;

/// `NGATA, Aroha`: the family name in capitals, as banners show it.
#[must_use]
pub fn patient_name(patient: &Patient) -> String {
    let family = patient.family.to_uppercase();
    if patient.given.is_empty() {
        family
    } else {
        format!("{family}, {}", patient.given)
    }
}

/// `born 21 Mar 1984 · 42 y · female · NHI ZZZ0016`; what is not known is said to be not known.
#[must_use]
pub fn patient_about(patient: &Patient, now: Moment) -> String {
    let nhi = patient.nhi.as_ref().map_or("no NHI".to_owned(), |nhi| {
        format!("NHI {}", Nhi::as_str(nhi))
    });
    format!(
        "{} · {} · {nhi}",
        patient_born(patient, now),
        sex(patient.sex)
    )
}

/// `born 21 Mar 1984 · 42 y`.
#[must_use]
pub fn patient_born(patient: &Patient, now: Moment) -> String {
    let Some(born) = patient.born else {
        return "date of birth unknown".to_owned();
    };
    let age = born
        .age_at(now)
        .map(|age| format!(" · {age}"))
        .unwrap_or_default();
    format!("born {}{age}", born.in_words())
}

/// Administrative sex in words.
#[must_use]
pub fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "sex: other",
        Sex::Unknown => "sex unknown",
    }
}

/// A side as offered on a button.
#[must_use]
pub fn laterality(side: Laterality) -> &'static str {
    match side {
        Laterality::Left => "Left",
        Laterality::Right => "Right",
        Laterality::Bilateral => "Both",
        Laterality::NotApplicable => "No side",
    }
}

/// A view as offered on a button.
#[must_use]
pub fn view(view: View) -> &'static str {
    match view {
        View::Regional => "Regional",
        View::CloseUp => "Close-up",
        View::Dermoscopic => "Dermoscopic",
        View::Comparison => "Comparison",
        View::Other => "Other",
    }
}

/// What a badge says about missing details.
#[must_use]
pub fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::Site => "Site missing",
        Missing::Side => "Side missing",
    }
}

/// The state of a picture in the session, as its badge says it.
#[must_use]
pub fn picture_state(state: &PictureState, missing: Option<Missing>) -> &'static str {
    match (state, missing) {
        (PictureState::Reserved, _) => "Arriving",
        (PictureState::Ready, Some(_)) => "Needs details",
        (PictureState::Ready, None) => "Ready",
        (PictureState::Queued, _) => "Waiting for Medtech",
        (PictureState::Sending, _) => "Filing",
        (PictureState::Filed { .. }, _) => "In record",
        (PictureState::Failed { .. }, _) => "Not filed",
        (PictureState::Waiting { .. }, _) => "Will try again",
        (PictureState::Unknown { .. }, _) => "Looking in Medtech",
        (PictureState::NeedsCheck { .. }, _) => "Check Medtech",
    }
}

/// The state of a picture on its way from this device.
#[must_use]
pub fn upload_state(upload: &UploadState) -> String {
    match upload {
        UploadState::Waiting => "Waiting".to_owned(),
        UploadState::Preparing => "Preparing".to_owned(),
        UploadState::Prepared => "Ready to send".to_owned(),
        UploadState::Sending { percent, .. } => format!("Sending {percent} %"),
        UploadState::Checking { .. } => "Checking".to_owned(),
        UploadState::Retrying { seconds, .. } => format!("Retrying in {seconds} s"),
        UploadState::Paused { .. } => "No network – waiting".to_owned(),
        UploadState::Stopped { .. } => "Not sent".to_owned(),
        UploadState::Sent => "Sent".to_owned(),
    }
}

/// `1 photo`, `3 photos`.
#[must_use]
pub fn photos(count: usize) -> String {
    if count == 1 {
        "1 photo".to_owned()
    } else {
        format!("{count} photos")
    }
}

/// `12 of 1000 characters`.
#[must_use]
pub fn note_length(have: usize, most: usize) -> String {
    format!("{have} of {most} characters")
}

/// `412 kB`.
#[must_use]
pub fn kilobytes(bytes: u64) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::patient::{Day, PatientId};

    #[test]
    fn a_banner_line_names_what_is_not_known() {
        let mut patient = Patient {
            id: PatientId::parse(&"0".repeat(32)).unwrap(),
            nhi: "ZZZ0016".parse().ok(),
            family: "Ngāta".into(),
            given: "Aroha".into(),
            born: Day::parse("1984-03-21").ok(),
            sex: Sex::Female,
        };
        let now = Moment::from_millis(1_795_000_000_000);
        assert_eq!(patient_name(&patient), "NGĀTA, Aroha");
        assert_eq!(
            patient_about(&patient, now),
            "born 21 Mar 1984 · 42 y · female · NHI ZZZ0016"
        );
        (patient.nhi, patient.born) = (None, None);
        assert_eq!(
            patient_about(&patient, now),
            "date of birth unknown · female · no NHI"
        );
    }
}
