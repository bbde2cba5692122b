//! The body of a post, made on its way out: the resource around the attachment, and the attachment's base64 in pieces.
//! A hundred pictures under way cost their own bytes and a piece each, not their text.

use crate::failpoint;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use clinical_images::fhir::around::Around;
use clinical_images::ports::Leave;
use std::collections::VecDeque;
use std::time::Instant;

/// Bytes of the attachment in a piece: a multiple of three, so that the texts can be put end to end, and small, because
/// the connection queues sixteen of them.
const PIECE: usize = 6 * 1024;

/// What is posted. Clones share the bytes.
#[derive(Clone)]
pub(super) struct Payload {
    head: Bytes,
    attachment: Attachment,
    tail: Bytes,
    leave: Leave,
}

/// The attachment's bytes, in pieces that are not put together: a document's pages lie where they were read to.
#[derive(Clone, Default)]
pub(super) struct Attachment(VecDeque<Bytes>);

impl Attachment {
    fn length(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    /// The next bytes, so many unless fewer are left.
    fn take(&mut self, most: usize) -> Vec<u8> {
        let mut taken = Vec::with_capacity(most.min(self.length()));
        while taken.len() < most
            && let Some(first) = self.0.front_mut()
        {
            let now = first.split_to(first.len().min(most - taken.len()));
            taken.extend_from_slice(&now);
            if first.is_empty() {
                self.0.pop_front();
            }
        }
        taken
    }
}

impl FromIterator<Bytes> for Attachment {
    fn from_iter<I: IntoIterator<Item = Bytes>>(pieces: I) -> Self {
        Self(pieces.into_iter().collect())
    }
}

impl From<Bytes> for Attachment {
    fn from(whole: Bytes) -> Self {
        Self::from_iter([whole])
    }
}

/// The claim on the picture ran out, or the time: the rest of the body is held back, so that what was sent is no whole
/// request and cannot have an effect.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("held back: the time to send it is over")]
pub(super) struct HeldBack;

impl Payload {
    pub(super) fn new(around: Around, attachment: Attachment, leave: Leave) -> Self {
        Self {
            head: around.head.into(),
            attachment,
            tail: around.tail.into(),
            leave,
        }
    }

    /// Bytes of the whole body.
    pub(super) fn length(&self) -> usize {
        self.head.len() + self.attachment.length().div_ceil(3) * 4 + self.tail.len()
    }

    /// The body, piece by piece. The last one is let go only while there is leave and time.
    pub(super) fn pieces(
        self,
        deadline: Instant,
    ) -> impl Iterator<Item = Result<Bytes, HeldBack>> + Send + 'static {
        let Self {
            head,
            mut attachment,
            tail,
            leave,
        } = self;
        let count = attachment.length().div_ceil(PIECE);
        let middle = (0..count).map(move |index| {
            if index == count / 2 {
                failpoint::pass(failpoint::BODY_HALF);
            }
            Ok(Bytes::from(STANDARD.encode(attachment.take(PIECE))))
        });
        let last = move || {
            failpoint::pass(failpoint::BODY_LAST);
            if leave.holds() && Instant::now() < deadline {
                Ok(tail)
            } else {
                Err(HeldBack)
            }
        };
        std::iter::once(Ok(head))
            .chain(middle)
            .chain(std::iter::once_with(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn payload(attachment: &[u8], leave: Leave) -> Payload {
        let around = Around {
            head: b"{\"data\":\"".to_vec(),
            tail: b"\"}".to_vec(),
        };
        // In pieces whose borders fall anywhere.
        let pieces = attachment.chunks(1000).map(Bytes::copy_from_slice);
        Payload::new(around, pieces.collect(), leave)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn the_pieces_are_the_whole_text_and_as_long_as_was_said() {
        for length in [0, 1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let attachment: Vec<u8> = (0..length).map(|n| (n * 7 % 251) as u8).collect();
            let expected = format!("{{\"data\":\"{}\"}}", STANDARD.encode(&attachment));
            let payload = payload(&attachment, Leave::always());
            assert_eq!(payload.length(), expected.len());
            let pieces: Result<Vec<_>, _> = payload.pieces(soon()).collect();
            assert_eq!(pieces.unwrap().concat(), expected.as_bytes());
        }
    }

    #[test]
    fn without_leave_or_time_the_end_is_held_back() {
        let ends = |leave, deadline| payload(&[1; 9], leave).pieces(deadline).last().unwrap();
        assert!(ends(Leave::always(), soon()).is_ok());
        assert!(ends(Leave::while_so(|| false), soon()).is_err());
        assert!(ends(Leave::always(), Instant::now()).is_err());
    }
}
