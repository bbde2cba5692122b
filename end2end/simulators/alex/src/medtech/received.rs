//! The ledger as a page: what was created, duplicates marked, and every request that came.

use std::collections::HashSet;

use axum::extract::{Query, State};
use axum::response::Response;

use super::api::duplicates;
use super::html::{Element, Html, el};
use super::page::{Page, View, size, when};
use crate::Simulator;
use crate::outcome::Refusal;
use crate::record::{Ending, Filed, Received};

/// The most requests shown; the JSON interface tells all.
const MOST_REQUESTS: usize = 200;

pub(super) async fn show(
    State(sim): State<Simulator>,
    Query(view): Query<View>,
) -> Result<Response, Refusal> {
    let (records, requests) = sim
        .ledger(|ledger| {
            let latest = ledger.requests().iter().rev().take(MOST_REQUESTS);
            Ok((
                ledger.records().to_vec(),
                latest.cloned().collect::<Vec<_>>(),
            ))
        })
        .await?;
    let main = [
        el("h1").with("Ledger"),
        created(&records),
        received(&requests),
    ];
    let refresh = view.refreshes();
    let other = if refresh {
        "/medtech/ledger?refresh=off"
    } else {
        "/medtech/ledger"
    };
    let page = Page {
        title: "Ledger".into(),
        refresh,
        switch: Some(other.into()),
        practice: None,
        facilities: sim
            .settings()
            .facilities()
            .into_iter()
            .map(str::to_owned)
            .collect(),
    };
    Ok(page.show(main.into_iter().collect()))
}

fn created(records: &[Filed]) -> Element {
    let groups = duplicates(records);
    let twins: HashSet<_> = groups
        .iter()
        .flatten()
        .map(|filed| filed.id.as_str())
        .collect();
    let count = format!(
        "Identifiers that were created more than once: {}.",
        groups.len()
    );
    let row = |filed: &Filed| {
        let identifier = el("td").class("code").with(filed.identifier.value.as_str());
        let marked = if twins.contains(filed.id.as_str()) {
            identifier.with(el("strong").class("tag").with("Duplicate"))
        } else {
            identifier
        };
        el("tr")
            .with(el("td").with(when(&filed.time)))
            .with(el("td").with(filed.resource_type.name()))
            .with(marked)
            .with(el("td").class("code").with(filed.id.as_str()))
            .with(el("td").with(size(filed.size)))
            .with(
                el("td")
                    .class("code")
                    .with(filed.correlation_id.as_deref().unwrap_or("–")),
            )
    };
    let heads = [
        "Received",
        "Kind",
        "Identifier",
        "Record id",
        "Size",
        "Correlation id",
    ];
    section("Created", &count).with(table(
        "Created",
        &heads,
        records.iter().rev().map(row).collect(),
    ))
}

fn received(requests: &[Received]) -> Element {
    let row = |request: &Received| {
        let answer = &request.answer;
        let ending = match (answer.outcome, answer.status) {
            (Ending::Answered, Some(status)) => status.to_string(),
            (Ending::HungUp, _) => "hung up".into(),
            _ => "no answer yet".into(),
        };
        el("tr")
            .with(el("td").with(request.seq.to_string()))
            .with(el("td").with(when(&request.time)))
            .with(
                el("td")
                    .class("code")
                    .with(format!("{} {}", request.method, request.path)),
            )
            .with(el("td").with(ending))
            .with(el("td").with(answer.fault.as_deref().unwrap_or("–")))
            .with(
                el("td")
                    .class("code")
                    .with(request.correlation_id.as_deref().unwrap_or("–")),
            )
    };
    let count = format!("The latest {MOST_REQUESTS}, refused ones too.");
    let heads = [
        "No.",
        "Received",
        "Call",
        "Answer",
        "Script",
        "Correlation id",
    ];
    section("Requests", &count).with(table(
        "Requests",
        &heads,
        requests.iter().map(row).collect(),
    ))
}

fn section(title: &str, hint: &str) -> Element {
    el("section")
        .class("inbox")
        .with(el("h2").with(title))
        .with(el("p").class("muted").with(hint))
}

/// A table that scrolls by itself where it is wider than the page.
pub(super) fn table(name: &str, heads: &[&str], rows: Html) -> Element {
    let head: Html = heads
        .iter()
        .map(|head| el("th").attr("scope", "col").with(*head))
        .collect();
    let table = el("table")
        .with(el("thead").with(el("tr").with(head)))
        .with(el("tbody").with(rows));
    el("div")
        .class("table")
        .attr("role", "region")
        .attr("aria-label", name)
        .attr("tabindex", "0")
        .with(table)
}
