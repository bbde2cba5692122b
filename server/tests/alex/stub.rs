//! Servers that answer in ways no simulator of ALEX should.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use clinical_images::launch::FacilityCode;
use clinical_server::adapter::ehr::AlexSettings;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

pub const SECRET: &str = "hush-hush-hush";
const TOKEN_PATH: &str = "/tenant/oauth2/v2.0/token";

/// Serves on a port of its own; its origin.
pub async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A gateway that gives a token to everybody, and one answer to everything else.
pub struct Stub {
    pub origin: String,
    calls: Arc<AtomicUsize>,
}

impl Stub {
    pub async fn answering(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::with(move || (StatusCode::from_u16(status).unwrap(), body.clone()).into_response())
            .await
    }

    pub async fn with(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Self {
        Self::after(Duration::ZERO, answer).await
    }

    pub async fn after(
        delay: Duration,
        answer: impl Fn() -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let called = calls.clone();
        let router = Router::new().fallback(move |request: Request| async move {
            // The whole body is read, so that no answer meets a caller who is still sending.
            let (parts, body) = request.into_parts();
            axum::body::to_bytes(body, 20_000_000).await.unwrap();
            if parts.uri.path() == TOKEN_PATH {
                return r#"{"access_token":"t","expires_in":3599}"#.into_response();
            }
            called.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(delay).await;
            answer()
        });
        Self {
            origin: serve(router).await,
            calls,
        }
    }

    pub fn settings(&self) -> AlexSettings {
        settings(&self.origin, &self.origin)
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// ALEX at one origin, its token endpoint at another; little patience.
pub fn settings(alex: &str, token: &str) -> AlexSettings {
    let mut settings = AlexSettings::new(
        format!("{alex}/FHIR").parse().unwrap(),
        format!("{token}{TOKEN_PATH}").parse().unwrap(),
        ("client".to_owned(), SECRET.into()),
        "api://alex/.default".to_owned(),
        FacilityCode::parse("F2N060-E").unwrap(),
    );
    settings.connect_time_out = Duration::from_secs(2);
    settings.read_time_out = Duration::from_millis(800);
    settings.submit_time_out = Duration::from_millis(800);
    settings.token_time_out = Duration::from_millis(800);
    settings
}

/// A token endpoint that answers like this.
pub async fn token_endpoint(status: u16, body: &'static str) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let router = Router::new().fallback(move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        (StatusCode::from_u16(status).unwrap(), Body::from(body))
    });
    (serve(router).await, asked)
}

/// A gateway whose first token is no good for anything but being refused; and how many it gave out.
pub async fn refusing_the_first_token(answer: &'static str) -> (String, Arc<AtomicUsize>) {
    let given = Arc::new(AtomicUsize::new(0));
    let count = given.clone();
    let router = Router::new().fallback(move |request: Request| async move {
        if request.uri().path() == TOKEN_PATH {
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            return format!(r#"{{"access_token":"t{number}","expires_in":"3599"}}"#)
                .into_response();
        }
        // Long enough for all callers to be refused before the first of them has a new token.
        tokio::time::sleep(Duration::from_millis(50)).await;
        match request.headers()["authorization"].to_str() {
            Ok("Bearer t1") => StatusCode::UNAUTHORIZED.into_response(),
            _ => answer.into_response(),
        }
    });
    (serve(router).await, given)
}

/// Takes connections, reads a little, says these bytes and cuts the connection.
pub async fn cutting(says: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut some = [0; 64];
                let _ = stream.read(&mut some).await;
                let _ = stream.write_all(says).await;
            });
        }
    });
    format!("http://{address}")
}

/// An origin at which nobody listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
