//! Pictures: each that arrived is there with its own bytes, in its own session and at most once in its own patient's
//! record.

use super::{Case, Finding, Kind};
use crate::final_state::{Filed, FinalState};
use crate::history::{Asked, Told};
use clinical_images::digest::Sha256;
use clinical_images::id::{PictureId, SessionId};
use clinical_images::picture::PictureState;
use clinical_images::refusal::Refusal;
use clinical_images::session::SessionView;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(case: &mut Case<'_>, view: &SessionView, filed: &[Filed]) {
    let announced = announced(case);
    for picture in told_arrived(case) {
        arrived(case, view, picture, announced.get(&picture));
    }
    let mut seen = BTreeSet::new();
    for picture in &view.pictures {
        let id = picture.id;
        if !seen.insert(id) {
            case.find(
                Kind::Doubled,
                format!("picture {id} is in the session twice"),
            );
        }
        if !announced.contains_key(&id) {
            case.find(Kind::Astray, format!("nobody announced picture {id} here"));
        }
        if case.has(|asked| *asked == Asked::Remove { picture: id }) {
            case.find(
                Kind::Untrue,
                format!("picture {id} was removed and is back"),
            );
        }
    }
    for (picture, sha256) in &announced {
        recorded(case, view, *picture, *sha256, filed);
    }
}

/// What was announced here, and of what bytes.
fn announced(case: &Case<'_>) -> BTreeMap<PictureId, Sha256> {
    let asked = case.ops.iter().map(|op| &op.asked);
    asked
        .filter_map(|asked| match asked {
            Asked::Reserve { picture, sha256 } => Some((*picture, *sha256)),
            _ => None,
        })
        .collect()
}

/// Pictures that somebody's screen shows as sent: the server said so, or that a new announcement comes too late.
fn told_arrived(case: &Case<'_>) -> BTreeSet<PictureId> {
    let fixed = Told::Refused(Refusal::PictureFixed.to_string());
    let ops = case.ops.iter();
    ops.filter_map(|op| match &op.asked {
        Asked::Arrive { picture } if op.is_acknowledged() => Some(*picture),
        Asked::Reserve { picture, .. } if op.told == fixed => Some(*picture),
        _ => None,
    })
    .collect()
}

fn arrived(case: &mut Case<'_>, view: &SessionView, id: PictureId, announced: Option<&Sha256>) {
    let Some(picture) = view.picture(id) else {
        let removed = case.may_have(|asked| *asked == Asked::Remove { picture: id });
        if !removed {
            case.find(Kind::Lost, format!("picture {id} arrived and is gone"));
        }
        return;
    };
    if picture.state == PictureState::Reserved {
        case.find(
            Kind::Lost,
            format!("picture {id} arrived and is waited for"),
        );
        return;
    }
    // An ended session gives its copies up; a filed picture's copy is no longer needed.
    let over = view.ended.is_some() || matches!(picture.state, PictureState::Filed { .. });
    match case.held.bytes.get(&id).copied().flatten() {
        None if over => {}
        None => case.find(
            Kind::Lost,
            format!("picture {id} is there without its bytes"),
        ),
        held if held.as_ref() == announced => {}
        Some(_) => case.find(
            Kind::WrongBytes,
            format!("picture {id} is shown with other bytes"),
        ),
    }
}

/// What the record holds of a picture, against what the session says of it.
fn recorded(
    case: &mut Case<'_>,
    view: &SessionView,
    id: PictureId,
    sha256: Sha256,
    filed: &[Filed],
) {
    let name = id.to_string();
    let records: Vec<&Filed> = filed
        .iter()
        .filter(|filed| filed.identifier == name)
        .collect();
    case.at_most(1, records.len(), || {
        format!("picture {id} is in the record")
    });
    for record in &records {
        if record.sha256 != sha256 {
            case.find(
                Kind::WrongBytes,
                format!("picture {id} is in the record with other bytes"),
            );
        }
        if record.patient != case.held.patient {
            case.find(
                Kind::Astray,
                format!("picture {id} is in another patient's record"),
            );
        }
    }
    let state = view.picture(id).map(|picture| &picture.state);
    match (state, records.is_empty()) {
        (Some(PictureState::Filed { .. }), true) => {
            case.find(
                Kind::Lost,
                format!("picture {id} counts as filed and is in no record"),
            );
        }
        (
            None | Some(PictureState::Reserved | PictureState::Ready | PictureState::Failed { .. }),
            false,
        ) => {
            case.find(
                Kind::Untrue,
                format!("picture {id} is in the record and does not count as filed"),
            );
        }
        _ => {}
    }
}

/// No picture is in two sessions.
pub(super) fn each_in_one_session(final_state: &FinalState, findings: &mut Vec<Finding>) {
    let mut homes: BTreeMap<PictureId, SessionId> = BTreeMap::new();
    for held in &final_state.sessions {
        for picture in held.view.iter().flat_map(|view| &view.pictures) {
            let home = *homes.entry(picture.id).or_insert(held.id);
            if home != held.id {
                findings.push(Finding {
                    kind: Kind::Astray,
                    session: held.id,
                    what: format!("picture {} is in session {home}, too", picture.id),
                });
            }
        }
    }
}
