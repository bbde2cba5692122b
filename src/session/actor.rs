//! Who asks something of a session.

use crate::access::Role;
use crate::id::LinkId;
use crate::picture::Source;
use serde::{Deserialize, Serialize};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// The GP's screen.
    Desktop,
    /// A phone that holds this link.
    Phone(LinkId),
    /// A phone that shows a code and is not paired yet: it has no access token.
    #[serde(alias = "Stranger")]
    Unpaired,
    /// The server itself: timers and the outbox worker.
    Server,
}

impl Actor {
    /// Where a picture that this actor announces comes from.
    #[must_use]
    pub fn source(self) -> Source {
        match self {
            Self::Phone(link) => Source::Phone(link),
            Self::Desktop | Self::Unpaired | Self::Server => Source::Desktop,
        }
    }

    /// In what role it asks.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Desktop => Role::Desktop,
            Self::Phone(_) => Role::Phone,
            Self::Unpaired => Role::Unpaired,
            Self::Server => Role::Server,
        }
    }
}
