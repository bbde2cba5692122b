//! What a caller can tell of a reply.

use Seen::{Bare, BrokenOff, Cut, Huge, Json, NoId, Record, Refusal, Text};
use futures::StreamExt;
use reqwest::RequestBuilder;
use serde_json::Value;

/// From a whole record down to nothing at all.
#[derive(Debug, PartialEq)]
pub enum Seen {
    /// The resource with its id.
    Record(u16),
    /// The resource without one.
    NoId(u16),
    /// An OperationOutcome with that issue code.
    Refusal(u16, String),
    /// Any other JSON.
    Json(u16),
    /// A body that is no JSON.
    Text(u16),
    /// No body.
    Bare(u16),
    /// The head and some of the body.
    BrokenOff(u16),
    /// More than 100 MB that are JSON at both ends.
    Huge(u16),
    /// Not a byte.
    Cut,
}

/// Makes the call and reads its reply to the end. Fails the test where there was no connection, or no end.
pub async fn look(call: RequestBuilder) -> Seen {
    let reply = match call.send().await {
        Ok(reply) => reply,
        Err(error) => {
            assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
            return Cut;
        }
    };
    let status = reply.status().as_u16();
    let (mut stream, mut size, mut body) = (reply.bytes_stream(), 0, Vec::new());
    while let Some(piece) = stream.next().await {
        let Ok(piece) = piece else {
            assert!(size > 0, "something came before it broke off");
            return BrokenOff(status);
        };
        size += piece.len();
        if body.len() < 1_000_000 {
            body.extend_from_slice(&piece);
        } else if size > 100_000_000 {
            body.extend_from_slice(piece.trim_ascii_start());
        }
    }
    if size > 100_000_000 {
        assert!(body.starts_with(b"{\"resourceType\":\"") && body.ends_with(b"\"}"));
        return Huge(status);
    }
    let json: Option<Value> = serde_json::from_slice(&body).ok();
    match json {
        _ if body.is_empty() => Bare(status),
        None => Text(status),
        Some(json) if json["resourceType"] == "OperationOutcome" => Refusal(
            status,
            json["issue"][0]["code"].as_str().unwrap().to_owned(),
        ),
        Some(json) if json["resourceType"].is_null() => Json(status),
        Some(json) if json["id"].is_string() => Record(status),
        Some(_) => NoId(status),
    }
}
