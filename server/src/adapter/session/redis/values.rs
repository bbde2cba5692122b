//! Values as the scripts take them.

use fred::types::Value;

/// A number, or whatever else is written as text.
pub(super) fn text(number: impl ToString) -> Value {
    number.to_string().into()
}

/// The empty text, which the scripts read as no value.
pub(super) fn nothing() -> Value {
    Value::from_static_str("")
}
