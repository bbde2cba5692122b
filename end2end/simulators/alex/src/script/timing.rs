//! Bodies that take their time, break off or do not end soon.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures::{StreamExt, stream};

use crate::Simulator;

/// How many pieces a dripping body comes in.
const PIECES: usize = 10;
/// How many bytes a huge body has between its head and its tail.
const HUGE: usize = 100_000_000;

/// Marks a reply that is none.
#[derive(Clone)]
pub(crate) struct HungUp;

/// A reply that is none: the connection closes before a byte of it is sent.
///
/// hyper only puts the head into its buffer before it asks the body, and drops the connection when
/// the body fails.
pub(crate) fn hang_up() -> Response {
    let broken = stream::once(async { Err::<Bytes, _>(io::Error::other("hung up")) });
    let mut response = Response::new(Body::from_stream(broken));
    response.extensions_mut().insert(HungUp);
    response
}

/// Half of the body, then the connection closes.
pub(super) fn breaking_off(mut body: Bytes) -> Body {
    body.truncate(body.len() / 2);
    let half = stream::once(async { Ok(body) });
    // hyper flushes what it has when the body has nothing ready; only then may it fail.
    let broken = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::other("cut"))
    });
    Body::from_stream(half.chain(broken))
}

/// The body in pieces, with a pause before each.
pub(super) fn dripping(simulator: &Simulator, body: Bytes, pause: Duration) -> Body {
    let size = body.len().div_ceil(PIECES).max(1);
    let simulator = simulator.clone();
    Body::from_stream(stream::unfold(body, move |mut rest| {
        let simulator = simulator.clone();
        async move {
            if rest.is_empty() {
                return None;
            }
            simulator.clock().wait(pause).await;
            let piece = rest.split_to(size.min(rest.len()));
            Some((Ok::<_, io::Error>(piece), rest))
        }
    }))
}

/// `head`, 100 MB of spaces, `tail`.
pub(super) fn huge(head: String, tail: String) -> Body {
    const CHUNK: &[u8] = &[b' '; 100_000];
    let spaces = stream::repeat(Bytes::from_static(CHUNK)).take(HUGE / CHUNK.len());
    let ends = |text: String| stream::once(async { Bytes::from(text) });
    let whole = ends(head).chain(spaces).chain(ends(tail));
    Body::from_stream(whole.map(Ok::<_, io::Error>))
}
