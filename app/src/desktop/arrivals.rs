//! Effects of changes in the session: arrivals are announced and the first is selected, photos that have arrived leave the
//! upload queue, phones that join or decline are announced.

use super::desk::{Desk, is_here};
use crate::browser;
use crate::state::Tone;
use crate::text::{self, desk as words};
use clinical_images::id::{LinkId, PictureId};
use clinical_images::picture::Source;
use clinical_images::session::{EndOfLink, LinkState, SessionView};
use clinical_images::upload::UploadState;
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
    complete_arrived(desk);
}

fn announce_arrivals(desk: Desk) {
    let arrived = StoredValue::new(Vec::<Source>::new());
    Effect::new(move |known: Option<HashSet<PictureId>>| {
        let here: Vec<(PictureId, Source)> = desk.feed.view.with(|view| {
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
            let first = arrived.with_value(Vec::is_empty);
            arrived.update_value(|arrived| arrived.extend(fresh));
            if first && arrived.with_value(|arrived| !arrived.is_empty()) {
                spawn_local(async move {
                    browser::sleep(TOGETHER).await;
                    let arrived = arrived.try_update_value(std::mem::take).unwrap_or_default();
                    announce_arrived(desk, &arrived);
                });
            }
        }
        here.into_iter().map(|(id, _)| id).collect()
    });
}

/// One line for all arrivals, by where they came from.
fn announce_arrived(desk: Desk, arrived: &[Source]) {
    let mut counts: Vec<(Option<&'static str>, usize)> = Vec::new();
    for source in arrived {
        let device = desk
            .feed
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
        .map(|(device, count)| words::arrived(*count, *device))
        .collect();
    if !lines.is_empty() {
        desk.notices.announce(Tone::Polite, lines.join(" "));
    }
}

/// The kind of phone that a picture came from; nothing for the desktop.
fn device_of(view: &SessionView, source: Source) -> Option<&'static str> {
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
        ) => Some(text::device(*device)),
        _ => Some(words::from_phone()),
    }
}

/// What happened to a link, as far as it is announced.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Joined,
    Declined,
}

fn announce_phones(desk: Desk) {
    Effect::new(move |known: Option<HashSet<(LinkId, Step)>>| {
        let mut said = HashSet::new();
        desk.feed.view.with(|view| {
            for link in &view.links {
                let (step, tone, text) = match &link.state {
                    LinkState::Claimed { device, .. } => {
                        let text = words::joined(text::device(*device), &link.number.to_string());
                        (Step::Joined, Tone::Polite, text)
                    }
                    LinkState::Ended {
                        why: EndOfLink::Declined,
                        ..
                    } => (
                        Step::Declined,
                        Tone::Assertive,
                        format!("{}. {}", words::declined(), words::declined_next()),
                    ),
                    _ => continue,
                };
                said.insert((link.id, step));
                if known
                    .as_ref()
                    .is_some_and(|known| !known.contains(&(link.id, step)))
                {
                    desk.notices.announce(tone, text);
                }
            }
        });
        said
    });
}

/// Something is selected whenever there is something to select; a picture that goes hands over to its neighbour.
fn keep_selection(desk: Desk) {
    Effect::new(move |before: Option<Vec<PictureId>>| {
        let order: Vec<PictureId> = desk.feed.view.with(|view| {
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

/// Completes the uploads whose pictures the session has.
fn complete_arrived(desk: Desk) {
    Effect::new(move |_| {
        let sent: Vec<PictureId> = desk.queue.photos.with(|photos| {
            let sent = |upload: &UploadState| *upload == UploadState::Sent;
            photos
                .iter()
                .filter(|photo| photo.upload.with(sent))
                .map(|photo| photo.id)
                .collect()
        });
        let here = |id: &PictureId| {
            desk.feed
                .view
                .with(|view| view.picture(*id).is_some_and(is_here))
        };
        let done: Vec<PictureId> = sent.into_iter().filter(here).collect();
        untrack(|| done.into_iter().for_each(|id| desk.queue.complete(id)));
        desk.feed.view.with(|view| {
            let there = |id| view.picture(id).is_some();
            desk.queue.keep_thumbnails(there);
        });
    });
}
