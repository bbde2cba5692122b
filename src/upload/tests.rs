//! The state machine as sentences, and properties over any event.

use super::*;
use crate::refusal::Refusal;
use proptest::prelude::*;

fn sending(attempt: u32) -> UploadState {
    UploadState::Sending {
        attempt,
        percent: 40,
    }
}

/// The product's own, with the middle of the jitter.
const DEFAULT_POLICY: RetryPolicy = RetryPolicy {
    tries: 3,
    jitter: 500,
};

#[test]
fn a_smooth_way_ends_with_sent() {
    let steps = [
        UploadState::Preparing,
        sending(1),
        UploadState::Checking { attempt: 1 },
    ];
    let after: Vec<_> = steps
        .iter()
        .map(|step| step.after(UploadEvent::StepDone, DEFAULT_POLICY))
        .collect();
    assert_eq!(
        after,
        [
            UploadState::Prepared,
            UploadState::Checking { attempt: 1 },
            UploadState::Sent
        ]
    );
}

#[test]
fn the_third_failure_asks_a_person() {
    let second = sending(1).after(UploadEvent::Broken, DEFAULT_POLICY);
    assert_eq!(
        second,
        UploadState::Retrying {
            attempt: 2,
            seconds: 2
        }
    );
    let third = sending(2).after(UploadEvent::Broken, DEFAULT_POLICY);
    assert_eq!(
        third,
        UploadState::Retrying {
            attempt: 3,
            seconds: 4
        }
    );
    let stopped = sending(3).after(UploadEvent::Broken, DEFAULT_POLICY);
    assert_eq!(
        stopped,
        UploadState::Stopped {
            why: UploadFailure::StoreUnavailable { tries: 3 }
        }
    );
    assert!(stopped.can_retry());
}

#[test]
fn as_many_tries_as_were_set_and_not_one_more() {
    let after = |tries| {
        sending(tries).after(
            UploadEvent::Broken,
            RetryPolicy {
                tries: 5,
                ..DEFAULT_POLICY
            },
        )
    };
    assert!(matches!(after(4), UploadState::Retrying { attempt: 5, .. }));
    let why = UploadFailure::StoreUnavailable { tries: 5 };
    assert_eq!(after(5), UploadState::Stopped { why });
    let once = sending(1).after(
        UploadEvent::Broken,
        RetryPolicy {
            tries: 1,
            ..DEFAULT_POLICY
        },
    );
    let why = UploadFailure::StoreUnavailable { tries: 1 };
    assert_eq!(once, UploadState::Stopped { why });
}

#[test]
fn a_full_session_is_not_tried_again() {
    let full = sending(1).after(
        UploadEvent::Refused(Refusal::SessionFull { limit: 20 }),
        DEFAULT_POLICY,
    );
    assert!(matches!(full, UploadState::Stopped { .. }) && !full.can_retry());
}

#[test]
fn a_lost_network_pauses_and_costs_no_try() {
    assert_eq!(
        sending(2).after(UploadEvent::Offline, DEFAULT_POLICY),
        UploadState::Paused { attempt: 2 }
    );
}

#[test]
fn what_is_sent_stays_sent() {
    for event in [
        UploadEvent::Broken,
        UploadEvent::Offline,
        UploadEvent::Unusable(Unusable::Damaged),
    ] {
        assert_eq!(
            UploadState::Sent.after(event, DEFAULT_POLICY),
            UploadState::Sent
        );
    }
}

proptest! {
    #[test]
    fn bars_only_show_percentages(percent in any::<u8>()) {
        let state = UploadState::Sending { attempt: 1, percent };
        prop_assert!(state.percent() <= 100);
    }

    #[test]
    fn however_often_it_is_tried_nobody_waits_much_longer_than_a_minute(
        tries in any::<u32>(), jitter in any::<u32>(), attempt in 1u32..
    ) {
        let policy = RetryPolicy { tries, jitter };
        match sending(attempt).after(UploadEvent::Broken, policy) {
            UploadState::Retrying { seconds, .. } => prop_assert!((1..=72).contains(&seconds)),
            stopped => prop_assert_eq!(stopped, UploadState::Stopped { why: UploadFailure::StoreUnavailable { tries: attempt } }),
        }
    }
}
