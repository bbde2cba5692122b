//! What the demo runs by itself, so that nothing has to be installed: servers for what production has outside.

pub mod demo;
pub mod s3;
