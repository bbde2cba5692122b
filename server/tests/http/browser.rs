//! A browser as far as the server can tell: it keeps cookies and says which page a request comes from.

use super::server::PATIENCE;
use http::{HeaderMap, Method, StatusCode};
use reqwest::{RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// One browser profile.
pub struct Browser {
    pub url: String,
    pub origin: String,
    client: reqwest::Client,
    jar: Mutex<BTreeMap<String, String>>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Browser {
    pub fn new(url: &str, origin: &str) -> Self {
        let client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .read_timeout(PATIENCE)
            .user_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148")
            .build()
            .unwrap();
        Self {
            url: url.to_owned(),
            origin: origin.to_owned(),
            client,
            jar: Mutex::default(),
        }
    }

    /// The same profile, but looking at a server that moved to another address.
    pub fn moved_to(&self, url: &str) -> Self {
        let moved = Self::new(url, url);
        *moved.jar.lock().unwrap() = self.jar.lock().unwrap().clone();
        moved
    }

    /// A request with nothing but the cookies.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let cookies: Vec<_> = self.cookies().into_iter().collect();
        if cookies.is_empty() {
            return request;
        }
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header("cookie", pairs.join("; "))
    }

    /// What a page of this origin sends when it posts to an address.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.bare(Method::POST, path)
            .header("origin", &self.origin)
            .header("sec-fetch-site", "same-origin")
    }

    /// What a page of this origin sends when it calls a server function.
    pub fn call(&self, function: &str) -> RequestBuilder {
        self.post(&format!("/api/{function}"))
    }

    /// Calls a server function.
    pub async fn ask(&self, function: &str, args: Value) -> Answer {
        self.send(self.call(function).json(&args)).await
    }

    /// Goes to an address, without following where it leads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.bare(Method::GET, path)).await
    }

    /// Sends a request whose body the server will not read to its end. It may hang up before the answer has come
    /// through; then it is asked again.
    pub async fn insist(&self, request: impl Fn() -> RequestBuilder) -> Answer {
        for _ in 0..20 {
            if let Ok(response) = request().send().await {
                return Answer {
                    status: response.status(),
                    headers: response.headers().clone(),
                    text: response.text().await.unwrap_or_default(),
                };
            }
        }
        panic!("never an answer");
    }

    /// Sends a request, and keeps the cookies that come back.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        self.keep_cookies(&response);
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.jar.lock().unwrap().clone()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
    }

    fn keep_cookies(&self, response: &Response) {
        let mut jar = self.jar.lock().unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            match rest.split(';').next() {
                _ if cookie.contains("Max-Age=0") => jar.remove(name),
                value => jar.insert(name.to_owned(), value.unwrap_or_default().to_owned()),
            };
        }
    }
}

impl Answer {
    /// What a server function returned.
    pub fn value<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|fault| panic!("{fault}: {}", self.text))
    }

    /// Status and name of a refusal, and how a session or link ended, if that is why: `(410, "linkEnded expired")`.
    pub fn refusal(&self) -> (u16, String) {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let told = match &body["Refused"] {
            Value::String(name) => name.clone(),
            Value::Object(refused) => {
                let (name, more) = refused.iter().next().unwrap();
                let why = more["why"].as_str().unwrap_or_default();
                format!("{name} {why}").trim_end().to_owned()
            }
            _ => self.text.clone(),
        };
        (self.status.as_u16(), told)
    }

    /// Fails unless it was refused in this way.
    #[track_caller]
    pub fn is_refused(&self, status: u16, refusal: &str) {
        assert_eq!(self.refusal(), (status, refusal.to_owned()));
    }

    /// Fails unless it went well.
    #[track_caller]
    pub fn is_fine(&self) {
        assert_eq!(self.status, 200, "{}", self.text);
    }

    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}
