//! Classifies each reply of ALEX, and each missing reply: the one table of errors.
//!
//! A Media can neither be changed nor deleted through ALEX, and nothing at ALEX stops a second one. So only what is
//! certain to have created nothing may be called so; everything after the first byte that is not a clear no leaves it
//! open. The sentences for the reasons are the surface's.

use super::answer::Answer;
use super::call::End;
use super::oauth::TokenFault;
use clinical_images::fhir::outcome::OperationOutcome;
use clinical_images::picture::FilingReason;
use std::time::Duration;

/// The class of a post that was not answered with "created".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PostClass {
    /// Certainly not created, and a person has to do something about it.
    Refused(FilingReason),
    /// Certainly not created; worth trying again after a while, which ALEX may have named.
    Later(FilingReason, Option<Duration>),
    /// It may or may not have been created.
    Unknown,
}

/// The class of a search that was not answered with a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SearchClass {
    /// ALEX does not allow the search. That does not mean that the picture is absent.
    CannotTell(FilingReason),
    /// Worth trying again after a while.
    Later(FilingReason),
}

pub(super) fn classify_post(end: &End, outcome: Option<&OperationOutcome>) -> PostClass {
    use FilingReason::{AlexUnavailable, Credentials, Forbidden, Rejected};
    let transient = outcome.is_some_and(OperationOutcome::is_transient);
    match end {
        End::NoToken(TokenFault::Refused(_)) => PostClass::Refused(Credentials),
        End::NoToken(TokenFault::Unavailable(_)) | End::NotSent(_) => {
            PostClass::Later(AlexUnavailable, None)
        }
        End::NoResponse(_) => PostClass::Unknown,
        End::Answered(answer) => match answer.status {
            401 => PostClass::Refused(Credentials),
            403 => PostClass::Refused(Forbidden),
            429 => PostClass::Later(AlexUnavailable, wait(answer)),
            400 | 404 | 405 | 413 | 415 | 422 if transient => {
                PostClass::Later(AlexUnavailable, wait(answer))
            }
            400 | 404 | 405 | 413 | 415 | 422 => PostClass::Refused(Rejected),
            _ => PostClass::Unknown,
        },
    }
}

pub(super) fn classify_search(end: &End, outcome: Option<&OperationOutcome>) -> SearchClass {
    use FilingReason::{AlexUnavailable, CannotLook, Credentials};
    let transient = outcome.is_some_and(OperationOutcome::is_transient);
    match end {
        End::NoToken(TokenFault::Refused(_)) => SearchClass::Later(Credentials),
        End::NoToken(TokenFault::Unavailable(_)) | End::NotSent(_) | End::NoResponse(_) => {
            SearchClass::Later(AlexUnavailable)
        }
        End::Answered(answer) => match answer.status {
            401 => SearchClass::Later(Credentials),
            400 | 404 | 405 | 422 if transient => SearchClass::Later(AlexUnavailable),
            400 | 403 | 404 | 405 | 410 | 414 | 415 | 422 | 501 => {
                SearchClass::CannotTell(CannotLook)
            }
            // A broken body under a success is a broken answer.
            _ => SearchClass::Later(AlexUnavailable),
        },
    }
}

fn wait(answer: &Answer) -> Option<Duration> {
    answer
        .retry_after
        .map(|seconds| Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FilingReason::{AlexUnavailable, CannotLook, Credentials, Forbidden, Rejected};
    use PostClass::{Later, Refused, Unknown};

    fn answered(status: u16, retry_after: Option<u32>) -> End {
        End::Answered(Answer {
            status,
            retry_after,
            location: None,
            body: Ok(Vec::new()),
        })
    }

    fn transient() -> OperationOutcome {
        let body = br#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]}"#;
        OperationOutcome::read(body).unwrap()
    }

    #[test]
    fn every_end_of_a_post_has_its_row() {
        let wait = Some(Duration::from_secs(2));
        let rows = [
            (
                End::NoToken(TokenFault::Refused("401".into())),
                Refused(Credentials),
            ),
            (
                End::NoToken(TokenFault::Unavailable("503".into())),
                Later(AlexUnavailable, None),
            ),
            (
                End::NotSent("Connection refused".into()),
                Later(AlexUnavailable, None),
            ),
            (End::NoResponse("no answer in time"), Unknown),
            (answered(400, None), Refused(Rejected)),
            (answered(401, None), Refused(Credentials)),
            (answered(403, None), Refused(Forbidden)),
            (answered(404, None), Refused(Rejected)),
            (answered(405, None), Refused(Rejected)),
            (answered(413, None), Refused(Rejected)),
            (answered(415, None), Refused(Rejected)),
            (answered(422, None), Refused(Rejected)),
            (answered(429, None), Later(AlexUnavailable, None)),
            (answered(429, Some(2)), Later(AlexUnavailable, wait)),
        ];
        for (end, expected) in &rows {
            assert_eq!(classify_post(end, None), *expected, "{end:?}");
        }
        let known: Vec<u16> = rows
            .iter()
            .filter_map(|(end, _)| match end {
                End::Answered(answer) => Some(answer.status),
                _ => None,
            })
            .collect();
        for status in (100..600).filter(|status| !known.contains(status)) {
            assert_eq!(
                classify_post(&answered(status, None), None),
                Unknown,
                "{status}"
            );
        }
    }

    #[test]
    fn a_clear_transient_no_is_tried_again_and_an_unclear_one_is_not() {
        for status in [400, 404, 422] {
            let class = classify_post(&answered(status, Some(9)), Some(&transient()));
            assert_eq!(class, Later(AlexUnavailable, Some(Duration::from_secs(9))));
        }
        for status in [408, 409, 412, 500, 503] {
            assert_eq!(
                classify_post(&answered(status, None), Some(&transient())),
                Unknown
            );
        }
    }

    #[test]
    fn every_end_of_a_search_has_its_row_and_none_is_absence() {
        for (end, expected) in [
            (
                End::NoToken(TokenFault::Refused("401".into())),
                SearchClass::Later(Credentials),
            ),
            (
                End::NoToken(TokenFault::Unavailable("503".into())),
                SearchClass::Later(AlexUnavailable),
            ),
            (
                End::NotSent("Connection refused".into()),
                SearchClass::Later(AlexUnavailable),
            ),
            (
                End::NoResponse("no answer in time"),
                SearchClass::Later(AlexUnavailable),
            ),
            (answered(200, None), SearchClass::Later(AlexUnavailable)),
            (answered(302, None), SearchClass::Later(AlexUnavailable)),
            (answered(400, None), SearchClass::CannotTell(CannotLook)),
            (answered(401, None), SearchClass::Later(Credentials)),
            (answered(403, None), SearchClass::CannotTell(CannotLook)),
            (answered(404, None), SearchClass::CannotTell(CannotLook)),
            (answered(408, None), SearchClass::Later(AlexUnavailable)),
            (answered(429, None), SearchClass::Later(AlexUnavailable)),
            (answered(500, None), SearchClass::Later(AlexUnavailable)),
            (answered(501, None), SearchClass::CannotTell(CannotLook)),
            (answered(503, None), SearchClass::Later(AlexUnavailable)),
        ] {
            assert_eq!(classify_search(&end, None), expected, "{end:?}");
        }
    }
}
