//! How sites, sides and days are written into the record: SNOMED CT's names, in English, whatever language the page speaks.

use crate::patient::Day;
use crate::picture::{Details, Laterality};

/// Site and side as one phrase: `Left forearm`; `Eyelid, both sides`. `None` without a site.
#[must_use]
pub(super) fn place(details: &Details) -> Option<String> {
    let name = details.site?.name();
    Some(match details.laterality {
        Some(Laterality::Left) => format!("Left {}", lower_first(name)),
        Some(Laterality::Right) => format!("Right {}", lower_first(name)),
        Some(Laterality::Bilateral) => format!("{name}, both sides"),
        Some(Laterality::NotApplicable) | None => name.to_owned(),
    })
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

/// `21 Mar 1984`, as people in New Zealand write a day.
#[must_use]
pub(super) fn day(day: Day) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    format!("{} {} {}", day.day(), MONTHS[day.month_index()], day.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::BodySite;

    #[test]
    fn the_record_gets_the_codes_own_name_with_its_side() {
        let filed = |code, laterality| {
            let site = BodySite::from_code(code);
            place(&Details {
                site,
                laterality,
                ..Details::default()
            })
            .unwrap()
        };
        assert_eq!(filed("14975008", Some(Laterality::Left)), "Left forearm");
        assert_eq!(
            filed("80243003", Some(Laterality::Bilateral)),
            "Eyelid, both sides"
        );
        assert_eq!(filed("72696002", None), "Knee region");
        assert_eq!(place(&Details::default()), None);
        assert_eq!(day(Day::parse("2024-02-29").unwrap()), "29 Feb 2024");
    }
}
