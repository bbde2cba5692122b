//! One call to ALEX: headers, token, time-outs, and what is known when it is over.
//!
//! What it says for the support desk holds method, resource type, status, issue codes, paths of
//! elements and the correlation id; never an address, a body or a free text, which may name a
//! patient.

use super::answer::{Answer, root_cause};
use super::oauth::{Token, TokenFault, Tokens};
use super::payload::Payload;
use super::settings::{AlexSettings, AlexSettingsFault};
use crate::failpoint;
use clinical_images::fhir::FHIR_JSON;
use clinical_images::fhir::outcome::OperationOutcome;
use clinical_images::launch::FacilityCode;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Client};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// What is asked.
pub(super) struct Call<'a> {
    /// Method and resource type, as support reads it: `GET Patient`.
    pub what: &'static str,
    /// The whole address.
    pub url: String,
    /// The practice in whose name.
    pub facility: &'a FacilityCode,
    /// What is posted; nothing makes it a read.
    pub body: Option<Payload>,
}

/// How long all attempts at something may take together, and how little time is still worth
/// beginning one.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    deadline: Instant,
    least: Duration,
}

impl Budget {
    /// From now on.
    pub(super) fn of(whole: Duration, least: Duration) -> Self {
        Self {
            deadline: Instant::now() + whole,
            least,
        }
    }

    fn left(self) -> Option<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        (left > self.least).then_some(left)
    }
}

/// Gives every attempt a correlation id of its own that shows which attempts belong together.
pub(super) struct Attempts<'a> {
    base: &'a str,
    made: u32,
}

impl<'a> Attempts<'a> {
    /// The first attempt bears this id, the second it with `-2` behind, and so on.
    pub(super) fn of(base: &'a str) -> Self {
        Self { base, made: 0 }
    }

    fn next(&mut self) -> String {
        self.made += 1;
        match self.made {
            1 => self.base.to_owned(),
            later => format!("{}-{later}", self.base),
        }
    }
}

/// How a call ended.
#[derive(Debug)]
pub(super) struct Reply {
    pub what: &'static str,
    pub correlation: String,
    pub end: End,
}

/// What is known when a call is over.
#[derive(Debug)]
pub(super) enum End {
    /// There is no token, so nothing was sent.
    NoToken(TokenFault),
    /// Not a byte of the request went out.
    NotSent(String),
    /// The request may have gone out, and no status came back.
    NoResponse(&'static str),
    /// A status came back.
    Answered(Answer),
}

/// The way to ALEX.
pub(super) struct Gateway {
    reading: Client,
    /// Opens a connection for each post: one that the gateway closed while it lay in a pool would
    /// make the fate of a picture unknown without need.
    writing: Client,
    tokens: Tokens,
    most_reply_bytes: usize,
}

impl Gateway {
    pub(super) fn new(settings: &AlexSettings) -> Result<Self, AlexSettingsFault> {
        let build = |pooled: usize| {
            Client::builder()
                .connect_timeout(settings.connect_time_out)
                .pool_max_idle_per_host(pooled)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .user_agent(concat!("clinical-images/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|error| AlexSettingsFault::System(root_cause(&error)))
        };
        let reading = build(8)?;
        let tokens = Tokens::new(reading.clone(), settings);
        let most_reply_bytes = settings.most_reply_bytes;
        Ok(Self {
            reading,
            writing: build(0)?,
            tokens,
            most_reply_bytes,
        })
    }

    /// Makes the call. When ALEX refuses the token, once more with a fresh one: a 401 is certain
    /// not to have had an effect.
    pub(super) async fn send(
        &self,
        call: &Call<'_>,
        attempts: &mut Attempts<'_>,
        budget: Budget,
    ) -> Reply {
        let no_token = |fault, correlation| Reply {
            what: call.what,
            correlation,
            end: End::NoToken(fault),
        };
        let token = match self.tokens.current().await {
            Ok(token) => token,
            Err(fault) => return no_token(fault, attempts.next()),
        };
        let first = self.once(call, &token, attempts.next(), budget).await;
        if first.status() != Some(401) {
            return first;
        }
        match self.tokens.instead_of(&token).await {
            Ok(_) if budget.left().is_none() => first,
            Ok(token) => self.once(call, &token, attempts.next(), budget).await,
            Err(fault) => no_token(fault, first.correlation),
        }
    }

    async fn once(
        &self,
        call: &Call<'_>,
        token: &Token,
        correlation: String,
        budget: Budget,
    ) -> Reply {
        let Some(left) = budget.left() else {
            let end = End::NotSent("no time left".to_owned());
            return Reply {
                what: call.what,
                correlation,
                end,
            };
        };
        let request = match &call.body {
            None => self.reading.get(&call.url),
            Some(body) => {
                failpoint::reach(failpoint::BEFORE_POST).await;
                // With its length said beforehand, a body that is cut short is never a whole request.
                let length = body.length();
                let pieces = futures::stream::iter(body.clone().pieces(Instant::now() + left));
                self.writing
                    .post(&call.url)
                    .header(CONTENT_LENGTH, length)
                    .body(Body::wrap_stream(pieces))
            }
        };
        let request = request
            .timeout(left)
            .header(AUTHORIZATION, token.bearer())
            .header(CONTENT_TYPE, FHIR_JSON)
            .header(ACCEPT, FHIR_JSON)
            .header("mt-facilityid", call.facility.as_str())
            .header("mt-correlationid", &correlation);
        let end = match request.send().await {
            Ok(response) => {
                if call.body.is_some() {
                    failpoint::reach(failpoint::ANSWERED).await;
                }
                End::Answered(Answer::of(response, self.most_reply_bytes).await)
            }
            Err(error) => End::without_answer(&error),
        };
        Reply {
            what: call.what,
            correlation,
            end,
        }
    }
}

impl End {
    /// Only what cannot have been preceded by a byte of the request counts as not sent.
    fn without_answer(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            Self::NotSent("the request cannot be written".to_owned())
        } else if error.is_connect() {
            Self::NotSent(root_cause(error))
        } else if error.is_timeout() {
            Self::NoResponse("no answer in time")
        } else {
            Self::NoResponse("the connection broke before the answer")
        }
    }
}

impl Reply {
    pub(super) fn status(&self) -> Option<u16> {
        match &self.end {
            End::Answered(answer) => Some(answer.status),
            _ => None,
        }
    }

    pub(super) fn outcome(&self) -> Option<OperationOutcome> {
        match &self.end {
            End::Answered(Answer { body: Ok(body), .. }) => OperationOutcome::read(body),
            _ => None,
        }
    }

    /// For the support desk: `POST Media: 400, issue business-rule, at Media.identifier,
    /// correlation …`.
    pub(super) fn support_text(&self) -> String {
        let mut text = format!("{}: ", self.what);
        // Writing to a String cannot fail.
        let _ = match &self.end {
            End::NoToken(fault) => write!(text, "not sent, {fault}"),
            End::NotSent(why) => write!(text, "not sent, {why}"),
            End::NoResponse(why) => write!(text, "{why}"),
            End::Answered(answer) => write!(text, "{}", answer.status),
        };
        if let End::Answered(answer) = &self.end {
            self.describe_answer(answer, &mut text);
        }
        let _ = write!(text, ", correlation {}", self.correlation);
        text
    }

    fn describe_answer(&self, answer: &Answer, text: &mut String) {
        let mut add = |words: String| {
            text.push_str(", ");
            text.push_str(&words);
        };
        if let Err(why) = answer.body {
            add(why.to_owned());
        }
        if let Some(outcome) = self.outcome() {
            let (codes, paths) = (outcome.codes(), outcome.paths());
            if !codes.is_empty() {
                add(format!("issue {}", codes.join(" ")));
            }
            if !paths.is_empty() {
                add(format!("at {}", paths.join(" ")));
            }
        }
        if let Some(seconds) = answer.retry_after {
            add(format!("retry after {seconds} s"));
        }
    }
}
