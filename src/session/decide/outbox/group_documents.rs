//! Groups the pictures of a commit into scanned documents.
//!
//! A document is named by its pages, so the same ones committed again go on where they stood. One that failed is taken
//! apart only when a commit names all of its pages, so that none is left without a way into the record; and never when a
//! part of it is in the record already.

use super::enqueue::{enqueue, missing_targets};
use crate::id::{OutboxEntryId, PictureId};
use crate::outbox::{OutboxEntry, OutboxState};
use crate::picture::PageOf;
use crate::record::Target;
use crate::refusal::Refusal;
use crate::scan;
use crate::session::decide::Draft;
use crate::session::{CommitPrecondition, Event, Scans, Session};

/// Makes the entries of documents, and ends those of failed documents that are filed otherwise now.
pub(super) fn documents(
    draft: &mut Draft,
    fresh: &[PictureId],
    precondition: CommitPrecondition,
    scans: Scans,
) -> Result<(), Refusal> {
    let failed = failed(&draft.next, fresh);
    let kept = failed
        .iter()
        .filter(|document| scans == Scans::AsBefore || document.is_partly_filed);
    let mut wanted: Vec<Vec<PictureId>> = kept.map(|document| document.left.clone()).collect();
    if scans == Scans::Together {
        wanted.extend(new_documents(&draft.next, fresh));
    }
    wanted.retain(|pages| pages.len() > 1);
    for document in &failed {
        let again = |pages: &Vec<PictureId>| OutboxEntryId::of_document(pages) == document.id;
        if wanted.iter().any(again) {
            continue;
        }
        if !document.left.iter().all(|page| fresh.contains(page)) {
            return Err(Refusal::PagesApart);
        }
        if let Some(entry) = draft.next.outbox.get_mut(&document.id) {
            entry.state = OutboxState::Replaced;
        }
    }
    for pages in &wanted {
        let id = OutboxEntryId::of_document(pages);
        // The pages of a document have the same records: it may be in the record at one of two targets.
        let mut targets = missing_targets(&draft.next, pages[0]);
        targets.retain(|target| target.takes_pages());
        enqueue(draft, id, pages, targets, precondition)?;
    }
    let touched = failed.into_iter().flat_map(|document| document.left);
    number(draft, touched.chain(fresh.iter().copied()));
    Ok(())
}

/// Whether a picture is a page of a failed document that holds one of these.
pub(super) fn belongs_to_failed_document(
    session: &Session,
    picture: PictureId,
    named: &[PictureId],
) -> bool {
    let mut failed = failed(session, named).into_iter();
    failed.any(|document| document.left.contains(&picture))
}

/// A document that certainly is not in the record.
struct Failed {
    id: OutboxEntryId,
    /// Its pages that were not removed since.
    left: Vec<PictureId>,
    /// Whether it is in the record at one target and failed at another.
    is_partly_filed: bool,
}

fn failed(session: &Session, pages: &[PictureId]) -> Vec<Failed> {
    let is = |entry: &OutboxEntry| {
        let holds = pages.iter().any(|page| entry.holds(*page));
        holds && entry.pages.len() > 1 && matches!(entry.state, OutboxState::Failed(_))
    };
    let documents = session.outbox.iter().filter(|(_, entry)| is(entry));
    documents
        .map(|(id, entry)| Failed {
            id: *id,
            left: entry
                .pictures()
                .filter(|page| session.view.picture(*page).is_some())
                .collect(),
            is_partly_filed: !entry.records.is_empty(),
        })
        .collect()
}

/// Groups the pictures that are in no scan yet into documents, as many pages to each as the record takes.
fn new_documents(session: &Session, pictures: &[PictureId]) -> Vec<Vec<PictureId>> {
    let scans = scan_targets(session);
    if scans.is_empty() {
        return Vec::new();
    }
    let whole = |picture: &PictureId| {
        let missing = missing_targets(session, *picture);
        scans.iter().all(|target| missing.contains(target))
    };
    let mut pages = pictures.iter().copied().filter(whole).collect::<Vec<_>>();
    let length = |page: &PictureId| {
        let picture = session.view.picture(*page);
        picture.map_or(0, |picture| picture.rendition.length)
    };
    let counts = scan::documents(pages.iter().map(length));
    counts
        .into_iter()
        .map(|count| pages.drain(..count).collect())
        .collect()
}

fn scan_targets(session: &Session) -> Vec<Target> {
    let targets = session.limits.outbox.targets.iter().copied();
    targets.filter(|target| target.takes_pages()).collect()
}

/// Emits which page of which document each of these is now, where that has changed.
fn number(draft: &mut Draft, pictures: impl Iterator<Item = PictureId>) {
    let mut pages: Vec<(PictureId, Option<PageOf>)> = Vec::new();
    for id in pictures {
        let known = draft.next.view.picture(id).map(|picture| picture.page);
        let page = page_of(&draft.next, id);
        if known.is_some_and(|known| known != page) && !pages.contains(&(id, page)) {
            pages.push((id, page));
        }
    }
    if !pages.is_empty() {
        draft.happened(Event::PagesAssigned { pages });
    }
}

fn page_of(session: &Session, picture: PictureId) -> Option<PageOf> {
    let mut documents = session.outbox.iter();
    let (document, entry) = documents.find(|(_, entry)| {
        entry.pages.len() > 1 && entry.holds(picture) && entry.state != OutboxState::Replaced
    })?;
    let index = entry.pictures().position(|page| page == picture)?;
    Some(PageOf {
        document: *document,
        number: u8::try_from(index + 1).ok()?,
        of: u8::try_from(entry.pages.len()).ok()?,
    })
}
