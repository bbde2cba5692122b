//! A browser as far as the servers can tell: it keeps cookies, says which page a request comes from, and when a server
//! does not answer, its next request lands on another one, as behind a load balancer.

use crate::cluster::PUBLIC_URL;
use crate::history::Told;
use clinical_images::digest::Sha256;
use clinical_images::refusal::Refusal;
use http::{Method, StatusCode};
use reqwest::{RequestBuilder, Response, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A server says something at least every 15 s, if only that it lives.
const SILENCE: Duration = Duration::from_secs(20);

/// Why a question has no good answer.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The server understood and said no, or that something behind it is away.
    Refused(Refusal),
    /// No answer, or none that can be read.
    Lost(String),
}

pub(crate) type Answer<T> = Result<T, Failure>;

/// As refusals travel.
#[derive(Deserialize)]
enum ErrorBody {
    Refused(Refusal),
}

/// One browser profile. Copies share it.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    client: reqwest::Client,
    servers: Arc<[String]>,
    at: Arc<AtomicUsize>,
    jar: Arc<Mutex<BTreeMap<String, String>>>,
}

/// What all browsers of a run share: connections.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(SILENCE)
        .user_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148")
        .build()
}

impl Browser {
    /// A fresh profile whose requests go to the server of this number, as long as that answers.
    pub(crate) fn new(client: reqwest::Client, servers: Arc<[String]>, home: usize) -> Self {
        Self {
            client,
            servers,
            at: Arc::new(AtomicUsize::new(home)),
            jar: Arc::default(),
        }
    }

    /// The same profile with another home: a tab whose connection the load balancer sent elsewhere.
    pub(crate) fn elsewhere(&self) -> Self {
        let at = self.at.load(Ordering::Relaxed) + 1;
        Self {
            at: Arc::new(AtomicUsize::new(at)),
            ..self.clone()
        }
    }

    /// From now on requests go to the next server.
    pub(crate) fn move_on(&self) {
        self.at.fetch_add(1, Ordering::Relaxed);
    }

    fn server(&self) -> &str {
        &self.servers[self.at.load(Ordering::Relaxed) % self.servers.len()]
    }

    /// A request with nothing but the cookies.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.server()));
        let jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        if jar.is_empty() {
            return request;
        }
        let pairs: Vec<_> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header("cookie", pairs.join("; "))
    }

    /// Sends a request and keeps the cookies that come back.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer<Response> {
        match request.send().await {
            Ok(response) => {
                self.keep_cookies(&response);
                Ok(response)
            }
            Err(fault) => {
                self.move_on();
                Err(lost(fault))
            }
        }
    }

    /// Calls a server function.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        function: &str,
        arguments: Value,
    ) -> Answer<T> {
        let request = self
            .bare(Method::POST, &format!("/api/{function}"))
            .header("origin", PUBLIC_URL)
            .header("sec-fetch-site", "same-origin")
            .json(&arguments);
        let response = self.send(request).await?;
        let status = response.status();
        let text = match response.text().await {
            Ok(text) => text,
            Err(fault) => {
                self.move_on();
                return Err(lost(fault));
            }
        };
        if status == StatusCode::OK {
            return serde_json::from_str(&text)
                .map_err(|fault| Failure::Lost(format!("unreadable answer: {fault}")));
        }
        Err(match serde_json::from_str(&text) {
            Ok(ErrorBody::Refused(refusal)) => Failure::Refused(refusal),
            Err(_) => Failure::Lost(format!("status {status}")),
        })
    }

    /// Posts to somebody who is none of the servers and knows no cookies.
    pub(crate) async fn post<T: DeserializeOwned>(&self, url: &str, body: &Value) -> Answer<T> {
        let posted = self.client.post(url).json(body).send().await;
        let answer = posted.map_err(lost)?;
        answer.json().await.map_err(lost)
    }

    /// Puts bytes into the picture store with a permission.
    pub(crate) async fn put(
        &self,
        url: String,
        headers: Vec<(String, String)>,
        bytes: &[u8],
    ) -> Answer<()> {
        let mut request = self.client.put(url).body(bytes.to_vec());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let status = request.send().await.map_err(lost)?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(Failure::Lost(format!(
                "status {status} of the picture store"
            )))
        }
    }

    /// The digest of what lies at an address of the picture store; nothing when nothing does.
    pub(crate) async fn fetch(&self, url: &str) -> Answer<Option<Sha256>> {
        let answer = self.client.get(url).send().await.map_err(lost)?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer = answer.error_for_status().map_err(lost)?;
        let bytes = answer.bytes().await.map_err(lost)?;
        Ok(Some(Sha256::of(&bytes)))
    }

    fn keep_cookies(&self, response: &Response) {
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

pub(crate) fn lost(fault: reqwest::Error) -> Failure {
    Failure::Lost(fault.without_url().to_string())
}

impl Failure {
    /// What a client knows after it. When something behind the server was away, nobody has said whether the change was
    /// made before or not at all.
    pub(crate) fn told(&self) -> Told {
        match self {
            Self::Refused(
                Refusal::StoreUnavailable
                | Refusal::ObjectStoreUnavailable
                | Refusal::EhrUnavailable,
            ) => Told::Unknown(self.words()),
            Self::Refused(_) => Told::Refused(self.words()),
            Self::Lost(_) => Told::Unknown(self.words()),
        }
    }

    /// Whether asking again may help.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_transient(),
            Self::Lost(_) => true,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.to_string(),
            Self::Lost(why) => why.clone(),
        }
    }
}

/// What is written down for an answer.
pub(crate) fn told<T>(answer: &Answer<T>) -> Told {
    match answer {
        Ok(_) => Told::Acknowledged,
        Err(failure) => failure.told(),
    }
}
