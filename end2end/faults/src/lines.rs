//! An answer that is read line by line while it comes.

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use reqwest::Response;

/// Lines of an open stream.
pub(crate) struct Lines {
    chunks: BoxStream<'static, reqwest::Result<Bytes>>,
    rest: Vec<u8>,
}

impl Lines {
    pub(crate) fn of(answer: Response) -> Self {
        Self {
            chunks: answer.bytes_stream().boxed(),
            rest: Vec::new(),
        }
    }

    /// The next line without its end; nothing when the stream ended or broke.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return Some(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            let chunk = self.chunks.next().await?;
            self.rest.extend(chunk.ok()?);
        }
    }
}
