//! One contract for every filing ledger: each case runs on each adapter as a test of its own.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows only `#[test]` functions as tests"
)]
#![allow(
    dead_code,
    reason = "Redis for tests is shared with the session stores' contract"
)]

#[path = "ledger/backends.rs"]
mod backends;
#[path = "ledger/cases.rs"]
mod cases;
#[path = "session_store/redis_server.rs"]
mod redis_server;

macro_rules! cases {
    ($backend:ty: $($case:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            crate::cases::$case(<$backend as crate::backends::Backend>::fresh().await).await;
        })+
    };
}

/// What every ledger does.
macro_rules! any_ledger {
    ($backend:ty) => {
        cases!($backend:
            a_line_comes_back_as_it_was_written,
            a_picture_that_was_never_filed_has_no_line,
            two_practices_have_lines_of_their_own_for_one_id,
            a_line_that_knows_more_replaces_one_that_knows_less_and_never_the_other_way,
            of_sixteen_writers_at_once_the_one_that_knows_most_has_the_last_word,
            lines_go_after_ninety_days_and_not_before,
            a_line_that_was_replaced_counts_its_ninety_days_anew,
        );
    };
}

mod memory {
    any_ledger!(crate::backends::InMemory);
}

mod redb {
    any_ledger!(crate::backends::InRedb);
    cases!(crate::backends::InRedb: lines_outlive_the_server_that_wrote_them);
}

mod redis {
    any_ledger!(crate::backends::InRedis);
    cases!(crate::backends::InRedis:
        lines_outlive_the_server_that_wrote_them,
        two_servers_read_what_either_wrote,
    );
}

mod redis_cluster {
    any_ledger!(crate::backends::InRedisCluster);
    cases!(crate::backends::InRedisCluster:
        lines_outlive_the_server_that_wrote_them,
        two_servers_read_what_either_wrote,
    );
}
