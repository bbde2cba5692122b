//! Entry of the server.
fn main() {}
