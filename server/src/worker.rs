//! The tasks that run beside the web server for as long as it runs: the scheduler of sessions that are due, the outbox worker
//! that files committed pictures, and the drain of the audit outbox. None of them answers a request.

pub mod audit;
pub mod outbox;
pub mod scheduler;
