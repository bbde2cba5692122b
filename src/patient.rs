//! Whose pictures these are. Nothing in here may reach a log: every `Debug` is silent.

use crate::digest::Sha256;
use crate::moment::Moment;
use crate::nhi::Nhi;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A patient as ALEX knows them, reduced to what the banner shows and a commit compares.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// ALEX's own id: 32 lower-case hexadecimal digits.
    pub id: PatientId,
    /// National Health Index number, when the patient has one.
    pub nhi: Option<Nhi>,
    /// Family name as registered.
    pub family: String,
    /// Given names as registered, separated by spaces.
    pub given: String,
    /// Date of birth.
    pub born: Option<Day>,
    /// Administrative sex.
    pub sex: Sex,
}

/// ALEX's id of a patient.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PatientId(String);

/// Text that cannot be an ALEX patient id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ALEX patient id is 32 lower-case hexadecimal digits")]
pub struct NotAPatientId;

impl PatientId {
    /// Checks the shape of an id that came from outside.
    ///
    /// # Errors
    /// When it is not 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NotAPatientId> {
        let fits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAPatientId)
        }
    }

    /// An id that names nobody, for readers who need not know.
    #[must_use]
    pub fn hidden(&self) -> Self {
        Self("0".repeat(32))
    }

    /// The 32 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Administrative sex (FHIR `administrative-gender`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// `female`
    Female,
    /// `male`
    Male,
    /// `other`
    Other,
    /// `unknown`, or not given
    Unknown,
}

/// A calendar day without a time or zone, such as a date of birth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// An age, in the unit that clinicians use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Below two weeks.
    Days(u64),
    /// Below three months.
    Weeks(u64),
    /// Below two years.
    Months(u64),
    /// Whole years.
    Years(u64),
}

/// Text that is not a day like `1984-03-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is written 1984-03-21")]
pub struct NotADay;

impl Day {
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When the text has another shape or names no day of the calendar.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let mut parts = text.splitn(3, '-');
        let mut part = |digits: usize| {
            let text = parts.next().filter(|text| text.len() == digits)?;
            text.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| text.parse::<u16>().ok())?
        };
        let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else {
            return Err(NotADay);
        };
        let (month, day) = (month as u8, day as u8);
        if (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day) {
            Ok(Self { year, month, day })
        } else {
            Err(NotADay)
        }
    }

    /// The year, such as 1984.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from 0 for January to 11, as a list of names counts them.
    #[must_use]
    pub const fn month_index(self) -> usize {
        self.month as usize - 1
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Age on the day of `now` (in UTC: at most half a day off, which a banner in whole months tolerates). `None` when
    /// `now` lies before.
    #[must_use]
    pub fn age_at(self, now: Moment) -> Option<Age> {
        let today = now.millis().div_euclid(86_400_000);
        let days = u64::try_from(today - self.days_since_epoch()).ok()?;
        let (year, month, day) = civil_from_days(today);
        let months = (i64::from(year) - i64::from(self.year)) * 12 + i64::from(month)
            - i64::from(self.month)
            - i64::from(day < self.day);
        let months = u64::try_from(months).ok()?;
        Some(match (days, months) {
            (0..=13, _) => Age::Days(days),
            (_, 0..=2) => Age::Weeks(days / 7),
            (_, 3..=23) => Age::Months(months),
            _ => Age::Years(months / 12),
        })
    }

    fn days_since_epoch(self) -> i64 {
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let shifted = year - i64::from(month <= 2);
        let century = shifted.div_euclid(400);
        let of_century = shifted - century * 400;
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        century * 146_097 + of_century * 365 + of_century / 4 - of_century / 100 + of_year - 719_468
    }
}

/// Year, month and day of a day number, by the proleptic Gregorian calendar.
fn civil_from_days(days: i64) -> (u16, u8, u8) {
    let shifted = days + 719_468;
    let century = shifted.div_euclid(146_097);
    let of_century = shifted - century * 146_097;
    let year = (of_century - of_century / 1460 + of_century / 36_524 - of_century / 146_096) / 365;
    let of_year = of_century - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + century * 400 + i64::from(month <= 2);
    (
        u16::try_from(year).unwrap_or(0),
        u8::try_from(month).unwrap_or(1),
        u8::try_from(day).unwrap_or(1),
    )
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Day {
    type Error = NotADay;

    fn try_from(text: String) -> Result<Self, NotADay> {
        Self::parse(&text)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl Patient {
    /// What a commit compares: a digest over everything that tells one patient from another.
    #[must_use]
    pub fn fingerprint(&self) -> Sha256 {
        let nhi = self.nhi.as_ref().map_or("", Nhi::as_str);
        let born = self.born.map(|day| day.to_string()).unwrap_or_default();
        let parts = [self.id.as_str(), nhi, &self.family, &self.given, &born];
        // A separator that no part can hold keeps "ab"+"c" apart from "a"+"bc".
        Sha256::of(parts.join("\u{0}").as_bytes())
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Patient(…)")
    }
}

impl fmt::Debug for PatientId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PatientId(…)")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Day(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noon(day: &str) -> Moment {
        Moment::from_millis(Day::parse(day).unwrap().days_since_epoch() * 86_400_000 + 43_200_000)
    }

    #[test]
    fn days_are_read_strictly() {
        for wrong in [
            "",
            "1984-3-21",
            "1984-13-01",
            "2023-02-29",
            "1984-03-21T00:00",
            "21/03/1984",
            "é984-03-21",
        ] {
            assert!(Day::parse(wrong).is_err(), "{wrong}");
        }
        let leap = Day::parse("2024-02-29").unwrap();
        assert_eq!((leap.day(), leap.month_index(), leap.year()), (29, 1, 2024));
    }

    #[test]
    fn ages_are_told_in_the_unit_a_clinician_uses() {
        let born = Day::parse("2024-05-31").unwrap();
        let ages = [
            ("2024-05-30", None),
            ("2024-06-03", Some(Age::Days(3))),
            ("2024-07-05", Some(Age::Weeks(5))),
            ("2025-05-30", Some(Age::Months(11))),
            ("2025-07-31", Some(Age::Months(14))),
            ("2065-05-30", Some(Age::Years(40))),
            ("2065-05-31", Some(Age::Years(41))),
        ];
        for (today, age) in ages {
            assert_eq!(born.age_at(noon(today)), age, "{today}");
        }
    }

    proptest! {
        #[test]
        fn day_numbers_and_the_calendar_agree(days in -140_000i64..180_000) {
            let (year, month, day) = civil_from_days(days);
            prop_assert_eq!(Day { year, month, day }.days_since_epoch(), days);
        }
    }
}
