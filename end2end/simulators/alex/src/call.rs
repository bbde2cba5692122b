//! A call to ALEX before it is worked off: what kind it is, and which identifiers it is about.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, Request};
use axum::http::Method;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};

/// The kinds of calls that a script tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// `POST /FHIR/Media`.
    Media,
    /// `POST /FHIR/DocumentReference`.
    DocumentReference,
    /// A search for either.
    Search,
    /// A read of either by its id.
    Read,
    /// A read of or a search for patients.
    Patient,
    /// Practitioners and the location.
    Practice,
    /// The token endpoint.
    Token,
    /// What a launch context stands for.
    Launch,
    /// Everything else.
    Other,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::Media,
        Self::DocumentReference,
        Self::Search,
        Self::Read,
        Self::Patient,
        Self::Practice,
        Self::Token,
        Self::Launch,
        Self::Other,
    ];

    /// The name a script uses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::DocumentReference => "documentreference",
            Self::Search => "search",
            Self::Read => "read",
            Self::Patient => "patient",
            Self::Practice => "practice",
            Self::Token => "token",
            Self::Launch => "launch",
            Self::Other => "other",
        }
    }

    fn of(method: &Method, path: &str) -> Self {
        let path = path.to_ascii_lowercase();
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("POST", ["fhir", "media"]) => Self::Media,
            ("POST", ["fhir", "documentreference"]) => Self::DocumentReference,
            ("GET", ["fhir", "media" | "documentreference"]) => Self::Search,
            ("GET", ["fhir", "media" | "documentreference", _]) => Self::Read,
            ("GET", ["fhir", "patient", ..]) => Self::Patient,
            ("GET", ["fhir", "practitioner" | "location", ..]) => Self::Practice,
            ("POST", [_, "oauth2", "v2.0", "token"]) => Self::Token,
            ("GET", ["vendorforms", ..]) => Self::Launch,
            _ => Self::Other,
        }
    }
}

/// A call with its body, which can be worked off more than once.
#[derive(Clone)]
pub(crate) struct Call {
    pub parts: Parts,
    pub body: Bytes,
    pub circumstances: Circumstances,
}

/// What is known of a call beside what its sender said; travels with the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// Its number in the ledger.
    pub seq: u64,
    /// Searches find what it creates only after that time.
    pub found_after: Option<Duration>,
    /// It had a good token when it came, though it is worked off later.
    pub admitted: bool,
}

impl Call {
    /// A call as it came, under its number in the ledger.
    pub(crate) fn new(parts: Parts, body: Bytes, seq: u64) -> Self {
        let circumstances = Circumstances {
            seq,
            found_after: None,
            admitted: false,
        };
        Self {
            parts,
            body,
            circumstances,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        Kind::of(&self.parts.method, self.parts.uri.path())
    }

    pub(crate) fn request(mut self) -> Request {
        self.parts.extensions.insert(self.circumstances);
        Request::from_parts(self.parts, self.body.into())
    }

    /// The identifiers in a body that creates, those that a search asks for, and the id at the end of
    /// the path.
    pub(crate) fn identifiers(&self) -> Vec<String> {
        let mut found: Vec<_> = self
            .parts
            .uri
            .path()
            .rsplit('/')
            .take(1)
            .map(str::to_owned)
            .collect();
        if let Ok(body) = serde_json::from_slice::<Named>(&self.body) {
            found.extend(body.identifier.into_iter().filter_map(|named| named.value));
        }
        let query = Query::<Vec<(String, String)>>::try_from_uri(&self.parts.uri);
        let pairs = query.map(|Query(pairs)| pairs).unwrap_or_default();
        let asked = pairs
            .into_iter()
            .filter(|(name, _)| name.ends_with("identifier"));
        found.extend(asked.map(|(_, token)| match token.rsplit_once('|') {
            Some((_, value)) => value.to_owned(),
            None => token,
        }));
        found
    }
}

/// The part of a resource that names it.
#[derive(Deserialize)]
struct Named {
    identifier: Vec<Identifier>,
}

#[derive(Deserialize)]
struct Identifier {
    value: Option<String>,
}
