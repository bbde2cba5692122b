//! Sessions in this process's memory: for tests. The meaning of the ports in its shortest form; nothing survives the
//! process, and nothing is fast about it.

use super::subscribers::Subscribers;
use super::{REQUESTS_REMEMBERED, gap, revision_before};
use async_trait::async_trait;
use clinical_images::audit::AuditRecord;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{
    Append, Appended, AuditOutbox, ChangeNotifications, IdempotencyKey, Opening, PortFault,
    ReplayGuard, SessionStore,
};
use clinical_images::session::{Reply, SequencedEvent, Session};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A session store for tests.
#[derive(Default)]
pub struct MemorySessions {
    tables: Mutex<Tables>,
    subscribers: Arc<Subscribers>,
}

#[derive(Default)]
struct Tables {
    sessions: BTreeMap<SessionId, SessionRow>,
    nonces: HashMap<Sha256, (Moment, SessionId)>,
    audit: Vec<AuditRecord>,
}

struct SessionRow {
    session: Session,
    events: Vec<SequencedEvent>,
    requests: VecDeque<(IdempotencyKey, Reply)>,
}

impl SessionRow {
    fn answered(&self, idempotency_key: &IdempotencyKey) -> Option<Appended> {
        let (known, reply) = self
            .requests
            .iter()
            .find(|(known, _)| known.id == idempotency_key.id)?;
        Some(if known.fingerprint == idempotency_key.fingerprint {
            Appended::Replayed(reply.clone())
        } else {
            Appended::Mismatch
        })
    }

    fn append(&mut self, append: &Append<'_>) -> Result<Appended, PortFault> {
        if let Some(answer) = self.answered(&append.idempotency_key) {
            return Ok(answer);
        }
        if self.session.version != append.expected {
            return Ok(Appended::Conflict);
        }
        if self.session.view.revision != revision_before(append)? {
            return Err(gap());
        }
        self.session = append.decision.next.clone();
        self.events.extend(append.decision.events.iter().cloned());
        self.requests
            .push_back((append.idempotency_key, append.decision.reply.clone()));
        if self.requests.len() as u64 > REQUESTS_REMEMBERED {
            self.requests.pop_front();
        }
        Ok(Appended::Done)
    }
}

impl MemorySessions {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for MemorySessions {
    fn drop(&mut self) {
        self.subscribers.close();
    }
}

#[async_trait]
impl SessionStore for MemorySessions {
    async fn open(&self, session: &Session) -> Result<Opening, PortFault> {
        let mut tables = self.tables();
        if let Some(row) = tables.sessions.get(&session.view.id) {
            return Ok(if row.session == *session {
                Opening::Done
            } else {
                Opening::NameTaken
            });
        }
        let row = SessionRow {
            session: session.clone(),
            events: Vec::new(),
            requests: VecDeque::new(),
        };
        tables.sessions.insert(session.view.id, row);
        tables.audit.push(AuditRecord::launch(session));
        Ok(Opening::Done)
    }

    async fn load(&self, id: SessionId) -> Result<Option<Session>, PortFault> {
        Ok(self
            .tables()
            .sessions
            .get(&id)
            .map(|row| row.session.clone()))
    }

    async fn append(&self, append: Append<'_>) -> Result<Appended, PortFault> {
        revision_before(&append)?;
        let id = append.decision.next.view.id;
        let tables = &mut *self.tables();
        let answer = match tables.sessions.get_mut(&id) {
            Some(row) => row.append(&append)?,
            None => Appended::Conflict,
        };
        if answer == Appended::Done {
            tables.audit.extend(append.decision.audit.iter().cloned());
            self.subscribers.notify(id);
        }
        Ok(answer)
    }

    async fn events_after(
        &self,
        id: SessionId,
        revision: u64,
    ) -> Result<Option<Vec<SequencedEvent>>, PortFault> {
        let tables = self.tables();
        let Some(row) = tables.sessions.get(&id) else {
            return Ok(None);
        };
        let events = row
            .events
            .iter()
            .filter(|sequenced| sequenced.revision > revision);
        Ok(Some(events.cloned().collect()))
    }

    fn subscribe(&self, id: SessionId) -> ChangeNotifications {
        self.subscribers.subscribe(id)
    }

    async fn due(&self, now: Moment, most: usize) -> Result<Vec<SessionId>, PortFault> {
        let tables = self.tables();
        let due = |(id, row): (&SessionId, &SessionRow)| Some((row.session.next_due()?, *id));
        let mut due: Vec<_> = tables.sessions.iter().filter_map(due).collect();
        due.retain(|(at, _)| *at <= now);
        due.sort_unstable();
        Ok(due.into_iter().take(most).map(|(_, id)| id).collect())
    }

    async fn sessions(
        &self,
        after: Option<SessionId>,
        most: usize,
    ) -> Result<Vec<SessionId>, PortFault> {
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        let tables = self.tables();
        let rest = tables.sessions.range((begin, Bound::Unbounded));
        Ok(rest.take(most).map(|(id, _)| *id).collect())
    }

    async fn forget(&self, id: SessionId) -> Result<(), PortFault> {
        self.tables().sessions.remove(&id);
        self.subscribers.notify(id);
        Ok(())
    }

    async fn probe(&self) -> Result<(), PortFault> {
        Ok(())
    }
}

#[async_trait]
impl AuditOutbox for MemorySessions {
    async fn pending_audit(&self, most: usize) -> Result<Vec<AuditRecord>, PortFault> {
        let mut records = self.tables().audit.clone();
        records.sort_by_key(|record| record.at);
        records.truncate(most);
        Ok(records)
    }

    async fn ack_audit(&self, records: &[AuditRecord]) -> Result<(), PortFault> {
        self.tables()
            .audit
            .retain(|record| !records.contains(record));
        Ok(())
    }
}

#[async_trait]
impl ReplayGuard for MemorySessions {
    async fn claim_once(
        &self,
        nonce: Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    ) -> Result<SessionId, PortFault> {
        let nonces = &mut self.tables().nonces;
        nonces.retain(|_, (until, _)| *until >= now);
        let (_, first) = nonces.entry(nonce).or_insert((until, session));
        Ok(*first)
    }
}
