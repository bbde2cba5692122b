//! The lease under which a worker moves an entry on: a claim that expires at a moment, with a fencing token that tells a
//! late holder from the present one.

use crate::id::WorkerId;
use crate::moment::Moment;
use serde::{Deserialize, Serialize};

/// A worker's exclusive claim on a task, which ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The number of the claim. An outcome under an older number is not believed, unless it is "filed".
    #[serde(alias = "fence")]
    pub fencing_token: u64,
    /// The worker that holds it, for people who read stores and logs.
    pub worker: WorkerId,
    /// When it was claimed.
    pub since: Moment,
    /// When it expires; from then on nothing may be posted under it.
    pub until: Moment,
}
