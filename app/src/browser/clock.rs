//! Times as people at this device read them: its own zone, 24 hours, the language of the page.

use crate::text;
use clinical_images::moment::Moment;
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

/// `10:42`.
#[must_use]
pub fn local_time(at: Moment) -> String {
    formatted(
        at,
        &[
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("hourCycle", "h23"),
        ],
    )
}

/// `9 Oct 2026, 10:42`.
#[must_use]
pub fn local_day_and_time(at: Moment) -> String {
    let day = formatted(
        at,
        &[("day", "numeric"), ("month", "short"), ("year", "numeric")],
    );
    format!("{day}, {}", local_time(at))
}

fn formatted(at: Moment, parts: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (name, value) in parts {
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    let date = Date::new(&JsValue::from_f64(at.millis() as f64));
    date.to_locale_string(text::language().tag(), &options)
        .into()
}
