//! Every server function there is, whose it is, and a call of it that makes sense. A new function has to be entered
//! here: the tests of scopes and roles walk this list and compare it with what the server has registered.

use super::client::{Client, Offer};
use super::practice::PATIENT;
use super::server::Server;
use super::test_photo::TestPhoto;
use clinical_images::digest::Sha256;
use clinical_images::picture::{Edit, Rendition};
use clinical_images::session::{RevisionClaim, SessionView};
use serde_json::{Value, json};

/// Who may call a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Desk,
    Phone,
    /// Desktop or phone; the call says which.
    Either,
    Anybody,
}

/// One server function.
pub struct Function {
    pub path: &'static str,
    pub whose: Whose,
    /// Arguments less `session` and `scope`.
    args: fn(&Scene) -> Value,
}

const fn function(path: &'static str, whose: Whose, args: fn(&Scene) -> Value) -> Function {
    Function { path, whose, args }
}

fn of_link(scene: &Scene) -> Value {
    json!({ "link": scene.offer.link })
}

/// All of them.
pub const ALL: [Function; 20] = [
    function("start", Whose::Anybody, |_| json!({})),
    function("desk/snapshot", Whose::Desk, |_| json!({})),
    function("desk/offer-link", Whose::Desk, |_| json!({})),
    function(
        "desk/revoke-link",
        Whose::Desk,
        |scene| json!({ "link": scene.offer.link }),
    ),
    function("desk/commit", Whose::Desk, |scene| {
        let patient = scene.view.launch.patient.fingerprint();
        json!({ "pictures": [scene.at_desk.id()], "patient": patient, "revision": scene.view.revision, "scans": "separate" })
    }),
    function(
        "desk/settle",
        Whose::Desk,
        |scene| json!({ "picture": scene.at_desk.id(), "target": "media", "present": true }),
    ),
    function("desk/end", Whose::Desk, |_| json!({ "why": "discarded" })),
    function(
        "phone/claim",
        Whose::Anybody,
        |scene| json!({ "code": scene.offer.code() }),
    ),
    function("phone/snapshot", Whose::Phone, |_| json!({})),
    function("phone/confirm-patient", Whose::Phone, of_link),
    function("phone/decline-patient", Whose::Phone, of_link),
    function("phone/leave", Whose::Phone, of_link),
    function(
        "pictures/reserve",
        Whose::Either,
        |_| json!({ "claim": TestPhoto::new().claim }),
    ),
    function(
        "pictures/arrived",
        Whose::Either,
        |scene| json!({ "picture": scene.on_phone.id() }),
    ),
    function("pictures/revise", Whose::Either, |scene| {
        let rendition = scene.on_phone.claim.rendition;
        let claim = RevisionClaim {
            picture: scene.on_phone.id(),
            edited_from: rendition.sha256,
            rendition: Rendition {
                sha256: Sha256::of(b"turned"),
                width: rendition.height,
                height: rendition.width,
                ..rendition
            },
            edit: Edit::of_turns(1),
        };
        json!({ "claim": claim })
    }),
    function("pictures/revision-arrived", Whose::Either, revision),
    function("pictures/cancel-revision", Whose::Either, revision),
    function(
        "pictures/revert",
        Whose::Either,
        |scene| json!({ "picture": scene.on_phone.id() }),
    ),
    function(
        "pictures/describe",
        Whose::Either,
        |scene| json!({ "pictures": [scene.on_phone.id()], "change": { "laterality": "right" } }),
    ),
    function(
        "pictures/remove",
        Whose::Either,
        |scene| json!({ "picture": scene.on_phone.id() }),
    ),
];

/// The bytes that are shown: as a revision they have arrived, and there is nothing to cancel.
fn revision(scene: &Scene) -> Value {
    let claim = &scene.on_phone.claim;
    json!({ "picture": claim.picture, "sha256": claim.rendition.sha256 })
}

impl Function {
    /// The body of a call from the desktop or from the phone.
    pub fn call(&self, scene: &Scene, scope: &Value) -> Value {
        let mut args = (self.args)(scene);
        match self.whose {
            Whose::Desk => args["session"] = json!(scene.desk.session),
            Whose::Either => args["scope"] = scope.clone(),
            Whose::Phone | Whose::Anybody => {}
        }
        args
    }

    /// The scopes in which it can be called.
    pub fn scopes<'a>(&self, scene: &'a Scene) -> Vec<(Whose, &'a Value)> {
        let (desk, phone) = (
            (Whose::Desk, &scene.desk.scope),
            (Whose::Phone, &scene.phone.scope),
        );
        match self.whose {
            Whose::Desk => vec![desk],
            Whose::Phone => vec![phone],
            Whose::Either => vec![desk, phone],
            Whose::Anybody => vec![],
        }
    }
}

/// A session in the middle of its life: a desktop, a phone that joined, and a picture from each.
pub struct Scene {
    pub desk: Client,
    pub phone: Client,
    /// What the phone came in with.
    pub offer: Offer,
    pub at_desk: TestPhoto,
    pub on_phone: TestPhoto,
    /// What the desktop shows.
    pub view: SessionView,
}

impl Scene {
    pub async fn on(server: &Server) -> Self {
        Self::for_patient(server, PATIENT).await
    }

    pub async fn for_patient(server: &Server, patient: &str) -> Self {
        Self::at(server, server.desktop_for(patient, server.browser()).await).await
    }

    /// The rest of it around this desktop.
    pub async fn at(server: &Server, desk: Client) -> Self {
        let offer = desk.offer().await;
        let phone = server.phone(&offer).await;
        let (at_desk, on_phone) = (TestPhoto::new(), TestPhoto::new());
        desk.send(&at_desk).await;
        phone.send(&on_phone).await;
        let view = desk.snapshot().await;
        Self {
            desk,
            phone,
            offer,
            at_desk,
            on_phone,
            view,
        }
    }
}
