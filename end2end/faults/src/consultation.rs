//! One consultation from the click in Medtech on: a desktop, a phone or two, photos from both, second thoughts, a commit.

use crate::desk;
use crate::dice::Dice;
use crate::follower::Follower;
use crate::practice::Practice;
use crate::seat::{Seat, wait};
use crate::shot::Shot;
use clinical_images::id::PictureId;

/// More than a session takes.
const TOO_MANY: usize = 25;

/// A consultation with everybody who took part, and what their pages heard.
#[derive(Debug)]
pub(crate) struct Consultation {
    pub(crate) patient: String,
    pub(crate) desk: Seat,
    pub(crate) followers: Vec<Follower>,
}

impl Consultation {
    /// Opens a session; nothing when no session would open.
    pub(crate) async fn begin(practice: &Practice, dice: &mut Dice) -> Option<Self> {
        let patient = dice.pick(&practice.patients)?.clone();
        let home = dice.below(2);
        let browser = practice.browser(home);
        let desk = desk::open(&practice.medtech, &patient, browser, &practice.history).await?;
        practice.note_opened(&patient, &desk);
        let mut consultation = Self {
            patient,
            desk,
            followers: Vec::new(),
        };
        consultation.follow(&consultation.desk.clone()).await;
        Some(consultation)
    }

    /// Everything that happens in it.
    pub(crate) async fn take_place(&mut self, practice: &Practice, mut dice: Dice) {
        let mut seats = Vec::new();
        for _ in 0..dice.between(1, 2) {
            // A phone comes in by another server than the desktop as often as not.
            let home = dice.below(2);
            if let Some(phone) = self.desk.join(|| practice.browser(home)).await {
                self.follow(&phone).await;
                seats.push(phone);
            }
        }
        if dice.percent(8) {
            return self.crowd(&seats, &mut dice).await;
        }
        seats.push(self.desk.clone());
        let mut taken = Vec::new();
        let mut runs = Vec::new();
        for seat in &seats {
            let count = dice.between(1, 4);
            let shots: Vec<Shot> = (0..count).map(|_| Shot::new(&mut dice)).collect();
            taken.extend(shots.iter().map(Shot::id));
            runs.push(photograph(seat, shots, dice.split()));
        }
        futures::future::join_all(runs).await;
        self.decide(&taken, &mut dice).await;
    }

    /// What the GP does with what is there.
    async fn decide(&self, taken: &[PictureId], dice: &mut Dice) {
        for _ in 0..dice.below(3) {
            if let Some(picture) = dice.pick(taken) {
                self.desk.describe(*picture, dice).await;
            }
        }
        match dice.below(10) {
            0..6 => self.desk.commit_ready().await,
            6 => self.desk.discard().await,
            _ => {}
        }
    }

    /// More photos at once than a session takes.
    async fn crowd(&self, seats: &[Seat], dice: &mut Dice) {
        let shots: Vec<Shot> = (0..TOO_MANY).map(|_| Shot::new(dice)).collect();
        let seats: Vec<&Seat> = seats.iter().chain([&self.desk]).collect();
        let places = shots.iter().enumerate();
        let runs = places.map(|(number, shot)| seats[number % seats.len()].only_reserve(shot));
        futures::future::join_all(runs).await;
    }

    /// Opens a page that follows the session. A page that cannot be opened is opened again.
    async fn follow(&mut self, seat: &Seat) {
        for _ in 0..50 {
            if let Ok(view) = seat.snapshot().await {
                self.followers.push(Follower::new(seat, view));
                return;
            }
            wait(2).await;
        }
    }
}

/// Sends photos, says something about one, and takes one away now and then.
async fn photograph(seat: &Seat, shots: Vec<Shot>, mut dice: Dice) {
    seat.send_all(&shots, &mut dice).await;
    let ids: Vec<PictureId> = shots.iter().map(Shot::id).collect();
    if let Some(picture) = dice.pick(&ids) {
        seat.describe(*picture, &mut dice).await;
    }
    if dice.percent(25)
        && let Some(picture) = dice.pick(&ids)
    {
        seat.remove(*picture).await;
    }
}
