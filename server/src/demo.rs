//! The demo: simulators in the place of the picture store and of ALEX, so that nothing has to be installed.
//!
//! A build has it with the feature `demo`. Without it no simulator is linked, no [`Demo`] can exist, and starting one
//! answers how to get a build that has it.

#[cfg(any(not(feature = "demo"), test))]
#[cfg_attr(
    feature = "demo",
    allow(dead_code, reason = "only its sentence is tested")
)]
mod absent;
#[cfg(feature = "demo")]
mod simulated;

#[cfg(not(feature = "demo"))]
pub use absent::Demo;
#[cfg(feature = "demo")]
pub use simulated::Demo;
