//! One contract for every session store (the ports `SessionStore`, `AuditOutbox` and `ReplayGuard`): each case runs on each
//! adapter as a test of its own.
//!
//! A further adapter adds a module and a [`backends::Backend`]; `tools/tally.sh` counts the cases by the modules' names.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows only `#[test]` functions as tests"
)]

#[path = "session_store/audit_outbox.rs"]
mod audit_outbox;
#[path = "session_store/backends.rs"]
mod backends;
#[path = "session_store/concurrency.rs"]
mod concurrency;
#[path = "session_store/due.rs"]
mod due;
#[path = "session_store/durability.rs"]
mod durability;
#[path = "session_store/events.rs"]
mod events;
#[path = "session_store/fixtures.rs"]
mod fixtures;
#[path = "session_store/lifecycle.rs"]
mod lifecycle;
#[path = "session_store/listing.rs"]
mod listing;
#[path = "session_store/on_disk.rs"]
mod on_disk;
#[path = "session_store/redis_failures.rs"]
mod redis_failures;
#[path = "session_store/redis_server.rs"]
mod redis_server;
#[path = "session_store/replay_guard.rs"]
mod replay_guard;
#[path = "session_store/requests.rs"]
mod requests;
#[path = "session_store/retrying_store.rs"]
mod retrying_store;
#[path = "session_store/shared.rs"]
mod shared;
#[cfg(feature = "demo")]
#[path = "session_store/tls.rs"]
mod tls;

macro_rules! case {
    ($backend:ty, $chapter:ident, $case:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            crate::$chapter::$case(<$backend as crate::backends::Backend>::fresh().await).await;
        }
    };
}

macro_rules! cases {
    ($backend:ty, $chapter:ident: $($case:ident),+ $(,)?) => {
        $(case!($backend, $chapter, $case);)+
    };
}

/// What every store does.
macro_rules! any_store {
    ($backend:ty) => {
        cases!($backend, lifecycle:
            an_opened_session_loads_as_it_was,
            an_unknown_session_loads_as_nothing,
            a_name_opens_only_once,
            of_sixteen_sessions_of_one_name_one_is_stored,
            opening_the_very_same_session_again_is_fine,
            an_appended_decision_loads_as_decided,
            a_forgotten_session_leaves_nothing_behind,
            forgetting_nothing_is_fine,
            odd_characters_come_back_unchanged,
            a_large_session_with_many_events_comes_back_whole,
            a_healthy_store_says_that_it_can_write,
        );
        cases!($backend, requests:
            a_decision_on_an_old_version_changes_nothing,
            an_append_to_an_unknown_session_conflicts,
            a_repeated_request_hears_its_first_answer_and_changes_nothing,
            a_repeated_request_is_recognised_after_many_later_appends,
            a_request_name_used_for_something_else_is_a_mismatch,
            the_same_request_name_in_another_session_is_another_request,
            a_decision_that_skips_a_version_or_an_event_is_refused,
            sixteen_copies_of_one_request_have_one_effect,
        );
        cases!($backend, concurrency:
            sixteen_writers_lose_nothing_and_leave_no_gap,
            of_twenty_five_parallel_reservations_twenty_win,
            one_of_sixteen_phones_claims_a_link,
            nothing_a_phone_does_comes_after_it_was_cut_off,
        );
        cases!($backend, events:
            events_follow_any_cursor,
            an_unknown_session_has_no_events_to_follow,
            a_follower_wakes_after_an_append,
            appends_before_the_follower_looks_still_wake_it,
            each_follower_hears_of_its_own_session,
            wakes_end_when_the_store_shuts_down,
        );
        cases!($backend, due:
            the_most_overdue_come_first_and_no_more_than_asked,
            a_session_is_due_at_its_moment_and_not_before,
            a_due_time_moves_with_each_append,
            reading_does_not_move_a_due_time,
            sessions_that_change_all_at_once_are_all_due_and_each_once,
            deadlines_go_by_the_given_clock_alone,
        );
        cases!($backend, replay_guard:
            thirty_two_racers_for_a_nonce_get_the_same_session,
            a_claim_is_dropped_after_its_time,
            claims_do_not_disturb_each_other,
            everybody_who_asks_again_gets_the_first_session_again,
        );
        cases!($backend, audit_outbox:
            a_launch_and_what_people_do_is_noted_once,
            a_refused_or_repeated_append_notes_nothing,
            notes_stay_until_they_are_let_go_and_outlive_their_session,
        );
        cases!($backend, listing:
            a_walk_meets_every_session_once_in_steps_of_any_length,
            a_walk_goes_on_where_a_session_was_forgotten_behind_it,
            a_walk_may_begin_after_a_session_that_never_was,
        );
    };
}

/// What a store does that outlives its process.
macro_rules! lasting_store {
    ($backend:ty) => {
        cases!($backend, durability:
            sessions_and_their_events_survive_a_restart,
            a_repeated_request_is_recognised_after_a_restart,
            due_times_survive_a_restart,
            claims_survive_a_restart,
            notes_survive_a_restart,
            what_was_forgotten_stays_forgotten_after_a_restart,
        );
    };
}

mod memory {
    any_store!(crate::backends::InMemory);
}

mod redb {
    any_store!(crate::backends::InRedb);
    lasting_store!(crate::backends::InRedb);
}

mod redis {
    any_store!(crate::backends::InRedis);
    lasting_store!(crate::backends::InRedis);
}

mod redis_cluster {
    any_store!(crate::backends::InRedisCluster);
    lasting_store!(crate::backends::InRedisCluster);
}

mod redis_with_faults {
    any_store!(crate::backends::InFaultyRedis);
    lasting_store!(crate::backends::InFaultyRedis);
}
