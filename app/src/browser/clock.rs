//! Times as people at this device read them: its own zone, 24 hours, the language of the page.

use crate::text;
use clinical_images::moment::Moment;
use clinical_images::patient::Day;
use js_sys::Date;
use wasm_bindgen::JsValue;

/// `10:42`.
#[must_use]
pub fn local_time(at: Moment) -> String {
    let date = date(at);
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// `9 Oct 2026, 10:42`. The day is put into words by the catalogue: not every browser knows every language's months.
#[must_use]
pub fn local_day_and_time(at: Moment) -> String {
    let date = date(at);
    let day = format!(
        "{:04}-{:02}-{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date()
    );
    let time = local_time(at);
    Day::parse(&day).map_or_else(
        |_| time.clone(),
        |day| format!("{}, {time}", text::day(day)),
    )
}

fn date(at: Moment) -> Date {
    Date::new(&JsValue::from_f64(at.millis() as f64))
}
