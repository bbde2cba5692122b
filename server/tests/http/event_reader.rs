//! A reader of server-sent events, as a browser's `EventSource` reads it.

use super::server::PATIENCE;
use clinical_images::session::{Event, SequencedEvent, SessionView};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http::HeaderMap;
use reqwest::Response;

/// One event as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub kind: String,
    pub id: String,
    pub data: String,
}

/// An open stream.
pub struct Stream {
    pub headers: HeaderMap,
    chunks: BoxStream<'static, Vec<u8>>,
    rest: Vec<u8>,
}

impl Stream {
    /// Reads from a response that is the stream of a session's events; its first bytes have come when this returns.
    pub async fn of(response: Response) -> Self {
        let mut stream = Self::open(response);
        let hello = stream.block().await.unwrap();
        assert!(hello.contains("retry: 1000"), "{hello}");
        stream
    }

    /// Reads from a response that is any stream.
    pub fn open(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        // A connection that breaks ends the stream, as it does for a browser.
        let chunks = response.bytes_stream().scan((), |(), chunk| {
            std::future::ready(chunk.ok().map(|chunk| chunk.to_vec()))
        });
        Self {
            headers,
            chunks: chunks.boxed(),
            rest: Vec::new(),
        }
    }

    /// The next event; nothing when the server ended the stream.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| {
                let lines = block.lines().filter_map(|line| line.strip_prefix(name));
                lines.collect::<Vec<_>>().join("\n")
            };
            let (kind, id, data) = (field("event: "), field("id: "), field("data: "));
            if !data.is_empty() {
                return Some(Heard { kind, id, data });
            }
        }
    }

    /// Events until one of them is the wanted one, that one included.
    pub async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Vec<Heard> {
        let mut heard = Vec::new();
        loop {
            let next = self
                .next()
                .await
                .expect("the wanted event comes before the end");
            let found = next.kind == "change" && wanted(&next.change().event);
            heard.push(next);
            if found {
                return heard;
            }
        }
    }

    /// Everything until the server ends the stream.
    pub async fn until_the_end(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(next) = self.next().await {
            heard.push(next);
        }
        heard
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            let end = self.rest.windows(2).position(|pair| pair == b"\n\n");
            if let Some(end) = end {
                let block: Vec<u8> = self.rest.drain(..end + 2).collect();
                return Some(String::from_utf8(block).unwrap());
            }
            let chunk = tokio::time::timeout(PATIENCE, self.chunks.next()).await;
            let chunk = chunk.expect("something comes, or the stream ends");
            self.rest.extend(chunk?);
        }
    }
}

impl Heard {
    pub fn change(&self) -> SequencedEvent {
        assert_eq!(self.kind, "change");
        serde_json::from_str(&self.data).unwrap()
    }

    pub fn snapshot(&self) -> SessionView {
        assert_eq!(self.kind, "snapshot");
        serde_json::from_str(&self.data).unwrap()
    }

    /// Epoch and revision of its id.
    pub fn cursor(&self) -> (u32, u64) {
        let (epoch, revision) = self.id.split_once('.').unwrap();
        (epoch.parse().unwrap(), revision.parse().unwrap())
    }
}

/// A browser's view: the first snapshot and everything folded into it.
pub fn folded(heard: &[Heard]) -> SessionView {
    let mut heard = heard.iter();
    let mut view = heard.next().expect("a snapshot comes first").snapshot();
    for change in heard {
        view.apply(&change.change()).expect("no gap");
    }
    view
}
