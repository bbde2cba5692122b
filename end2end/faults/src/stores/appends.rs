//! Writers that append to sessions of their own as fast as the store answers.

use super::Figures;
use crate::fictional::{self, NOW};
use crate::test_photo::TestPhoto;
use clinical_images::digest::Sha256;
use clinical_images::id::{PictureId, RequestId, SessionId};
use clinical_images::picture::{DetailsChange, Note};
use clinical_images::ports::{Append, Appended, IdempotencyKey, SessionStore};
use clinical_images::session::{Actor, Command, Request, Session, decide};
use fastrand::Rng;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Lets so many writers append for `span`.
pub(super) async fn measure(
    store: &Arc<dyn SessionStore>,
    writers: u64,
    round: usize,
    span: Duration,
) -> Result<Figures, String> {
    let mut tasks = JoinSet::new();
    let seed = round as u64 * 1000 + writers;
    for number in 0..writers {
        let writer = Writer::open(Arc::clone(store), Rng::with_seed(seed << 32 | number)).await?;
        tasks.spawn(writer.write(span));
    }
    let mut took = Vec::new();
    while let Some(written) = tasks.join_next().await {
        took.extend(written.map_err(|fault| fault.to_string())??);
    }
    Ok(Figures::of(took, span))
}

struct Writer {
    store: Arc<dyn SessionStore>,
    session: Session,
    picture: PictureId,
    rng: Rng,
}

impl Writer {
    async fn open(store: Arc<dyn SessionStore>, mut rng: Rng) -> Result<Self, String> {
        let session = fictional::session(SessionId::from_bits(rng.u128(..)), 1, rng.u128(..));
        let opened = store.open(&session).await;
        opened.map_err(|fault| fault.to_string())?;
        let claim = TestPhoto::new(&mut rng).claim;
        let mut writer = Self {
            store,
            session,
            picture: claim.picture,
            rng,
        };
        writer.append(Command::Reserve(claim)).await?;
        Ok(writer)
    }

    /// Writes one note after the other; answers how long each took.
    async fn write(mut self, span: Duration) -> Result<Vec<Duration>, String> {
        let (begun, mut took) = (Instant::now(), Vec::new());
        while begun.elapsed() < span {
            let note = Note::new(format!("note {}", self.session.version));
            let change = DetailsChange {
                note: note.ok(),
                ..DetailsChange::default()
            };
            let pictures = vec![self.picture];
            took.push(self.append(Command::Describe { pictures, change }).await?);
        }
        Ok(took)
    }

    async fn append(&mut self, command: Command) -> Result<Duration, String> {
        let by = Actor::Desktop;
        let decided = decide(&self.session, Request { by, command }, NOW);
        let decision = decided.map_err(|refusal| refusal.to_string())?;
        let idempotency_key = IdempotencyKey {
            id: RequestId::from_bits(self.rng.u128(..)),
            fingerprint: Sha256::of(b"bench"),
        };
        let append = Append {
            expected: self.session.version,
            idempotency_key,
            decision: &decision,
        };
        let begun = Instant::now();
        match self.store.append(append).await {
            Ok(Appended::Done) => {}
            other => return Err(format!("an append was answered with {other:?}")),
        }
        let took = begun.elapsed();
        self.session = decision.next;
        Ok(took)
    }
}
