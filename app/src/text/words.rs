//! Words for people, sites, sides, views, states and days. What is put together from them is in `phrases.rs`.

use super::catalogue::catalogue;
use clinical_images::patient::{Age, Day};
use clinical_images::picture::{BodySite, Laterality};
use clinical_images::session::DeviceKind;

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
