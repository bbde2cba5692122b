//! What every page has: the warning that it is simulated, the head, the refresh; and how people
//! and times are written.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, Unit};
use serde::Deserialize;

use super::html::{Element, Html, el};
use crate::nondeterminism;
use crate::people::{Patient, Practice};

const STYLE: &str = include_str!("style.css");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page that loads itself again every few seconds if `refresh` is true.
pub(super) struct Page {
    pub title: String,
    pub refresh: bool,
    /// This page's address with the refresh switched the other way; None when it never refreshes.
    pub switch: Option<String>,
    /// Whose page it is; of all practices when it is none's.
    pub practice: Option<Practice>,
    pub facilities: Vec<String>,
}

/// What the address of a page may say of its refresh.
#[derive(Deserialize)]
pub(super) struct View {
    refresh: Option<String>,
}

impl View {
    pub(super) fn refreshes(&self) -> bool {
        self.refresh.as_deref() != Some("off")
    }
}

impl Page {
    pub(super) fn show(self, main: Html) -> Response {
        let mut head = el("head")
            .with(el("meta").attr("charset", "utf-8"))
            .with(
                el("meta")
                    .attr("name", "viewport")
                    .attr("content", "width=device-width, initial-scale=1"),
            )
            .with(
                el("meta")
                    .attr("name", "color-scheme")
                    .attr("content", "light dark"),
            )
            .with(el("title").with(format!("{} – Simulated Medtech", self.title)))
            .with(el("style").css(STYLE));
        if self.refresh {
            head = head.with(
                el("meta")
                    .attr("http-equiv", "refresh")
                    .attr("content", "5"),
            );
        }
        let warning = el("p")
            .class("warning")
            .attr("role", "note")
            .with(el("strong").with("SIMULATED MEDTECH"))
            .with(" – fictional patients");
        let (state, verb) = if self.refresh {
            ("Refreshes every 5 seconds.", "Pause")
        } else {
            ("Refresh is paused.", "Resume")
        };
        let all = self.facilities.iter().enumerate();
        let meant = all.filter(|(index, _)| self.practice.is_none_or(|it| it.0 == *index));
        let meant: Vec<_> = meant.collect();
        let names: Vec<_> = meant
            .iter()
            .map(|(index, _)| Practice(*index).name())
            .collect();
        let (place, numbers): (_, Vec<&str>) = (
            names.join(", "),
            meant.iter().map(|(_, number)| number.as_str()).collect(),
        );
        let header = el("header")
            .with(el("a").attr("href", "/medtech").with(place))
            .with(navigation())
            .with(
                el("span")
                    .class("muted")
                    .with(format!("Facility {}", numbers.join(", "))),
            );
        let footer = self.switch.map(|switch| {
            el("footer")
                .with(state)
                .with(" ")
                .with(el("a").attr("href", &switch).with(verb))
        });
        let body = el("body")
            .with(warning)
            .with(header)
            .with(el("main").with(main))
            .with(footer.into_iter().collect::<Html>());
        let html: Html = el("html")
            .attr("lang", "en-NZ")
            .with(head)
            .with(body)
            .into();
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (
            StatusCode::OK,
            headers,
            format!("<!doctype html>{}", html.into_string()),
        )
            .into_response()
    }
}

/// The ways to the pages that Medtech does not have.
fn navigation() -> Element {
    let link = |(path, name)| el("a").attr("href", path).with(name);
    let links = [
        ("/medtech", "Patients"),
        ("/medtech/ledger", "Ledger"),
        ("/medtech/script", "Script"),
    ];
    el("nav").with(links.map(link).into_iter().collect::<Html>())
}

/// FAMILY, Given Given (Nickname).
pub(super) fn name(patient: &Patient) -> String {
    let nickname = patient
        .nickname
        .map(|name| format!(" ({name})"))
        .unwrap_or_default();
    format!(
        "{}, {}{nickname}",
        patient.family.to_uppercase(),
        patient.given.join(" ")
    )
}

/// Born, age, sex and NHI, each on its own.
pub(super) fn particulars(patient: &Patient) -> Html {
    let sex = match patient.gender {
        "female" => "Female",
        "male" => "Male",
        "other" => "Other",
        _ => "Unknown",
    };
    let born = format!(
        "Born {} ({})",
        patient.born.strftime("%-d %b %Y"),
        age(patient.born)
    );
    let nhi = el("span")
        .with("NHI ")
        .with(el("span").class("code").with(patient.nhi));
    [el("span").with(born), el("span").with(sex), nhi]
        .into_iter()
        .collect()
}

/// In days, weeks or months for the very young, as in a clinic.
fn age(born: Date) -> String {
    age_on(born, nondeterminism::today())
}

fn age_on(born: Date, today: Date) -> String {
    let since = |unit| born.until((unit, today)).unwrap_or_default();
    let (years, months) = (
        since(Unit::Year).get_years(),
        since(Unit::Month).get_months(),
    );
    let count =
        |number: i32, unit: &str| format!("{number} {unit}{}", if number == 1 { "" } else { "s" });
    match (years, months) {
        (2.., _) => count(years.into(), "year"),
        (_, 3..) => count(months, "month"),
        _ => {
            let days = since(Unit::Day).get_days();
            if days >= 14 {
                count(days / 7, "week")
            } else {
                count(days, "day")
            }
        }
    }
}

/// A stored time on the practice's clock, or as it is if it cannot be read.
pub(super) fn when(time: &str) -> String {
    match time.parse::<Timestamp>() {
        Ok(time) => nondeterminism::in_practice(time)
            .strftime("%-d %b %Y, %H:%M")
            .to_string(),
        Err(_) => time.to_owned(),
    }
}

/// A size for people.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 10_000 {
        format!("{bytes} bytes")
    } else {
        format!("{} kB", bytes / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ages_are_told_as_in_a_clinic() {
        let today = date(2026, 11, 21);
        assert_eq!(age_on(date(1932, 1, 9), today), "94 years");
        assert_eq!(age_on(date(2025, 11, 14), today), "12 months");
        assert_eq!(age_on(date(2026, 10, 1), today), "7 weeks");
        assert_eq!(age_on(date(2026, 11, 20), today), "1 day");
        assert_eq!(age_on(date(2024, 11, 21), today), "2 years");
    }
}
