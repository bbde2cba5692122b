//! An analyst that says what a test has it say, when the test has it say it.

use super::server::{PATIENCE, eventually};
use clinical_images::analysis::{AnalysisPart, AnalysisUsage};
use clinical_images::ports::{AnalysisParts, AnalysisRequest, Analyst, AnalystFault};
use clinical_images::service::LimitedAnalyst;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, UnboundedReceiver};

/// The analyst.
pub struct ScriptedAnalyst {
    asked: AtomicUsize,
    asks: mpsc::UnboundedSender<Call>,
    calls: Mutex<UnboundedReceiver<Call>>,
}

/// A call that it is answering.
pub struct Call {
    pub request: AnalysisRequest,
    answer: UnboundedSender<Result<AnalysisPart, AnalystFault>>,
}

impl ScriptedAnalyst {
    pub fn new() -> Arc<Self> {
        let (asks, calls) = mpsc::unbounded_channel();
        Arc::new(Self {
            asked: AtomicUsize::new(0),
            asks,
            calls: Mutex::new(calls),
        })
    }

    /// The same under the product's limits.
    pub fn limited(self: &Arc<Self>) -> Arc<LimitedAnalyst> {
        Arc::new(LimitedAnalyst::new(Arc::clone(self) as _))
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The next call that comes.
    pub async fn call(&self) -> Call {
        let mut calls = self.calls.lock().await;
        let call = tokio::time::timeout(PATIENCE, calls.recv()).await;
        call.expect("it is asked soon").unwrap()
    }
}

impl Analyst for ScriptedAnalyst {
    fn analyse(&self, request: AnalysisRequest) -> AnalysisParts {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let (answer, parts) = unbounded();
        self.asks.send(Call { request, answer }).unwrap();
        Box::pin(parts)
    }
}

impl Call {
    /// Says a piece of the answer.
    pub fn say(&self, text: &str) {
        let part = AnalysisPart::Text(text.to_owned());
        self.answer.unbounded_send(Ok(part)).unwrap();
    }

    /// Says that this was all.
    pub fn finish(self) {
        let usage = AnalysisUsage {
            model: "scripted-1".to_owned(),
            input_tokens: 1600,
            output_tokens: 40,
        };
        let part = AnalysisPart::Done(usage);
        self.answer.unbounded_send(Ok(part)).unwrap();
    }

    /// Says that it cannot go on.
    pub fn fail(self, fault: AnalystFault) {
        self.answer.unbounded_send(Err(fault)).unwrap();
    }

    /// Breaks off in the middle of it.
    pub fn break_off(self) {
        drop(self);
    }

    /// Waits until nobody listens to the answer any more: whoever answers over a network has its connection closed by this.
    pub async fn is_cancelled(&self) {
        eventually(async || self.answer.is_closed()).await;
    }
}
