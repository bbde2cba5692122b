//! The body of a post, made on its way out: the resource around the attachment, and the attachment's base64 in pieces.
//! A hundred pictures under way cost their own bytes and a piece each, not their text.

use crate::failpoint;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use clinical_images::fhir::envelope::JsonEnvelope;
use clinical_images::ports::LeaseGuard;
use std::collections::VecDeque;
use std::time::Instant;

/// Bytes of the attachment in a piece: a multiple of three, so that the texts can be put end to end, and small, because
/// the connection queues sixteen of them.
const PIECE: usize = 6 * 1024;

/// What is posted. Clones share the bytes.
#[derive(Clone)]
pub(super) struct Payload {
    prefix: Bytes,
    attachment: Attachment,
    suffix: Bytes,
    lease_guard: LeaseGuard,
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

/// The lease or the time ran out: the last bytes of the body are not sent, so that what was sent is not a complete request
/// and cannot have an effect.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not completed: the lease or the time to send it ran out")]
pub(super) struct LeaseExpired;

impl Payload {
    pub(super) fn new(
        envelope: JsonEnvelope,
        attachment: Attachment,
        lease_guard: LeaseGuard,
    ) -> Self {
        Self {
            prefix: envelope.prefix.into(),
            attachment,
            suffix: envelope.suffix.into(),
            lease_guard,
        }
    }

    /// Bytes of the whole body.
    pub(super) fn length(&self) -> usize {
        self.prefix.len() + self.attachment.length().div_ceil(3) * 4 + self.suffix.len()
    }

    /// The body, piece by piece. The last one goes out only while the lease holds and there is time.
    pub(super) fn pieces(
        self,
        deadline: Instant,
    ) -> impl Iterator<Item = Result<Bytes, LeaseExpired>> + Send + 'static {
        let Self {
            prefix,
            mut attachment,
            suffix,
            lease_guard,
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
            if lease_guard.holds() && Instant::now() < deadline {
                Ok(suffix)
            } else {
                Err(LeaseExpired)
            }
        };
        std::iter::once(Ok(prefix))
            .chain(middle)
            .chain(std::iter::once_with(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn payload(attachment: &[u8], lease_guard: LeaseGuard) -> Payload {
        let envelope = JsonEnvelope {
            prefix: b"{\"data\":\"".to_vec(),
            suffix: b"\"}".to_vec(),
        };
        // In pieces whose borders fall anywhere.
        let pieces = attachment.chunks(1000).map(Bytes::copy_from_slice);
        Payload::new(envelope, pieces.collect(), lease_guard)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn the_pieces_are_the_whole_text_and_as_long_as_was_said() {
        for length in [0, 1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let attachment: Vec<u8> = (0..length).map(|n| (n * 7 % 251) as u8).collect();
            let expected = format!("{{\"data\":\"{}\"}}", STANDARD.encode(&attachment));
            let payload = payload(&attachment, LeaseGuard::always());
            assert_eq!(payload.length(), expected.len());
            let pieces: Result<Vec<_>, _> = payload.pieces(soon()).collect();
            assert_eq!(pieces.unwrap().concat(), expected.as_bytes());
        }
    }

    #[test]
    fn without_lease_or_time_the_end_is_not_sent() {
        let ends = |lease_guard, deadline| {
            payload(&[1; 9], lease_guard)
                .pieces(deadline)
                .last()
                .unwrap()
        };
        assert!(ends(LeaseGuard::always(), soon()).is_ok());
        assert!(ends(LeaseGuard::valid_while(|| false), soon()).is_err());
        assert!(ends(LeaseGuard::always(), Instant::now()).is_err());
    }
}
