//! One consultation from the click in Medtech on: a desktop, a phone or two, photos from both, second thoughts, a commit.

use crate::client::{Client, wait};
use crate::desk;
use crate::follower::Follower;
use crate::practice::Practice;
use crate::test_photo::TestPhoto;
use clinical_images::id::PictureId;
use fastrand::Rng;

/// More than a session takes.
const TOO_MANY: usize = 25;

/// A consultation with everybody who took part, and what their pages heard.
#[derive(Debug)]
pub(crate) struct Consultation {
    pub(crate) patient: String,
    pub(crate) desk: Client,
    pub(crate) followers: Vec<Follower>,
}

impl Consultation {
    /// Opens a session; nothing when no session would open.
    pub(crate) async fn begin(practice: &Practice, rng: &mut Rng) -> Option<Self> {
        let patient = rng.choice(&practice.patients)?.clone();
        let home = rng.u64(..2);
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
    pub(crate) async fn take_place(&mut self, practice: &Practice, mut rng: Rng) {
        let mut clients = Vec::new();
        for _ in 0..rng.u64(1..=2) {
            // A phone comes in by another server than the desktop as often as not.
            let home = rng.u64(..2);
            if let Some(phone) = self.desk.join(|| practice.browser(home)).await {
                self.follow(&phone).await;
                clients.push(phone);
            }
        }
        if rng.u64(..100) < 8 {
            return self.crowd(&clients, &mut rng).await;
        }
        clients.push(self.desk.clone());
        let mut taken = Vec::new();
        let mut runs = Vec::new();
        for client in &clients {
            let count = rng.u64(1..=4);
            let photos: Vec<TestPhoto> = (0..count).map(|_| TestPhoto::new(&mut rng)).collect();
            taken.extend(photos.iter().map(TestPhoto::id));
            runs.push(photograph(client, photos, rng.fork()));
        }
        futures::future::join_all(runs).await;
        self.decide(&taken, &mut rng).await;
    }

    /// What the GP does with what is there.
    async fn decide(&self, taken: &[PictureId], rng: &mut Rng) {
        for _ in 0..rng.u64(..3) {
            if let Some(picture) = rng.choice(taken) {
                self.desk.describe(*picture, rng).await;
            }
        }
        match rng.u64(..10) {
            0..6 => self.desk.commit_ready().await,
            6 => self.desk.discard().await,
            _ => {}
        }
    }

    /// More photos at once than a session takes.
    async fn crowd(&self, clients: &[Client], rng: &mut Rng) {
        let photos: Vec<TestPhoto> = (0..TOO_MANY).map(|_| TestPhoto::new(rng)).collect();
        let clients: Vec<&Client> = clients.iter().chain([&self.desk]).collect();
        let places = photos.iter().enumerate();
        let runs =
            places.map(|(number, photo)| clients[number % clients.len()].only_reserve(photo));
        futures::future::join_all(runs).await;
    }

    /// Opens a page that follows the session. A page that cannot be opened is opened again.
    async fn follow(&mut self, client: &Client) {
        for _ in 0..50 {
            if let Ok(view) = client.snapshot().await {
                self.followers.push(Follower::new(client, view));
                return;
            }
            wait(2).await;
        }
    }
}

/// Sends photos, says something about one, and takes one away now and then.
async fn photograph(client: &Client, photos: Vec<TestPhoto>, mut rng: Rng) {
    client.send_all(&photos, &mut rng).await;
    let ids: Vec<PictureId> = photos.iter().map(TestPhoto::id).collect();
    if let Some(picture) = rng.choice(&ids) {
        client.describe(*picture, &mut rng).await;
    }
    if rng.u64(..100) < 25
        && let Some(picture) = rng.choice(&ids)
    {
        client.remove(*picture).await;
    }
}
