//! Te reo Māori for what desktop and phone both say.

use crate::text::problem::Problems;
use crate::text::upload_failure::UploadFailures;
use crate::text::words::Words;
use clinical_images::patient::{Age, Day};
use clinical_images::picture::{BodySite, Laterality};

impl Words {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self {
        left: "Mauī",
        right: "Matau",
        side: "Taha",
        female: "wahine",
        male: "tāne",
        sent: "Kua tukuna",
        ready: "Kua rite",
        language_label: "Reo",
        day,
        age,
        site,
        site_and_side,
        ..Self::EN
    };
}

impl Problems {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self { ..Self::EN };
}

impl UploadFailures {
    /// In te reo Māori.
    pub(in crate::text) const MI: Self = Self { ..Self::EN };
}

/// Months as CLDR names them, whole: `Māe` and `Mei`, its short forms of March and May, differ by a letter and a macron.
fn day(day: Day) -> String {
    const MONTHS: [&str; 12] = [
        "Hānuere",
        "Pēpuere",
        "Māehe",
        "Āpereira",
        "Mei",
        "Hune",
        "Hūrae",
        "Ākuhata",
        "Hepetema",
        "Oketopa",
        "Noema",
        "Tīhema",
    ];
    format!("{} {} {}", day.day(), MONTHS[day.month_index()], day.year())
}

fn age(age: Age) -> String {
    match age {
        Age::Days(days) => format!("{days} rā"),
        Age::Weeks(weeks) => format!("{weeks} wiki"),
        Age::Months(months) => format!("{months} marama"),
        Age::Years(years) => format!("{years} tau"),
    }
}

/// The sites whose names a source confirms.
fn own_name(site: BodySite) -> Option<&'static str> {
    Some(match site.code() {
        "69536005" => "Upoko",
        "89545001" => "Kanohi",
        "81745001" => "Karu",
        "117590005" => "Taringa",
        "45206002" => "Ihu",
        "48477009" => "Ngutu",
        "21974007" => "Arero",
        "45048000" => "Kakī",
        "16982005" => "Pakihiwi",
        "76752008" => "Ū",
        "113345001" => "Puku",
        "58602004" => "Kaokao",
        "77568009" => "Tuarā",
        "39937001" => "Kiri",
        _ => return None,
    })
}

fn site(site: BodySite) -> &'static str {
    own_name(site).unwrap_or_else(|| (Words::EN.site)(site))
}

/// The side follows the site: `ringa matau`. A site without a name of its own is English with its side, rather than half of each.
fn site_and_side(site: BodySite, side: Option<Laterality>) -> String {
    match (own_name(site), side) {
        (Some(name), Some(Laterality::Left)) => format!("{name} mauī"),
        (Some(name), Some(Laterality::Right)) => format!("{name} matau"),
        (Some(name), Some(Laterality::NotApplicable) | None) => name.to_owned(),
        (Some(_), Some(Laterality::Bilateral)) | (None, _) => (Words::EN.site_and_side)(site, side),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(code: &str) -> BodySite {
        BodySite::from_code(code).unwrap()
    }

    #[test]
    fn a_place_is_in_one_language() {
        let ear = coded("117590005");
        assert_eq!(site_and_side(ear, Some(Laterality::Left)), "Taringa mauī");
        assert_eq!(
            site_and_side(ear, Some(Laterality::Bilateral)),
            "Ear, both sides"
        );
        let forearm = coded("14975008");
        assert_eq!(
            site_and_side(forearm, Some(Laterality::Right)),
            "Right forearm"
        );
        assert_eq!(site_and_side(coded("77568009"), None), "Tuarā");
    }

    #[test]
    fn a_site_is_found_by_its_shown_name_with_or_without_macrons_and_by_english() {
        for typed in ["kakī", "kaki", "KAKĪ", "neck"] {
            assert_eq!(
                BodySite::search(typed, site)[0],
                coded("45048000"),
                "{typed}"
            );
        }
    }
}
