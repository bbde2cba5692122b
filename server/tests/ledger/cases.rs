//! What a ledger promises, whatever it is made of.

use crate::backends::Backend;
use clinical_images::digest::Sha256;
use clinical_images::id::{OutboxEntryId, PictureId, PracticeId, SessionId};
use clinical_images::launch::FacilityCode;
use clinical_images::moment::Moment;
use clinical_images::picture::PageOf;
use clinical_images::ports::{Clock as _, LedgerEntry, LedgerOutcome};
use clinical_images::record::{KnownBy, Record, Target};
use clinical_server::adapter::system::SystemClock;
use std::time::Duration;
use tokio::task::JoinSet;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn picture(number: u128) -> PictureId {
    PictureId::from_bits(number)
}

fn kowhai() -> PracticeId {
    "kowhai".parse().unwrap()
}

/// The line of a picture after so many outcomes, with everything that a line can hold.
fn line(number: u128, outcomes: u32, written_at: Moment) -> LedgerEntry {
    LedgerEntry {
        picture: picture(number),
        session: SessionId::from_bits(7),
        practice: kowhai(),
        facility: FacilityCode::parse("F2N060-E").unwrap(),
        sha256: Sha256::of(b"the JPEG"),
        committed_at: written_at,
        written_at,
        page: Some(PageOf {
            document: OutboxEntryId::from_bits(9),
            number: 1,
            of: 2,
        }),
        outcomes,
        outcome: LedgerOutcome::Unknown,
        targets: vec![Target::ScanPdf],
        records: vec![Record {
            target: Target::Media,
            at: written_at,
            known_by: KnownBy::ReadBack(format!("record-{outcomes}")),
        }],
        duplicates: vec!["a second \"one\"".to_owned()],
        correlations: vec!["c1".to_owned(), "c2".to_owned()],
    }
}

/// By the real clock, since Redis goes by its own.
fn now() -> Moment {
    SystemClock.now()
}

pub async fn a_line_comes_back_as_it_was_written(backend: impl Backend) {
    let ledger = backend.open().await;
    for number in [1, 2, u128::MAX] {
        let line = line(number, 1, now());
        ledger.write(&line).await.unwrap();
        assert_eq!(ledger.read(&kowhai(), line.picture).await, Ok(Some(line)));
    }
}

pub async fn a_picture_that_was_never_filed_has_no_line(backend: impl Backend) {
    let ledger = backend.open().await;
    ledger.write(&line(1, 1, now())).await.unwrap();
    assert_eq!(ledger.read(&kowhai(), picture(2)).await, Ok(None));
}

pub async fn two_practices_have_lines_of_their_own_for_one_id(backend: impl Backend) {
    let ledger = backend.open().await;
    let own = line(1, 1, now());
    let mut other = line(1, 9, now());
    other.practice = "rata".parse().unwrap();
    other.sha256 = Sha256::of(b"another JPEG");
    ledger.write(&own).await.unwrap();
    ledger.write(&other).await.unwrap();
    let stranger: PracticeId = "nikau".parse().unwrap();
    for (practice, line) in [
        (&kowhai(), Some(&own)),
        (&other.practice, Some(&other)),
        (&stranger, None),
        (&PracticeId::of_environment(), None),
    ] {
        assert_eq!(ledger.read(practice, picture(1)).await, Ok(line.cloned()));
    }
}

pub async fn a_line_that_knows_more_replaces_one_that_knows_less_and_never_the_other_way(
    backend: impl Backend,
) {
    let ledger = backend.open().await;
    let known = line(1, 10, now());
    ledger.write(&line(1, 9, now())).await.unwrap();
    ledger.write(&known).await.unwrap();
    for late in [2, 9, 10] {
        let mut late = line(1, late, now().plus(DAY));
        late.outcome = LedgerOutcome::Failed;
        ledger.write(&late).await.unwrap();
        assert_eq!(
            ledger.read(&kowhai(), picture(1)).await,
            Ok(Some(known.clone()))
        );
    }
}

pub async fn of_sixteen_writers_at_once_the_one_that_knows_most_has_the_last_word(
    backend: impl Backend,
) {
    let ledger = backend.open().await;
    let mut writers = JoinSet::new();
    for outcomes in (1..=16).rev() {
        let ledger = ledger.clone();
        writers.spawn(async move { ledger.write(&line(1, outcomes, now())).await.unwrap() });
    }
    writers.join_all().await;
    let last = ledger.read(&kowhai(), picture(1)).await.unwrap().unwrap();
    assert_eq!(last.outcomes, 16);
}

pub async fn lines_go_after_ninety_days_and_not_before(backend: impl Backend) {
    let ledger = backend.open().await;
    let (old, young) = (
        line(1, 1, now().minus(91 * DAY)),
        line(2, 1, now().minus(89 * DAY)),
    );
    ledger.write(&old).await.unwrap();
    ledger.write(&young).await.unwrap();
    ledger.forget_old(now()).await.unwrap();
    assert_eq!(ledger.read(&kowhai(), old.picture).await, Ok(None));
    assert_eq!(ledger.read(&kowhai(), young.picture).await, Ok(Some(young)));
}

pub async fn a_line_that_was_replaced_counts_its_ninety_days_anew(backend: impl Backend) {
    let ledger = backend.open().await;
    let (old, anew) = (line(1, 1, now().minus(89 * DAY)), line(1, 2, now()));
    ledger.write(&old).await.unwrap();
    ledger.write(&anew).await.unwrap();
    // A shared ledger forgets by its own clock, for which this day is not there yet.
    ledger.forget_old(now().plus(2 * DAY)).await.unwrap();
    assert_eq!(ledger.read(&kowhai(), picture(1)).await, Ok(Some(anew)));
}

pub async fn lines_outlive_the_server_that_wrote_them(backend: impl Backend) {
    let line = line(1, 1, now());
    backend.open().await.write(&line).await.unwrap();
    assert_eq!(
        backend.open().await.read(&kowhai(), line.picture).await,
        Ok(Some(line))
    );
}

pub async fn two_servers_read_what_either_wrote(backend: impl Backend) {
    let (one, other) = (backend.open().await, backend.open().await);
    let (first, second) = (line(1, 1, now()), line(1, 2, now()));
    one.write(&first).await.unwrap();
    assert_eq!(
        other.read(&kowhai(), picture(1)).await,
        Ok(Some(first.clone()))
    );
    other.write(&second).await.unwrap();
    one.write(&first).await.unwrap();
    assert_eq!(one.read(&kowhai(), picture(1)).await, Ok(Some(second)));
}
