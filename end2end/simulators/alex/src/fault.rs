//! Faults to order: "the next n calls of this kind go wrong in that way".
//!
//! To add one: a variant, its name, a function.

use std::sync::Mutex;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::outcome::Refusal;
use crate::{Simulator, gate, lock, observe};

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fault {
    #[serde(rename = "400")]
    Refused,
    #[serde(rename = "401")]
    Unauthorized,
    #[serde(rename = "403")]
    Forbidden,
    #[serde(rename = "429")]
    Throttled,
    #[serde(rename = "500")]
    Broken,
    #[serde(rename = "503")]
    Asleep,
    #[serde(rename = "html")]
    Html,
    #[serde(rename = "timeout")]
    Timeout,
    #[serde(rename = "lost")]
    Lost,
}

impl Fault {
    /// The name it is ordered by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refused => "400",
            Self::Unauthorized => "401",
            Self::Forbidden => "403",
            Self::Throttled => "429",
            Self::Broken => "500",
            Self::Asleep => "503",
            Self::Html => "html",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
        }
    }
}

/// One order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// Method and path, e.g. `POST /FHIR/Media`; `*` stands for anything, case does not count.
    pub on: String,
    pub reply: Fault,
    /// How many more calls.
    #[serde(default = "once")]
    pub times: u32,
    /// For `400`: the element the refusal names, e.g. `Media.bodySite`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

fn once() -> u32 {
    1
}

impl Order {
    fn matches(&self, method: &str, path: &str) -> bool {
        let call = format!("{method} {path}").to_ascii_lowercase();
        glob(self.on.to_ascii_lowercase().as_bytes(), call.as_bytes())
    }

    /// Does to the request what was ordered.
    pub(crate) async fn carry_out(
        self,
        simulator: &Simulator,
        request: Request,
        next: Next,
    ) -> Response {
        match self.reply {
            Fault::Refused => refused(self.expression),
            Fault::Unauthorized => gate::unauthorized(),
            Fault::Forbidden => forbidden(),
            Fault::Throttled => throttled(),
            Fault::Broken => broken(),
            Fault::Asleep => asleep(),
            Fault::Html => html(),
            Fault::Timeout => timeout(simulator).await,
            Fault::Lost => lost(request, next).await,
        }
    }
}

fn refused(expression: Option<String>) -> Response {
    match expression {
        None => Refusal::bad("business-rule", "Refused by a business rule").into_response(),
        Some(element) => {
            let text = format!("{element} is not supported");
            Refusal::bad("not-supported", text)
                .at(element)
                .into_response()
        }
    }
}

fn forbidden() -> Response {
    Refusal::new(StatusCode::FORBIDDEN, "forbidden", "Authorization failed.").into_response()
}

fn throttled() -> Response {
    let refusal = Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "throttled",
        "Too many requests",
    );
    ([(header::RETRY_AFTER, "2")], refusal).into_response()
}

fn broken() -> Response {
    let text = "An unexpected error occurred";
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", text).into_response()
}

/// The PC in the practice sleeps.
fn asleep() -> Response {
    let text = "The practice is not connected";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "transient", text).into_response()
}

fn html() -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head>\
        <body><center><h1>502 Bad Gateway</h1></center></body></html>";
    (StatusCode::BAD_GATEWAY, Html(page)).into_response()
}

/// Does nothing, says nothing for a long time, hangs up.
async fn timeout(simulator: &Simulator) -> Response {
    tokio::time::sleep(simulator.settings().stall).await;
    observe::hang_up()
}

/// Does what was asked, then hangs up without saying so.
async fn lost(request: Request, next: Next) -> Response {
    next.run(request).await;
    observe::hang_up()
}

/// The orders not yet used up, oldest first.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Order>>);

impl Faults {
    /// Takes an order, or says in a sentence what is wrong with it.
    pub(crate) fn order(&self, order: Order) -> Result<(), &'static str> {
        let shaped = order.on.split_once(' ').is_some_and(|(method, path)| {
            !method.is_empty() && (path.starts_with('/') || path.starts_with('*'))
        });
        if !shaped || order.on.len() > 300 {
            return Err("'on' is a method, a space and a path, such as 'POST /FHIR/Media'");
        }
        if order.times == 0 {
            return Err("'times' is at least 1");
        }
        let mut orders = lock(&self.0);
        if orders.len() >= 1000 {
            return Err("there are 1000 orders already");
        }
        orders.push(order);
        Ok(())
    }

    /// The oldest order for such a call, used up by one.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<Order> {
        let mut orders = lock(&self.0);
        let index = orders
            .iter()
            .position(|order| order.matches(method, path))?;
        let taken = orders[index].clone();
        orders[index].times -= 1;
        if orders[index].times == 0 {
            orders.remove(index);
        }
        Some(taken)
    }

    pub(crate) fn list(&self) -> Vec<Order> {
        lock(&self.0).clone()
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// Whether `text` is of the form `pattern`, in which `*` stands for any run of characters.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut back) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            back = Some((p, t));
            p += 1;
        } else if pattern.get(p) == text.get(t) {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(glob(b"post /fhir/media", b"post /fhir/media"));
        assert!(!glob(b"post /fhir/media", b"post /fhir/media/1"));
        assert!(glob(b"* /fhir/*", b"get /fhir/patient/1"));
        assert!(glob(
            b"post /*/oauth2/v2.0/token",
            b"post /tenant/oauth2/v2.0/token"
        ));
        assert!(!glob(
            b"post /*/oauth2/v2.0/token",
            b"post /tenant/oauth2/v2.0/tokens"
        ));
        assert!(glob(b"*", b""));
        assert!(!glob(b"", b"x"));
    }
}
