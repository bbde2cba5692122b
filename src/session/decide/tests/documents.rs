//! Pictures that become pages of one scanned document.

use super::*;
use crate::id::{OutboxEntryId, WorkerId};
use crate::outbox::{OutboxEntry, OutboxState};
use crate::picture::PageOf;
use crate::record::{Record, Target};

fn pictures(bits: &[u128]) -> Vec<PictureId> {
    bits.iter().copied().map(PictureId::from_bits).collect()
}

impl Room {
    /// A room of a practice that files there, with so many pictures from 1 on.
    fn of(targets: &[Target], count: u128) -> Self {
        let mut room = Self::new();
        room.session.limits.outbox.targets = targets.to_vec();
        for picture in 1..=count {
            room.ready(Actor::Desktop, picture);
        }
        room
    }

    /// The same, committed as one document.
    fn bound(targets: &[Target], count: u128) -> Self {
        let mut room = Self::of(targets, count);
        let all: Vec<u128> = (1..=count).collect();
        room.commit_all(&pictures(&all), Scans::Together).unwrap();
        room
    }

    fn entry(&self, id: OutboxEntryId) -> &OutboxEntry {
        &self.session.outbox[&id]
    }

    /// Claims an entry, and hears this of its present target.
    fn post(&mut self, entry: OutboxEntryId, outcome: SubmitOutcome) {
        let begin = Command::BeginSubmit(BeginSubmit {
            entry,
            worker: WorkerId::from_bits(7),
            correlation: format!("c{}", self.entry(entry).fencing_token),
        });
        let target = self.entry(entry).target().unwrap();
        let Reply::Begun(Begun { fencing_token, .. }) = self.go(Actor::Server, begin) else {
            panic!("not begun");
        };
        let conclude = Command::ConcludeSubmit {
            entry,
            target,
            fencing_token,
            outcome,
            jitter: 0,
        };
        self.go(Actor::Server, conclude);
    }

    fn pages(&self) -> Vec<Option<(u8, u8)>> {
        let pictures = self.session.view.pictures.iter();
        let page = |page: PageOf| (page.number, page.of);
        pictures.map(|picture| picture.page.map(page)).collect()
    }

    fn records_of(&self, picture: u128) -> Vec<Option<&str>> {
        match self.state(picture) {
            PictureState::Filed { records, .. } => records.iter().map(Record::id).collect(),
            other => panic!("{other:?}"),
        }
    }
}

fn document(bits: &[u128]) -> OutboxEntryId {
    OutboxEntryId::of_document(&pictures(bits))
}

fn filed(record: &str) -> SubmitOutcome {
    SubmitOutcome::Filed {
        record: record.into(),
    }
}

fn failed() -> SubmitOutcome {
    SubmitOutcome::Failed(failure())
}

#[test]
fn pictures_committed_together_are_one_entry_in_the_session_s_order() {
    let mut room = Room::of(&[Target::ScanPdf], 3);
    room.commit_all(&pictures(&[3, 1, 2]), Scans::Together)
        .unwrap();
    assert_eq!(room.session.outbox.len(), 1);
    let entry = room.entry(document(&[1, 2, 3]));
    assert_eq!(entry.pictures().collect::<Vec<_>>(), pictures(&[1, 2, 3]));
    assert_eq!(room.pages(), [Some((1, 3)), Some((2, 3)), Some((3, 3))]);
    room.post(document(&[1, 2, 3]), filed("d1"));
    for picture in 1..=3 {
        assert_eq!(room.records_of(picture), [Some("d1")]);
    }
}

#[test]
fn photos_stay_separate_where_the_practice_files_them_as_such_too() {
    let mut room = Room::bound(&[Target::Media, Target::ScanPdf], 2);
    assert_eq!(room.session.outbox.len(), 3);
    room.post(document(&[1, 2]), filed("d1"));
    assert_eq!(room.state(1), &PictureState::Queued, "its photo is to come");
    room.now += 1;
    room.post(pictures(&[1])[0].into(), filed("m1"));
    assert_eq!(room.records_of(1), [Some("d1"), Some("m1")]);
    assert_eq!(room.state(2), &PictureState::Queued);
    room.post(pictures(&[2])[0].into(), failed());
    assert!(matches!(room.state(2), PictureState::Failed { .. }));
    room.commit_all(&pictures(&[2]), Scans::AsBefore).unwrap();
    room.post(pictures(&[2])[0].into(), filed("m2"));
    assert_eq!(
        room.records_of(2),
        [Some("d1"), Some("m2")],
        "the document is not filed again"
    );
}

#[test]
fn where_no_scans_are_filed_there_are_no_documents() {
    let room = Room::bound(&[Target::Media], 2);
    assert_eq!(room.session.outbox.len(), 2);
    assert_eq!(room.pages(), [None, None]);
}

#[test]
fn one_picture_together_is_a_document_of_its_own() {
    let room = Room::bound(&[Target::ScanPdf], 1);
    assert_eq!(
        room.entry(pictures(&[1])[0].into()).targets,
        [Target::ScanPdf]
    );
    assert_eq!(room.pages(), [None]);
}

#[test]
fn what_one_document_cannot_hold_becomes_several() {
    let mut room = Room::of(&[Target::ScanPdf], 7);
    for picture in &mut room.session.view.pictures {
        picture.rendition.length = 990_000;
    }
    let all = pictures(&[1, 2, 3, 4, 5, 6, 7]);
    room.commit_all(&all, Scans::Together).unwrap();
    assert_eq!(room.session.outbox.len(), 2);
    assert_eq!(room.entry(document(&[1, 2, 3, 4, 5, 6])).pages.len(), 6);
    assert_eq!(
        room.entry(all[6].into()).pages.len(),
        1,
        "what is left over is one by itself"
    );
}

#[test]
fn a_retry_of_one_page_takes_the_document_up_again_under_its_name() {
    let mut room = Room::bound(&[Target::ScanPdf], 3);
    let id = document(&[1, 2, 3]);
    room.post(id, failed());
    for picture in 1..=3 {
        assert!(matches!(room.state(picture), PictureState::Failed { .. }));
    }
    room.commit_all(&pictures(&[2]), Scans::AsBefore).unwrap();
    for picture in 1..=3 {
        assert_eq!(room.state(picture), &PictureState::Queued);
    }
    assert_eq!(room.session.outbox.len(), 1);
    assert_eq!(room.entry(id).fencing_token, 1, "it goes on where it stood");
    room.post(id, filed("d1"));
    assert_eq!(room.records_of(3), [Some("d1")]);
}

#[test]
fn a_failed_document_is_taken_apart_only_whole() {
    let mut room = Room::bound(&[Target::ScanPdf], 3);
    room.post(document(&[1, 2, 3]), failed());
    let some = pictures(&[1, 2]);
    for scans in [Scans::Separate, Scans::Together] {
        let before = room.session.clone();
        assert_eq!(room.commit_all(&some, scans), Err(Refusal::PagesApart));
        assert_eq!(room.session, before);
    }
    room.commit_all(&pictures(&[1, 2, 3]), Scans::Separate)
        .unwrap();
    assert_eq!(
        room.entry(document(&[1, 2, 3])).state,
        OutboxState::Replaced
    );
    assert_eq!(room.pages(), [None; 3]);
    for picture in pictures(&[1, 2, 3]) {
        room.post(picture.into(), filed(&picture.to_string()));
    }
    assert!(matches!(room.state(3), PictureState::Filed { .. }));
}

#[test]
fn a_late_record_of_a_document_that_was_taken_apart_is_not_hidden() {
    let mut room = Room::bound(&[Target::ScanPdf], 2);
    let id = document(&[1, 2]);
    room.post(id, failed());
    room.commit_all(&pictures(&[1, 2]), Scans::Separate)
        .unwrap();
    let late = Command::ConcludeSubmit {
        entry: id,
        target: Target::ScanPdf,
        fencing_token: 1,
        outcome: filed("d1"),
        jitter: 0,
    };
    room.go(Actor::Server, late);
    assert_eq!(room.entry(id).duplicates, ["d1"]);
    assert_eq!(
        room.state(1),
        &PictureState::Queued,
        "its own scan is still to come"
    );
}

#[test]
fn pictures_that_failed_by_themselves_can_become_a_document() {
    let mut room = Room::of(&[Target::ScanPdf], 2);
    let all = pictures(&[1, 2]);
    room.commit_all(&all, Scans::Separate).unwrap();
    for picture in &all {
        room.post((*picture).into(), failed());
    }
    room.commit_all(&all, Scans::Together).unwrap();
    assert_eq!(room.entry(all[0].into()).state, OutboxState::Replaced);
    room.post(document(&[1, 2]), filed("d1"));
    assert_eq!(room.records_of(2), [Some("d1")]);
}

#[test]
fn what_is_in_the_record_as_a_scan_already_is_on_no_document() {
    let mut room = Room::of(&[Target::ScanPdf], 3);
    room.commit(1).unwrap();
    room.post(pictures(&[1])[0].into(), filed("d1"));
    room.commit_all(&pictures(&[1, 2, 3]), Scans::Together)
        .unwrap();
    assert_eq!(room.pages(), [None, Some((1, 2)), Some((2, 2))]);
}

#[test]
fn a_document_that_is_partly_filed_is_never_taken_apart() {
    let mut room = Room::bound(&[Target::ScanTiff, Target::ScanPdf], 2);
    let id = document(&[1, 2]);
    room.post(id, filed("t1"));
    room.post(id, failed());
    room.commit_all(&pictures(&[1, 2]), Scans::Separate)
        .unwrap();
    assert_eq!(room.entry(id).targets, [Target::ScanPdf]);
    assert_eq!(room.session.outbox.len(), 1);
    room.post(id, filed("p1"));
    assert_eq!(room.records_of(1), [Some("t1"), Some("p1")]);
}

#[test]
fn a_page_removed_from_a_document_that_is_partly_filed_files_nothing_twice() {
    let remove = Command::Remove {
        picture: PictureId::from_bits(2),
    };
    for (count, rest) in [(3, document(&[1, 3])), (2, pictures(&[1])[0].into())] {
        let mut room = Room::bound(&[Target::ScanTiff, Target::ScanPdf], count);
        let all: Vec<u128> = (1..=count).collect();
        room.post(document(&all), filed("t1"));
        room.post(document(&all), failed());
        room.now += 1;
        room.go(Actor::Desktop, remove.clone());
        room.commit_all(&pictures(&[1]), Scans::AsBefore).unwrap();
        assert_eq!(room.entry(rest).targets, [Target::ScanPdf]);
        room.post(rest, filed("p1"));
        assert_eq!(room.records_of(1), [Some("t1"), Some("p1")]);
    }
}

#[test]
fn a_document_is_retried_although_nobody_knows_of_the_photo_of_another_page() {
    let mut room = Room::bound(&[Target::Media, Target::ScanPdf], 2);
    room.post(pictures(&[1])[0].into(), filed("m1"));
    room.post(pictures(&[2])[0].into(), SubmitOutcome::Unknown(failure()));
    room.post(document(&[1, 2]), failed());
    room.commit_all(&pictures(&[1]), Scans::AsBefore).unwrap();
    assert_eq!(room.state(1), &PictureState::Queued);
    assert!(matches!(room.state(2), PictureState::Unknown { .. }));
    room.post(document(&[1, 2]), filed("d1"));
    assert_eq!(room.records_of(1), [Some("m1"), Some("d1")]);
}

#[test]
fn a_page_removed_from_a_failed_document_leaves_a_smaller_one() {
    let mut room = Room::bound(&[Target::ScanPdf], 3);
    room.post(document(&[1, 2, 3]), failed());
    let remove = |picture| Command::Remove {
        picture: PictureId::from_bits(picture),
    };
    room.go(Actor::Desktop, remove(2));
    room.commit_all(&pictures(&[3]), Scans::AsBefore).unwrap();
    assert_eq!(room.pages(), [Some((1, 2)), Some((2, 2))]);
    room.post(document(&[1, 3]), failed());
    room.go(Actor::Desktop, remove(1));
    room.commit_all(&pictures(&[3]), Scans::AsBefore).unwrap();
    assert_eq!(room.pages(), [None]);
    room.post(pictures(&[3])[0].into(), filed("d1"));
    assert_eq!(room.records_of(3), [Some("d1")]);
}

#[test]
fn what_a_person_says_of_one_page_is_said_of_all() {
    for present in [true, false] {
        let mut room = Room::bound(&[Target::ScanPdf], 2);
        let id = document(&[1, 2]);
        room.post(id, SubmitOutcome::Unknown(failure()));
        room.now = 330;
        let look = Command::BeginLookup(BeginLookup {
            entry: id,
            worker: WorkerId::from_bits(7),
        });
        let Reply::Begun(Begun { fencing_token, .. }) = room.go(Actor::Server, look) else {
            panic!("not begun");
        };
        let conclude = Command::ConcludeLookup {
            entry: id,
            target: Target::ScanPdf,
            fencing_token,
            finding: crate::session::Finding::CannotTell(failure()),
            jitter: 0,
        };
        room.go(Actor::Server, conclude);
        let asked = PictureState::NeedsCheck {
            failure: failure(),
            sent: at(0),
            target: Target::ScanPdf,
        };
        assert_eq!((room.state(1), room.state(2)), (&asked, &asked));
        let picture = PictureId::from_bits(2);
        let mut resolve_manually = Command::ResolveManually {
            picture,
            target: Target::Media,
            present,
        };
        assert_eq!(
            room.try_to(Actor::Desktop, resolve_manually.clone()),
            Err(Refusal::Stale),
            "nobody was asked about a photo"
        );
        if let Command::ResolveManually { target, .. } = &mut resolve_manually {
            *target = Target::ScanPdf;
        }
        room.go(Actor::Desktop, resolve_manually);
        assert_eq!(matches!(room.state(1), PictureState::Filed { .. }), present);
        assert_eq!(room.state(1) == &PictureState::Queued, !present);
    }
}
