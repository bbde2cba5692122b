//! The script as a page: a form that adds a step, what is left, the catalogue.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::html::{Element, Html, el};
use super::page::Page;
use super::received::table;
use crate::Simulator;
use crate::call::Kind;
use crate::script::catalogue::CATALOGUE;
use crate::script::{Match, Named, Step};

pub(super) async fn show(State(sim): State<Simulator>) -> Response {
    page(&sim, None)
}

fn page(sim: &Simulator, trouble: Option<String>) -> Response {
    let trouble = trouble.map(|text| el("p").class("trouble").attr("role", "alert").with(text));
    let hint = "The next calls that match get this reply instead of the plain one. \
        The oldest step that matches comes first.";
    let mut main = vec![el("h1").with("Script"), el("p").class("muted").with(hint)];
    main.extend(trouble);
    main.extend([form(), left(&sim.script().left()), catalogue()]);
    let page = Page {
        title: "Script".into(),
        refresh: false,
        switch: None,
        practice: None,
        facilities: sim
            .settings()
            .facilities()
            .into_iter()
            .map(str::to_owned)
            .collect(),
    };
    page.show(main.into_iter().collect())
}

fn form() -> Element {
    let replies = CATALOGUE
        .iter()
        .map(|reply| option(&reply.name, &reply.name));
    let replies: Html = replies.collect();
    let any = option("", "any");
    let kinds = Kind::ALL
        .into_iter()
        .map(|kind| option(kind.name(), kind.name()));
    let kinds: Html = [any].into_iter().chain(kinds).collect();
    let input = |name, kind: &str| el("input").attr("name", name).attr("type", kind);
    el("form")
        .class("steps")
        .attr("method", "post")
        .attr("action", "/medtech/script")
        .with(labelled(
            "Reply",
            el("select").attr("name", "reply").with(replies),
        ))
        .with(labelled(
            "For calls of the kind",
            el("select").attr("name", "kind").with(kinds),
        ))
        .with(labelled(
            "With the identifier (optional)",
            input("identifier", "text"),
        ))
        .with(labelled(
            "Times",
            input("times", "number").attr("min", "1").attr("value", "1"),
        ))
        .with(labelled(
            "Milliseconds (optional)",
            input("after_ms", "number").attr("min", "0"),
        ))
        .with(
            el("button")
                .class("button primary")
                .attr("type", "submit")
                .with("Add to the script"),
        )
}

fn labelled(label: &str, field: Element) -> Element {
    el("label").with(el("span").with(label)).with(field)
}

fn option(value: &str, text: &str) -> Element {
    el("option").attr("value", value).with(text)
}

fn left(steps: &[Step]) -> Element {
    let section = el("section").class("inbox").with(el("h2").with("Left"));
    if steps.is_empty() {
        return section.with(el("p").class("empty").with("Nothing is scripted."));
    }
    let row = |step: &Step| {
        let wanted = &step.wanted;
        let calls = wanted
            .kind
            .map(Kind::name)
            .or(wanted.call.as_deref())
            .unwrap_or("any");
        el("tr")
            .with(el("td").class("code").with(step.reply.0.name.as_str()))
            .with(el("td").with(calls))
            .with(
                el("td")
                    .class("code")
                    .with(wanted.identifier.as_deref().unwrap_or("any")),
            )
            .with(el("td").with(step.times.to_string()))
    };
    let heads = ["Reply", "Calls", "Identifier", "Times"];
    let clear = el("form")
        .attr("method", "post")
        .attr("action", "/medtech/script/clear")
        .with(
            el("button")
                .class("button")
                .attr("type", "submit")
                .with("Clear the script"),
        );
    section
        .with(table("Left", &heads, steps.iter().map(row).collect()))
        .with(clear)
}

fn catalogue() -> Element {
    let rows = CATALOGUE.iter().map(|reply| {
        el("tr")
            .with(el("td").class("code").with(reply.name.as_str()))
            .with(el("td").with(reply.says.replace('`', "")))
    });
    el("section")
        .class("inbox")
        .with(el("h2").with("Catalogue"))
        .with(table(
            "Catalogue",
            &["Reply", "What it does"],
            rows.collect(),
        ))
}

/// The form as a browser sends it: what is left empty is an empty text.
#[derive(Deserialize)]
pub(super) struct Sent {
    reply: String,
    kind: String,
    identifier: String,
    times: String,
    after_ms: String,
}

impl Sent {
    fn step(self) -> Result<Step, String> {
        let kind = match self.kind.as_str() {
            "" => None,
            name => {
                let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
                Some(found.ok_or("There is no such kind of call.")?)
            }
        };
        let number = |text: &str| {
            text.parse()
                .map_err(|_| format!("'{text}' is not a number."))
        };
        let given = |text: String| (!text.is_empty()).then_some(text);
        Ok(Step {
            wanted: Match {
                kind,
                identifier: given(self.identifier),
                call: None,
            },
            reply: Named::try_from(self.reply)?,
            times: self
                .times
                .parse()
                .map_err(|_| "'Times' is a number from 1.")?,
            after_ms: given(self.after_ms).as_deref().map(number).transpose()?,
            expression: None,
        })
    }
}

pub(super) async fn add(
    State(sim): State<Simulator>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = form
        .map(|Form(sent)| sent)
        .map_err(|_| "The form cannot be read.".to_owned());
    match sent
        .and_then(Sent::step)
        .and_then(|step| sim.script().add(&[step]))
    {
        Ok(()) => Redirect::to("/medtech/script").into_response(),
        Err(trouble) => (StatusCode::BAD_REQUEST, page(&sim, Some(trouble))).into_response(),
    }
}

pub(super) async fn clear(State(sim): State<Simulator>) -> Redirect {
    sim.script().clear();
    Redirect::to("/medtech/script")
}
