//! The wall clock of the practice, wherever the server stands.

use clinical_images::fhir::FhirInstant;
use clinical_images::moment::Moment;
use clinical_images::practice::TimeZoneName;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The time zone of this name, from data that comes with the program; `None` when there is none.
pub(super) fn zone(name: &TimeZoneName) -> Option<TimeZone> {
    TimeZone::get(name.as_str()).ok()
}

/// A moment as a clock on the practice's wall shows it, with its offset. None outside the years 0
/// to 9999.
pub(super) fn on_the_wall(moment: Moment, zone: &TimeZone) -> Option<FhirInstant> {
    let time = Timestamp::from_millisecond(moment.millis())
        .ok()?
        .to_zoned(zone.clone());
    FhirInstant::parse(&time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()).ok()
}

/// Reads a time that says its offset. One that does not is refused: it could mean New Zealand or
/// Greenwich, half a day apart.
pub(super) fn moment(text: &str) -> Option<Moment> {
    text.trim()
        .parse::<Timestamp>()
        .ok()
        .map(|time| Moment::from_millis(time.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter_have_their_own_offset() {
        let zone = zone(&TimeZoneName::default()).unwrap();
        let wall = |text: &str| {
            on_the_wall(moment(text).unwrap(), &zone)
                .unwrap()
                .as_str()
                .to_owned()
        };
        assert_eq!(
            wall("2026-11-21T01:03:05.999Z"),
            "2026-11-21T14:03:05+13:00"
        );
        assert_eq!(wall("2026-06-30T23:00:00Z"), "2026-07-01T11:00:00+12:00");
        assert_eq!(wall("2026-04-04T14:30:00Z"), "2026-04-05T02:30:00+12:00");
        assert_eq!(wall("2026-04-04T13:30:00Z"), "2026-04-05T02:30:00+13:00");
    }

    #[test]
    fn the_chatham_islands_are_three_quarters_of_an_hour_ahead() {
        let chatham = TimeZoneName::parse("Pacific/Chatham").unwrap();
        let wall = on_the_wall(
            moment("2026-11-21T01:03:05Z").unwrap(),
            &zone(&chatham).unwrap(),
        );
        assert_eq!(wall.unwrap().as_str(), "2026-11-21T14:48:05+13:45");
        let nowhere = TimeZoneName::parse("Pacific/Nowhere").unwrap();
        assert!(zone(&nowhere).is_none());
    }

    #[test]
    fn a_time_no_calendar_has_is_none() {
        let zone = zone(&TimeZoneName::default()).unwrap();
        for millis in [i64::MIN, i64::MAX, -70_000_000_000_000] {
            assert!(
                on_the_wall(Moment::from_millis(millis), &zone).is_none(),
                "{millis}"
            );
        }
    }

    #[test]
    fn a_time_without_an_offset_is_not_guessed_at() {
        assert_eq!(
            moment("2026-11-21T01:03:05.1234567Z"),
            Some(Moment::from_millis(1_795_222_985_123))
        );
        assert_eq!(
            moment("2026-11-21T14:03:05+13:00"),
            moment("2026-11-21T01:03:05Z")
        );
        for wrong in ["2026-11-21T01:03:05", "2026-11-21", "yesterday", ""] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }
}
