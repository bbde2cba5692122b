//! What came back for a request: an answer as far as it came, or the cause of a failure to connect. ALEX and its token
//! endpoint answer alike.

use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode};

/// A reply, as far as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    /// Seconds, when ALEX said so.
    pub retry_after: Option<u32>,
    /// Where what was created lies, when ALEX said so.
    pub location: Option<String>,
    /// The body, or why there is none.
    pub body: Result<Vec<u8>, &'static str>,
}

impl Answer {
    pub(super) async fn of(response: Response, most: usize) -> Self {
        let status = response.status().as_u16();
        let header = |name| {
            let value = response.headers().get(name);
            value.and_then(|value| value.to_str().ok())
        };
        let retry_after = header(RETRY_AFTER).and_then(|text| text.trim().parse().ok());
        let location = header(LOCATION).map(str::to_owned);
        Self {
            status,
            retry_after,
            location,
            body: read(response, most).await,
        }
    }

    pub(super) fn is_success(&self) -> bool {
        StatusCode::from_u16(self.status).is_ok_and(|status| status.is_success())
    }
}

async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= most => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err("the answer is too large"),
            Ok(None) => return Ok(body),
            Err(error) if error.is_timeout() => return Err("the answer did not end in time"),
            Err(_) => return Err("the answer broke off"),
        }
    }
}

/// What lies at the bottom of a failure to connect: a system, name or certificate error. Names at
/// most the host.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // The outermost error would tell the address.
    if error.is_timeout() {
        return "no connection in time".to_owned();
    }
    cause.to_string().chars().take(120).collect()
}
