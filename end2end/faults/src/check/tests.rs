//! Histories that are wrong on purpose: each must be found, and for what it is. In the honest one nothing must be found.

mod story;

use self::story::{EPOCH, Story, cursor};
use super::{Kind, check};
use crate::final_state::FinalState;
use crate::following::Delivery;
use crate::history::{Asked, Told};
use clinical_images::digest::Sha256;
use clinical_images::service::Cursor;
use clinical_images::session::Event;

#[test]
fn nothing_is_found_in_an_honest_story() {
    assert_eq!(Story::honest().kinds(), []);
}

#[test]
fn a_picture_that_was_acknowledged_and_forgotten_is_lost() {
    let mut story = Story::honest();
    story.forget_everything_of(story.taken[1]);
    let kinds = story.kinds();
    assert!(!kinds.is_empty());
    assert!(kinds.iter().all(|kind| *kind == Kind::Lost), "{kinds:?}");
}

#[test]
fn a_session_that_is_not_known_any_more_is_lost() {
    let story = Story::honest();
    assert_eq!(
        story.kinds_with(|held| held.sessions[0].view = None),
        [Kind::Lost]
    );
    assert_eq!(story.kinds_with(|held| held.sessions.clear()), [Kind::Lost]);
}

#[test]
fn a_picture_without_its_bytes_is_lost() {
    let mut story = Story::honest();
    story.bytes.insert(story.taken[1], None);
    assert_eq!(story.kinds(), [Kind::Lost]);
}

#[test]
fn a_picture_that_waits_for_bytes_it_had_is_lost() {
    let mut story = Story::honest();
    let last = story.taken[1];
    story
        .events
        .retain(|sequenced| sequenced.event != Event::PictureArrived { picture: last });
    let kinds = story.kinds();
    assert!(
        kinds.contains(&Kind::Lost) && kinds.contains(&Kind::Gap),
        "{kinds:?}"
    );
}

#[test]
fn an_acknowledged_note_without_a_trace_is_lost() {
    let story = Story::honest();
    story.tell(Asked::Describe {
        picture: story.taken[1],
        note: "note 2".to_owned(),
    });
    assert_eq!(story.kinds(), [Kind::Lost]);
}

#[test]
fn a_picture_that_counts_as_filed_and_is_in_no_record_is_lost() {
    let story = Story::honest();
    assert_eq!(story.kinds_with(|held| held.filed.clear()), [Kind::Lost]);
}

#[test]
fn a_second_record_of_a_picture_is_doubled() {
    let mut story = Story::honest();
    story.filed.push(story.filed[0].clone());
    assert_eq!(story.kinds(), [Kind::Doubled]);
}

#[test]
fn an_event_that_happened_twice_is_doubled() {
    let mut story = Story::honest();
    // A note is written again under a number of its own, as a blind second try would.
    let again = story
        .events
        .iter()
        .find(|sequenced| matches!(sequenced.event, Event::PicturesDescribed { .. }))
        .unwrap()
        .event
        .clone();
    story.server_says(again);
    assert_eq!(story.kinds(), [Kind::Doubled]);
}

#[test]
fn an_event_that_a_follower_hears_again_is_doubled() {
    let mut story = Story::honest();
    story.heard.insert(4, story.heard[3]);
    assert_eq!(story.kinds(), [Kind::Doubled]);
}

#[test]
fn an_event_that_a_follower_missed_is_a_gap() {
    let mut story = Story::honest();
    story.heard.remove(4);
    assert_eq!(story.kinds(), [Kind::Gap]);
}

#[test]
fn a_follower_that_stays_behind_is_a_gap() {
    let story = Story::honest();
    let kinds = story.kinds_with(|held| held.sessions[0].followers[0].view.revision -= 1);
    assert_eq!(kinds, [Kind::Gap]);
}

#[test]
fn a_follower_that_starts_over_without_a_reason_is_a_gap() {
    let mut story = Story::honest();
    let last = cursor(story.session.view.revision);
    story.heard.push(Delivery::Snapshot(last));
    assert_eq!(story.kinds(), [Kind::Gap]);
}

#[test]
fn a_new_epoch_is_no_gap_and_is_counted() {
    let mut story = Story::honest();
    let epoch = EPOCH + 1;
    let revision = story.session.view.revision;
    story
        .heard
        .push(Delivery::Snapshot(Cursor { epoch, revision }));
    assert_eq!(story.kinds(), []);
    let final_state = FinalState {
        sessions: vec![story.held()],
        filed: Vec::new(),
    };
    assert_eq!(super::resets(&final_state), 1);
}

#[test]
fn a_hole_in_the_history_is_a_gap() {
    let mut story = Story::honest();
    story.events.remove(2);
    assert!(story.kinds().contains(&Kind::Gap));
}

#[test]
fn other_bytes_are_found_in_the_session_and_in_the_record() {
    let other = Sha256::of(b"other");
    let mut story = Story::honest();
    story.bytes.insert(story.taken[1], Some(other));
    assert_eq!(story.kinds(), [Kind::WrongBytes]);
    let mut story = Story::honest();
    story.filed[0].sha256 = other;
    assert_eq!(story.kinds(), [Kind::WrongBytes]);
}

#[test]
fn a_picture_in_another_patients_record_is_astray() {
    let mut story = Story::honest();
    story.filed[0].patient = "8".repeat(32);
    assert_eq!(story.kinds(), [Kind::Astray]);
}

#[test]
fn a_picture_of_one_session_in_another_is_astray() {
    let (one, mut other) = (Story::of_session(1), Story::of_session(2));
    let foreign = one
        .events
        .iter()
        .find_map(|sequenced| match &sequenced.event {
            Event::PictureReserved { picture } if picture.id == one.taken[1] => {
                Some(picture.clone())
            }
            _ => None,
        });
    let picture = foreign.unwrap();
    other.server_says(Event::PictureReserved { picture });
    let final_state = FinalState {
        sessions: vec![one.held(), other.held()],
        filed: [one.filed, other.filed].concat(),
    };
    let ops = [one.history.ops(), other.history.ops()].concat();
    let findings = check(&ops, &final_state);
    let astray = findings
        .iter()
        .filter(|finding| finding.kind == Kind::Astray);
    assert_eq!(astray.count(), 2, "{findings:?}");
}

#[test]
fn more_pictures_than_a_session_may_hold_are_over_the_cap() {
    let story = Story::honest();
    let kinds = story.kinds_with(|held| {
        let held = &mut held.sessions[0];
        held.view.as_mut().unwrap().most_pictures = 2;
        held.followers[0].view.most_pictures = 2;
    });
    assert_eq!(kinds, [Kind::OverCap]);
}

#[test]
fn a_removed_picture_that_comes_back_is_untrue() {
    let story = Story::honest();
    story.tell(Asked::Remove {
        picture: story.taken[1],
    });
    let kinds = story.kinds();
    assert!(kinds.contains(&Kind::Untrue), "{kinds:?}");
}

#[test]
fn what_was_refused_and_happened_is_untrue() {
    let story = Story::honest();
    let ops = story.history.ops();
    let note = ops
        .iter()
        .find(|op| matches!(op.asked, Asked::Describe { .. }));
    let refused = Told::Refused("picture is fixed by a commit".to_owned());
    story.history.tell(note.unwrap().number, refused);
    // Counted as not asked for at all as well.
    assert!(story.kinds().contains(&Kind::Untrue));
}

#[test]
fn what_nobody_knows_may_have_happened_or_not() {
    let story = Story::honest();
    for op in story.history.ops() {
        if op.asked == Asked::Offer || matches!(op.asked, Asked::Launch { .. }) {
            continue;
        }
        story
            .history
            .tell(op.number, Told::Unknown("no answer".to_owned()));
        assert_eq!(story.kinds(), [], "{:?}", op.asked);
    }
    let picture = story.taken[1];
    let number = story
        .history
        .ask(Some(story.session.view.id), Asked::Remove { picture });
    story
        .history
        .tell(number, Told::Unknown("no answer".to_owned()));
    assert_eq!(story.kinds(), []);
}
