//! Every route beside pages and server functions, as the router lists them, and a request of each that makes sense. A new route is among
//! them by itself; one that takes a body has to say here what its page would send.

use super::browser::{Answer, Browser};
use super::functions::Scene;
use super::server::Server;
use clinical_images::access::{Operation, Role};
use clinical_images::id::PictureId;
use clinical_server::router;
use http::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// What its page would ask a route for.
pub struct RouteCall {
    pub address: String,
    pub operation: Operation,
    /// What a POST sends; `None` for a GET.
    pub body: Option<Value>,
}

/// A call of every route, about this scene and this picture.
pub fn of(server: &Server, scene: &Scene, picture: PictureId) -> Vec<RouteCall> {
    let routes = router::routes_and_operations(server.services.clone(), CancellationToken::new());
    let call = |(method, path, operation): (Method, &str, Operation)| RouteCall {
        address: filled(path, scene, picture),
        operation,
        body: (method == Method::POST).then(|| body_of(path)),
    };
    routes.into_iter().map(call).collect()
}

fn body_of(path: &str) -> Value {
    match path {
        "/analysis/desk/{session}/{picture}" => json!({ "prompt": "Describe the lesion." }),
        // Its form is tried in language.rs; it concerns no session.
        "/language" => json!({ "language": "mi-NZ", "back": "/" }),
        unknown => panic!("say here what a page would post to {unknown}"),
    }
}

/// The path of a route or of a page, with names in the place of its parameters.
pub fn filled(path: &str, scene: &Scene, picture: PictureId) -> String {
    let fill = |part: &str| match part.trim_matches([':', '{', '}', '?']) {
        "session" if part != "session" => scene.desk.session.to_string(),
        "picture" if part != "picture" => picture.to_string(),
        "practice" if part != "practice" => "kowhai".to_owned(),
        "why" if part != "why" => "launchUsed".to_owned(),
        "screen" if part != "screen" => String::new(),
        name if name == part => part.to_owned(),
        unknown => {
            panic!(
                "{path} names a {unknown}: say here what another practice would put in its place"
            )
        }
    };
    let address: Vec<String> = path.split('/').map(fill).collect();
    address.join("/")
}

impl RouteCall {
    /// Whether it asks for a token at all.
    pub fn is_closed(&self) -> bool {
        !self.operation.roles().contains(&Role::Unpaired)
    }

    /// Whether it is the desktop's; otherwise it is a phone's.
    pub fn is_desks(&self) -> bool {
        self.address.contains("/desk/")
    }

    /// The same at another address.
    pub fn about(&self, address: impl Fn(&str) -> String) -> Self {
        Self {
            address: address(&self.address),
            operation: self.operation,
            body: self.body.clone(),
        }
    }

    pub async fn by(&self, browser: &Browser) -> Answer {
        match &self.body {
            Some(body) => browser.send(browser.post(&self.address).json(body)).await,
            None => browser.get(&self.address).await,
        }
    }
}
