//! Entry of the simulator.
fn main() {}
