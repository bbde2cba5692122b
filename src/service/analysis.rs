//! An analysis: an analyst outside is asked about a picture, and its answer streams to the desktop. Nothing of it is stored.
//!
//! Owns who may ask, what goes out, that a session has one analysis at a time on this server, how long an answer may be, and that it
//! ends with its session and its picture. How long it may *take* is decided here too, but kept by whoever drives the stream
//! (`server/src/http/analysis.rs`): this crate has no timer. So has that file the reader who goes away and the server that stops.

use super::pictures::object_of;
use super::{Authenticated, Services, refused};
use crate::access::Operation;
use crate::analysis::{AnalysisFailure, AnalysisPart, AnalysisUsage, Prompt};
use crate::digest::Sha256;
use crate::id::{PictureId, SessionId};
use crate::moment::Moment;
use crate::ports::{
    AnalysisParts, AnalysisRequest, Analyst, AnalystFault, ChangeNotifications, ObjectRead,
};
use crate::refusal::Refusal;
use crate::session::{Session, Upload, Uploads};
use bytes::Bytes;
use futures_core::Stream;
use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// Bytes of text in an answer at most: about 2500 words. A longer answer is cut.
pub const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// How long an answer may take from the moment that the analyst is asked.
const DEADLINE: Duration = Duration::from_secs(60);

/// The longest time for which a busy analyst is believed to want to be left alone.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// An analyst under the limits that hold on this server.
pub struct LimitedAnalyst {
    analyst: Arc<dyn Analyst>,
    deadline: Duration,
    running: Arc<Mutex<HashSet<SessionId>>>,
}

impl LimitedAnalyst {
    /// This analyst, with 60 seconds for an answer.
    #[must_use]
    pub fn new(analyst: Arc<dyn Analyst>) -> Self {
        Self {
            analyst,
            deadline: DEADLINE,
            running: Arc::default(),
        }
    }

    /// The same, with another time for an answer.
    #[must_use]
    pub fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Takes the only place that a session has.
    fn start(&self, session: SessionId) -> Result<Place, Refusal> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !running.insert(session) {
            return Err(Refusal::AnalysisRunning);
        }
        Ok(Place {
            session,
            running: Arc::clone(&self.running),
        })
    }
}

/// The place of a session's only analysis. Given back when it is dropped.
struct Place {
    session: SessionId,
    running: Arc<Mutex<HashSet<SessionId>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.session);
    }
}

/// An answer as it comes: texts, then `Done` or one failure, then the end. Its text is at most [`MAX_ANSWER_BYTES`] long. Dropping it
/// cancels the call to the analyst and lets the session ask again.
pub struct Analysis {
    state: State,
    /// Bytes taken so far; an empty text counts as one, so that an endless stream of nothing has an end.
    taken: usize,
    deadline: Duration,
    place: Place,
}

enum State {
    Open(AnalysisParts),
    /// The text was cut; next comes the failure.
    Cut,
    Over,
}

impl Analysis {
    fn new(parts: AnalysisParts, deadline: Duration, place: Place) -> Self {
        Self {
            state: State::Open(parts),
            taken: 0,
            deadline,
            place,
        }
    }

    /// How long it may take from now. Whoever drives it drops it then.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Takes as much of a text as the answer still has room for; `None` for a text without anything in it.
    fn take(&mut self, mut text: String) -> Option<String> {
        let left = MAX_ANSWER_BYTES - self.taken;
        if text.len().max(1) > left {
            text.truncate(text.floor_char_boundary(left));
            self.state = State::Cut;
        }
        self.taken = MAX_ANSWER_BYTES.min(self.taken + text.len().max(1));
        (!text.is_empty()).then_some(text)
    }

    fn done(&mut self, usage: AnalysisUsage) -> AnalysisPart {
        self.state = State::Over;
        AnalysisPart::Done(usage)
    }

    fn fail(&mut self, fault: &AnalystFault) -> AnalysisFailure {
        self.state = State::Over;
        tracing::warn!(session.id = %self.place.session, %fault, "an analysis ended early");
        failure_of(fault)
    }
}

impl Stream for Analysis {
    type Item = Result<AnalysisPart, AnalysisFailure>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let next = match &mut self.state {
                State::Open(parts) => ready!(parts.as_mut().poll_next(context)),
                State::Cut => Some(Err(AnalystFault::TooLong)),
                State::Over => return Poll::Ready(None),
            };
            let item = match next {
                Some(Ok(AnalysisPart::Text(text))) => match self.take(text) {
                    Some(text) => Ok(AnalysisPart::Text(text)),
                    None => continue,
                },
                Some(Ok(AnalysisPart::Done(usage))) => Ok(self.done(usage)),
                Some(Err(fault)) => Err(self.fail(&fault)),
                None => Err(self.fail(&AnalystFault::Malformed("it broke off".to_owned()))),
            };
            return Poll::Ready(Some(item));
        }
    }
}

/// What the desktop is told of a fault.
fn failure_of(fault: &AnalystFault) -> AnalysisFailure {
    match fault {
        AnalystFault::Unavailable(_) => AnalysisFailure::Unavailable,
        AnalystFault::Busy { retry_after } => AnalysisFailure::Busy {
            retry_after: retry_after.map(whole_seconds),
        },
        AnalystFault::Declined => AnalysisFailure::Declined,
        AnalystFault::Malformed(_) => AnalysisFailure::Malformed,
        AnalystFault::TooLong => AnalysisFailure::TooLong,
    }
}

fn whole_seconds(span: Duration) -> u32 {
    let span = span.min(MAX_RETRY_AFTER);
    let seconds = span.as_secs() + u64::from(span.subsec_nanos() > 0);
    u32::try_from(seconds).expect("an hour in seconds fits")
}

/// What an analysis is about, to be watched while it runs.
pub struct AnalysisSubject {
    session: SessionId,
    picture: PictureId,
    notifications: ChangeNotifications,
}

impl Services {
    /// Asks the analyst about a picture as it is shown now. Returns the answer and what it is about; whoever drives the answer ends it
    /// when [`Services::until_withdrawn`] completes for that, and when its deadline has passed.
    ///
    /// # Errors
    /// `NotAllowed`, `SessionEnded`, `PictureUnknown`; `NoAnalyst` when none is set up; `AnalysisRunning` when the session has one on
    /// this server already; or the store being unavailable. What goes wrong at the analyst comes in the answer.
    pub async fn analyse(
        &self,
        caller: Authenticated,
        picture: PictureId,
        prompt: Prompt,
    ) -> Result<(Analysis, AnalysisSubject), Refusal> {
        caller.may(Operation::Analyse)?;
        if let Some(why) = caller.session.end_as_of(self.clock.now()) {
            return Err(Refusal::SessionEnded { why });
        }
        let (upload, _) = object_of(&caller, picture, Uploads::shown)?;
        let limited = self.analyst.as_ref().ok_or(Refusal::NoAnalyst)?;
        let session = caller.session.view.id;
        let place = limited.start(session)?;
        let subject = AnalysisSubject {
            session,
            picture,
            notifications: self.sessions.subscribe(session),
        };
        let jpeg = self.bytes_of(&upload).await?;
        let request = AnalysisRequest { jpeg, prompt };
        let parts = limited.analyst.analyse(request);
        Ok((Analysis::new(parts, limited.deadline, place), subject))
    }

    /// Completes when an analysis may not go on, and says why: its session ended, its picture is gone, or it cannot be found out whether
    /// that is so.
    pub async fn until_withdrawn(&self, mut subject: AnalysisSubject) -> AnalysisFailure {
        loop {
            match self.sessions.load(subject.session).await {
                Ok(Some(session)) if subject.is_in(&session, self.clock.now()) => {}
                Ok(_) => return AnalysisFailure::Withdrawn,
                Err(fault) => {
                    refused(&fault);
                    return AnalysisFailure::Interrupted;
                }
            }
            let notified = poll_fn(|context| subject.notifications.as_mut().poll_next(context));
            if notified.await.is_none() {
                return AnalysisFailure::Interrupted;
            }
        }
    }

    /// The bytes of an upload, if they are still those that were verified when they arrived: those have no metadata.
    async fn bytes_of(&self, upload: &Upload) -> Result<Bytes, Refusal> {
        let expected = &upload.expected;
        let read = self.object_store.read(&upload.key, expected.length).await;
        let bytes = read.map_err(|fault| refused(&fault))?;
        let bytes = bytes.and_then(ObjectRead::whole);
        let bytes = bytes.ok_or(Refusal::ObjectStoreUnavailable)?;
        if Sha256::of(&bytes) != expected.sha256 {
            tracing::error!(
                "the object store holds other bytes than were verified; they were not sent out"
            );
            return Err(Refusal::ObjectStoreUnavailable);
        }
        Ok(Bytes::from(bytes))
    }
}

impl AnalysisSubject {
    /// Whether it is still there: the session open, the picture in it.
    fn is_in(&self, session: &Session, now: Moment) -> bool {
        let uploads = session.uploads.get(&self.picture);
        session.end_as_of(now).is_none() && uploads.and_then(Uploads::shown).is_some()
    }
}

#[cfg(test)]
mod tests;
