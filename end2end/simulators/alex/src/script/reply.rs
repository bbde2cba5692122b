//! What a scripted reply is made of: the call's effect, the response, and its timing.

use std::time::Duration;

use axum::http::StatusCode;

use super::change::Change;
use crate::Simulator;
use crate::call::Kind;

/// One entry of the catalogue.
#[derive(Debug)]
pub(crate) struct Reply {
    pub name: String,
    /// One sentence.
    pub says: String,
    pub kinds: &'static [Kind],
    pub effect: Effect,
    pub response: ScriptedResponse,
    pub timing: Timing,
}

impl Reply {
    pub(super) fn fits(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether it creates something and then says what REFERENCE §5 takes as proof of the contrary.
    /// No client can see through it; ALEX is not known to do it.
    pub(crate) fn is_beyond_the_protocol(&self) -> bool {
        const PROOFS: [u16; 9] = [400, 401, 403, 404, 405, 413, 415, 422, 429];
        let denies = match &self.response {
            ScriptedResponse::Refusal(refusal) => PROOFS.contains(&refusal.status.as_u16()),
            _ => false,
        };
        denies && self.effect != Effect::Nothing
    }

    /// The time it takes unless a step says otherwise.
    pub(crate) fn delay(&self) -> Delay {
        if self.effect.comes_later() {
            Delay::Fixed(DEFERRED_BY)
        } else {
            self.timing.delay()
        }
    }
}

/// How long after its answer the gateway may still work, and how long a search may lag behind.
const DEFERRED_BY: Duration = Duration::from_secs(240);

/// A reply's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delay {
    None,
    Fixed(Duration),
    /// The setting `stall`.
    Stall,
}

impl Delay {
    pub(crate) fn time(self, simulator: &Simulator) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Fixed(time) => time,
            Self::Stall => simulator.settings().stall,
        }
    }
}

/// What the simulator does about the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    Once,
    /// By a gateway that sends it on a second time.
    Twice,
    /// Only after the reply.
    Later,
    NowAndLater,
    /// At once, but searches find it later.
    OnceButHidden,
    /// As a search with one record a page.
    OncePaged,
    /// As a search without the `identifier` it is narrowed by.
    OnceUnnarrowed,
}

impl Effect {
    /// Whether something of it shows only after a time.
    pub(super) fn comes_later(self) -> bool {
        matches!(self, Self::Later | Self::NowAndLater | Self::OnceButHidden)
    }

    /// How many resources a good call creates, now and later.
    pub(crate) fn creates(self) -> (u8, u8) {
        match self {
            Self::Nothing => (0, 0),
            Self::Once | Self::OnceButHidden | Self::OncePaged | Self::OnceUnnarrowed => (1, 0),
            Self::Twice => (2, 0),
            Self::Later => (0, 1),
            Self::NowAndLater => (1, 1),
        }
    }
}

/// What the caller is answered.
#[derive(Debug)]
pub(crate) enum ScriptedResponse {
    /// The plain answer.
    Unchanged,
    /// The plain answer, changed when it is a success.
    Changed(Change),
    Refusal(Refused),
    /// Any other status with a body that is not FHIR's.
    Strange {
        status: StatusCode,
        content_type: &'static str,
        body: &'static str,
    },
    /// A status and an address to go to. None is the address that was called.
    Redirect(StatusCode, Option<&'static str>),
    /// A body of 100 MB.
    Huge(StatusCode),
    /// The connection closes without a byte.
    NoResponse,
}

/// A refusal with an OperationOutcome, or at the token endpoint in Azure's way.
#[derive(Debug)]
pub(crate) struct Refused {
    pub status: StatusCode,
    pub code: &'static str,
    pub text: &'static str,
    /// The value of `Retry-After`.
    pub retry_after: Option<&'static str>,
    /// Names an optional element, as if it were the reason.
    pub dislikes: bool,
}

/// When and how fast the response is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    AtOnce,
    /// Nothing is sent for a while.
    Slow,
    /// Nothing is sent for as long as the setting `stall` says.
    Stalled,
    /// The body in ten pieces, with a while before each.
    Drip,
    /// Half of the body, then the connection closes.
    BreaksOff,
}

impl Timing {
    pub(super) fn delay(self) -> Delay {
        match self {
            Self::AtOnce | Self::BreaksOff => Delay::None,
            Self::Slow => Delay::Fixed(Duration::from_secs(30)),
            Self::Stalled => Delay::Stall,
            Self::Drip => Delay::Fixed(Duration::from_secs(1)),
        }
    }
}
