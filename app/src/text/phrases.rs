//! What is put together from words: a patient's line, a picture's place and state. The same in every language, but for its words.

use super::words::*;
use clinical_images::moment::Moment;
use clinical_images::nhi::Nhi;
use clinical_images::patient::{Patient, Sex};
use clinical_images::picture::{Details, Laterality, Missing, PictureState, View};
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
    let nhi = patient.nhi.as_ref().map_or(no_nhi().to_owned(), |nhi| {
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
    let Some(birth) = patient.born else {
        return birth_unknown().to_owned();
    };
    let age = birth
        .age_at(now)
        .map(|years| format!(" · {}", age(years)))
        .unwrap_or_default();
    format!("{}{age}", born(&day(birth)))
}

/// Administrative sex in words.
#[must_use]
pub fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => female(),
        Sex::Male => male(),
        Sex::Other => sex_other(),
        Sex::Unknown => sex_unknown(),
    }
}

/// A side as offered on a button.
#[must_use]
pub fn laterality(side: Laterality) -> &'static str {
    match side {
        Laterality::Left => left(),
        Laterality::Right => right(),
        Laterality::Bilateral => both(),
        Laterality::NotApplicable => no_side(),
    }
}

/// A view as offered on a button.
#[must_use]
pub fn view(view: View) -> &'static str {
    match view {
        View::Regional => regional(),
        View::CloseUp => close_up(),
        View::Dermoscopic => dermoscopic(),
        View::Comparison => comparison(),
        View::Other => other_view(),
    }
}

/// What a picture shows, as far as it is known: `Left forearm`.
#[must_use]
pub fn place(details: &Details) -> Option<String> {
    Some(site_and_side(details.site?, details.laterality))
}

/// What a badge says about missing details.
#[must_use]
pub fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::Site => site_missing(),
        Missing::Side => side_missing(),
    }
}

/// The state of a picture in the session, as its badge says it.
#[must_use]
pub fn picture_state(state: &PictureState, missing: Option<Missing>) -> &'static str {
    match (state, missing) {
        (PictureState::Reserved, _) => arriving(),
        (PictureState::Ready, Some(_)) => needs_details(),
        (PictureState::Ready, None) => ready(),
        (PictureState::Queued, _) => queued(),
        (PictureState::Sending, _) => being_filed(),
        (PictureState::Filed { .. }, _) => in_the_record(),
        (PictureState::Failed { .. }, _) => not_filed(),
        (PictureState::Waiting { .. }, _) => will_try_again(),
        (PictureState::Unknown { .. }, _) => looking(),
        (PictureState::NeedsCheck { .. }, _) => to_check(),
    }
}

/// The state of a picture on its way from this device.
#[must_use]
pub fn upload_state(upload: &UploadState) -> String {
    match upload {
        UploadState::Waiting => waiting().to_owned(),
        UploadState::Preparing => being_prepared().to_owned(),
        UploadState::Prepared => ready_to_send().to_owned(),
        UploadState::Sending { percent, .. } => sending_percent(*percent),
        UploadState::Checking { .. } => checking().to_owned(),
        UploadState::Retrying { seconds, .. } => retrying_in(u64::from(*seconds)),
        UploadState::Paused { .. } => no_network().to_owned(),
        UploadState::Stopped { .. } => not_sent().to_owned(),
        UploadState::Sent => sent().to_owned(),
    }
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
    use clinical_images::picture::BodySite;

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

    #[test]
    fn a_site_is_shown_in_short_words_and_each_in_its_own() {
        let shown = |code, laterality| {
            let site = BodySite::from_code(code);
            place(&Details {
                site,
                laterality,
                ..Details::default()
            })
            .unwrap()
        };
        assert_eq!(shown("72696002", Some(Laterality::Left)), "Left knee");
        assert_eq!(
            shown("80243003", Some(Laterality::Bilateral)),
            "Eyelid, both sides"
        );
        assert_eq!(
            shown("53120007", Some(Laterality::NotApplicable)),
            "Whole arm"
        );
        let mut names: Vec<&str> = BodySite::all().map(site).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(
            names.len(),
            BodySite::all().count(),
            "two sites of one name"
        );
    }
}
