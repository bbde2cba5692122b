//! Words for people, sites, sides, views, states, times and sizes.

use super::catalogue::catalogue;
use clinical_images::moment::Moment;
use clinical_images::nhi::Nhi;
use clinical_images::patient::{Age, Day, Patient, Sex};
use clinical_images::picture::{BodySite, Details, Laterality, Missing, PictureState, View};
use clinical_images::session::DeviceKind;
use clinical_images::upload::UploadState;

catalogue! {
    /// Words for people, sites, sides, views and states.
    Words
    words {
        /// Where no date of birth is known.
        birth_unknown: "date of birth unknown";
        /// Where no NHI is known.
        no_nhi: "no NHI";
        /// Administrative sex.
        female: "female";
        /// Administrative sex.
        male: "male";
        /// Administrative sex.
        sex_other: "sex: other";
        /// Administrative sex.
        sex_unknown: "sex unknown";
        /// A side.
        left: "Left";
        /// A side.
        right: "Right";
        /// Both sides.
        both: "Both";
        /// A site has no sides.
        no_side: "Not applicable";
        /// A view: the part of the body around it.
        regional: "Regional";
        /// A view: from near.
        close_up: "Close-up";
        /// A view: through a dermatoscope.
        dermoscopic: "Dermoscopic";
        /// A view: beside the other side or an earlier picture.
        comparison: "Comparison";
        /// A view of another kind.
        other_view: "Other";
        /// What a badge says about missing details.
        site_missing: "Site missing";
        /// What a badge says about missing details.
        side_missing: "Side missing";
        /// A picture's state: announced, its bytes are on their way.
        arriving: "Arriving";
        /// A picture's state: it may not be filed as it is.
        needs_details: "Needs details";
        /// A picture's state: it may be filed.
        ready: "Ready";
        /// A picture's state: it is to be filed and was not sent yet.
        queued: "Waiting for Medtech";
        /// A picture's state: it is being filed.
        being_filed: "Filing";
        /// A picture's state: it is in the record.
        in_the_record: "In the record";
        /// A picture's state: it was not filed.
        not_filed: "Not filed";
        /// A picture's state: filing is tried again by itself.
        will_try_again: "Will try again";
        /// A picture's state: Clinical Images looks whether it was filed.
        looking: "Looking in Medtech";
        /// A picture's state: a person must look whether it was filed.
        to_check: "Check Medtech";
        /// On its way from this device: in the queue.
        waiting: "Waiting";
        /// On its way from this device: made smaller.
        being_prepared: "Preparing";
        /// On its way from this device: small enough.
        ready_to_send: "Ready to send";
        /// On its way from this device: the server looks whether it arrived.
        checking: "Checking";
        /// On its way from this device: no network.
        no_network: "No network – waiting";
        /// It stays on this device.
        not_sent: "Not sent";
        /// The server has it.
        sent: "Sent";
        /// Label of the field.
        body_site: "Body site";
        /// In the field while it is empty.
        site_example: "Type to search, e.g. shin";
        /// The list of sites.
        body_sites: "Body sites";
        /// When nothing fits what was typed.
        no_such_site: "No site of that name. Try another word.";
        /// Behind a site whose pictures are kept out of sight.
        sensitive: "sensitive";
        /// Label of the choice of sides.
        side: "Side";
        /// Behind that label where a site has two.
        side_needed: "(needed for this site)";
        /// Label of the choice of views.
        view_label: "View";
        /// Label of the note.
        note: "Note";
        /// Names the language switch.
        language_label: "Language";
        /// Puts a message away.
        dismiss: "Dismiss";
        /// On every screen of the demo.
        demo: "Demo – fictional patients";
    }
    sentences {
        /// `21 Mar 1984`.
        fn day(day: Day) -> String {
            const MONTHS: [&str; 12] = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ];
            format!("{} {} {}", day.day(), MONTHS[day.month_index()], day.year())
        }

        /// `3 d`, `5 wk`, `14 mo`, `41 y`.
        fn age(age: Age) -> String {
            match age {
                Age::Days(days) => format!("{days} d"),
                Age::Weeks(weeks) => format!("{weeks} wk"),
                Age::Months(months) => format!("{months} mo"),
                Age::Years(years) => format!("{years} y"),
            }
        }

        /// `born 21 Mar 1984`.
        fn born(day: &str) -> String {
            format!("born {day}")
        }

        /// A site as it is offered and shown. What is filed is SNOMED's name.
        fn site(site: BodySite) -> &'static str {
            match site.code() {
                "661005" => "Jaw",
                "16982005" => "Shoulder",
                "53120007" => "Whole arm",
                "61685007" => "Whole leg",
                "72696002" => "Knee",
                _ => site.name(),
            }
        }

        /// Site and side as one phrase: `Left forearm`; `Eyelid, both sides`.
        fn site_and_side(site: BodySite, side: Option<Laterality>) -> String {
            let name = (Words::EN.site)(site);
            let small = || {
                let mut letters = name.chars();
                let first = letters.next().into_iter().flat_map(char::to_lowercase);
                first.chain(letters).collect::<String>()
            };
            match side {
                Some(Laterality::Left) => format!("Left {}", small()),
                Some(Laterality::Right) => format!("Right {}", small()),
                Some(Laterality::Bilateral) => format!("{name}, both sides"),
                Some(Laterality::NotApplicable) | None => name.to_owned(),
            }
        }

        /// A few words for a device.
        fn device(kind: DeviceKind) -> &'static str {
            match kind {
                DeviceKind::IPhone => "iPhone",
                DeviceKind::IPad => "iPad",
                DeviceKind::AndroidPhone => "Android phone",
                DeviceKind::AndroidTablet => "Android tablet",
                DeviceKind::WindowsComputer => "Windows computer",
                DeviceKind::Mac => "Mac",
                DeviceKind::LinuxComputer => "Linux computer",
                DeviceKind::Other => "Phone",
            }
        }

        /// On its way from this device: so much of it.
        fn sending_percent(percent: u8) -> String {
            format!("Sending {percent} %")
        }

        /// On its way from this device: the next try.
        fn retrying_in(seconds: u64) -> String {
            format!("Retrying in {seconds} s")
        }

        /// `12 of 1000 characters`.
        fn note_length(have: usize, most: usize) -> String {
            format!("{have} of {most} characters")
        }
    }
}

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
    use clinical_images::patient::PatientId;

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
