//! What a session answers to a command: a type for each kind of reply, and [`Reply`], in which a store keeps any of them for
//! a request that is sent twice.

use crate::id::LinkId;
use crate::moment::Moment;
use crate::picture::ObjectKey;
use serde::{Deserialize, Serialize};

/// Done; there is nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done;

/// A phone holds a link now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedLink {
    /// The link that the code belonged to.
    pub link: LinkId,
}

/// A worker holds a claim on an outbox entry now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The claim's fencing token.
    #[serde(alias = "fence")]
    pub fencing_token: u64,
    /// When the claim's lease expires.
    pub until: Moment,
}

/// A place is kept for bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    /// The attempt's key: the bytes go there.
    pub key: ObjectKey,
}

/// The reply to any command, as it is stored beside the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// [`Done`].
    Done,
    /// To `ClaimLink`.
    Claimed(ClaimedLink),
    /// To `BeginSubmit` and `BeginLookup`.
    Begun(Begun),
    /// To `Reserve` and, unless the picture shows these bytes already, to `Revise`.
    Reserved(Reserved),
}

impl From<Done> for Reply {
    fn from(Done: Done) -> Self {
        Self::Done
    }
}

impl From<ClaimedLink> for Reply {
    fn from(claimed: ClaimedLink) -> Self {
        Self::Claimed(claimed)
    }
}

impl From<Begun> for Reply {
    fn from(begun: Begun) -> Self {
        Self::Begun(begun)
    }
}

impl From<Reserved> for Reply {
    fn from(reserved: Reserved) -> Self {
        Self::Reserved(reserved)
    }
}

/// `None` is `Done`: nothing needs to be sent.
impl From<Option<Reserved>> for Reply {
    fn from(reserved: Option<Reserved>) -> Self {
        reserved.map_or(Self::Done, Self::Reserved)
    }
}

/// A stored reply belongs to a command of another kind than the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reply belongs to a command of another kind")]
pub struct OtherReply;

impl TryFrom<Reply> for ClaimedLink {
    type Error = OtherReply;

    fn try_from(reply: Reply) -> Result<Self, OtherReply> {
        match reply {
            Reply::Claimed(claimed) => Ok(claimed),
            Reply::Done | Reply::Begun(_) | Reply::Reserved(_) => Err(OtherReply),
        }
    }
}

impl TryFrom<Reply> for Begun {
    type Error = OtherReply;

    fn try_from(reply: Reply) -> Result<Self, OtherReply> {
        match reply {
            Reply::Begun(begun) => Ok(begun),
            Reply::Done | Reply::Claimed(_) | Reply::Reserved(_) => Err(OtherReply),
        }
    }
}

impl TryFrom<Reply> for Reserved {
    type Error = OtherReply;

    fn try_from(reply: Reply) -> Result<Self, OtherReply> {
        Option::<Self>::try_from(reply)?.ok_or(OtherReply)
    }
}

impl TryFrom<Reply> for Option<Reserved> {
    type Error = OtherReply;

    fn try_from(reply: Reply) -> Result<Self, OtherReply> {
        match reply {
            Reply::Done => Ok(None),
            Reply::Reserved(reserved) => Ok(Some(reserved)),
            Reply::Claimed(_) | Reply::Begun(_) => Err(OtherReply),
        }
    }
}
