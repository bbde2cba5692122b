//! What happens by itself when the session changes: arrivals are announced and the first is shown, photos that have
//! arrived leave the queue, phones that join or refuse are spoken of.

use super::desk::{Desk, is_here};
use crate::browser;
use crate::state::Tone;
use crate::text::desk as words;
use clinical_images::id::{LinkId, PictureId};
use clinical_images::picture::Source;
use clinical_images::session::{EndOfLink, LinkState, SessionView};
use clinical_images::upload::Upload;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;
use std::time::Duration;

/// Arrivals within this time are announced together.
const TOGETHER: Duration = Duration::from_millis(1500);

/// Begins to watch. Does nothing on the server.
pub(super) fn watch(desk: Desk) {
    announce_arrivals(desk);
    announce_phones(desk);
    keep_selection(desk);
    hand_over(desk);
}

fn announce_arrivals(desk: Desk) {
    let heard = StoredValue::new(Vec::<Source>::new());
    Effect::new(move |known: Option<HashSet<PictureId>>| {
        let here: Vec<(PictureId, Source)> = desk.live.view.with(|view| {
            view.pictures
                .iter()
                .filter(|picture| is_here(picture))
                .map(|it| (it.id, it.source))
                .collect()
        });
        if let Some(known) = known {
            let fresh = here
                .iter()
                .filter(|(id, _)| !known.contains(id))
                .map(|(_, source)| *source);
            let first = heard.with_value(Vec::is_empty);
            heard.update_value(|heard| heard.extend(fresh));
            if first && heard.with_value(|heard| !heard.is_empty()) {
                spawn_local(async move {
                    browser::sleep(TOGETHER).await;
                    let heard = heard.try_update_value(std::mem::take).unwrap_or_default();
                    say_arrived(desk, &heard);
                });
            }
        }
        here.into_iter().map(|(id, _)| id).collect()
    });
}

/// One line for all arrivals, by where they came from.
fn say_arrived(desk: Desk, heard: &[Source]) {
    let mut counts: Vec<(Option<String>, usize)> = Vec::new();
    for source in heard {
        let device = desk
            .live
            .view
            .try_with_untracked(|view| device_of(view, *source))
            .flatten();
        match counts.iter_mut().find(|(known, _)| *known == device) {
            Some((_, count)) => *count += 1,
            None => counts.push((device, 1)),
        }
    }
    let lines: Vec<String> = counts
        .iter()
        .map(|(device, count)| words::arrived(*count, device.as_deref()))
        .collect();
    if !lines.is_empty() {
        desk.notices.say(Tone::Polite, lines.join(" "));
    }
}

/// The kind of phone that a picture came from; nothing for the desktop.
fn device_of(view: &SessionView, source: Source) -> Option<String> {
    let Source::Phone(link) = source else {
        return None;
    };
    match view.link(link).map(|link| &link.state) {
        Some(
            LinkState::Claimed { device, .. }
            | LinkState::Ended {
                device: Some(device),
                ..
            },
        ) => Some(device.to_string()),
        _ => Some(words::FROM_PHONE.to_owned()),
    }
}

/// What a link has come to, as far as it is spoken of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Joined,
    Declined,
}

fn announce_phones(desk: Desk) {
    Effect::new(move |known: Option<HashSet<(LinkId, Step)>>| {
        let mut said = HashSet::new();
        desk.live.view.with(|view| {
            for link in &view.links {
                let (step, tone, text) = match &link.state {
                    LinkState::Claimed { device, .. } => {
                        let text = words::joined(&device.to_string(), &link.number.to_string());
                        (Step::Joined, Tone::Polite, text)
                    }
                    LinkState::Ended {
                        why: EndOfLink::Declined,
                        ..
                    } => (
                        Step::Declined,
                        Tone::Assertive,
                        format!("{}. {}", words::DECLINED, words::DECLINED_NEXT),
                    ),
                    _ => continue,
                };
                said.insert((link.id, step));
                if known
                    .as_ref()
                    .is_some_and(|known| !known.contains(&(link.id, step)))
                {
                    desk.notices.say(tone, text);
                }
            }
        });
        said
    });
}

/// Something is selected whenever there is something to select; a picture that goes hands over to its neighbour.
fn keep_selection(desk: Desk) {
    Effect::new(move |before: Option<Vec<PictureId>>| {
        let order: Vec<PictureId> = desk.live.view.with(|view| {
            view.pictures
                .iter()
                .filter(|picture| is_here(picture))
                .map(|picture| picture.id)
                .collect()
        });
        let now = desk.selected.get_untracked();
        if !now.is_some_and(|id| order.contains(&id)) {
            let at = before
                .as_ref()
                .and_then(|before| before.iter().position(|id| Some(*id) == now))
                .unwrap_or(0);
            let next = order.get(at).or(order.last()).copied();
            if next != now {
                desk.selected.set(next);
            }
        }
        order
    });
}

/// A photo that the session has is no longer this computer's to keep.
fn hand_over(desk: Desk) {
    Effect::new(move |_| {
        let sent: Vec<PictureId> = desk.queue.shots.with(|shots| {
            let sent = |upload: &Upload| *upload == Upload::Sent;
            shots
                .iter()
                .filter(|shot| shot.upload.with(sent))
                .map(|shot| shot.id)
                .collect()
        });
        let here = |id: &PictureId| {
            desk.live
                .view
                .with(|view| view.picture(*id).is_some_and(is_here))
        };
        let done: Vec<PictureId> = sent.into_iter().filter(here).collect();
        untrack(|| done.into_iter().for_each(|id| desk.queue.hand_over(id)));
        desk.live.view.with(|view| {
            let there = |id| view.picture(id).is_some();
            desk.queue.keep_thumbnails(there);
        });
    });
}
