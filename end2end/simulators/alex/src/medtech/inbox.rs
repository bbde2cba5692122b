//! A patient's Inbox: what arrived, as a "View" link only, and behind "Details" what a developer
//! wants to know. Which details are open stands in the address, so that the refresh keeps them.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::html::{Element, Html, el};
use super::page::{Page, name, particulars, size, when};
use super::patients::open_link;
use crate::Simulator;
use crate::launch::percent;
use crate::outcome::Refusal;
use crate::people::Patient;
use crate::record::Filed;

#[derive(Deserialize)]
pub(super) struct View {
    refresh: Option<String>,
    /// The Media whose details are open.
    show: Option<String>,
}

pub(super) async fn show(
    State(sim): State<Simulator>,
    Path(id): Path<String>,
    Query(view): Query<View>,
) -> Result<Response, Refusal> {
    let patient = sim
        .roster()
        .patient(&id)
        .ok_or_else(|| Refusal::not_found("Patient"))?;
    let filed: Vec<_> = sim
        .ledger(move |ledger| {
            let theirs = ledger
                .media()
                .iter()
                .rev()
                .filter(|filed| filed.patient_id == id);
            Ok(theirs.cloned().collect())
        })
        .await?;
    let refresh = view.refresh.as_deref() != Some("off");
    let address = Address {
        patient: patient.id,
        refresh,
    };
    let page = Page {
        title: name(patient),
        refresh,
        switch: Address {
            refresh: !refresh,
            ..address
        }
        .with(view.show.as_deref()),
        facility: sim.settings().facility.clone(),
    };
    let main = [
        Html::from(
            el("p")
                .class("back")
                .with(el("a").attr("href", "/medtech").with("‹ All patients")),
        ),
        banner(patient).into(),
        inbox(&filed, address, view.show.as_deref()).into(),
    ];
    Ok(page.show(main.into_iter().collect()))
}

fn banner(patient: &Patient) -> Element {
    let open = format!("/medtech/open/{}", patient.id);
    let who = el("div")
        .class("who")
        .with(el("h1").with(name(patient)))
        .with(el("p").class("particulars").with(particulars(patient)));
    let button = open_link(&open, "button primary", "Open Clinical Images", None);
    el("section")
        .class("banner")
        .attr("aria-label", "Patient")
        .with(who)
        .with(button)
}

fn inbox(filed: &[Filed], address: Address<'_>, shown: Option<&str>) -> Element {
    let heading = el("h2")
        .attr("id", "inbox")
        .with(format!("Inbox ({})", filed.len()));
    let hint = "As in Medtech, a picture arrives as a “View” link in the Inbox. \
        It is not in the Daily Record.";
    let section = el("section")
        .class("inbox")
        .attr("aria-labelledby", "inbox")
        .with(heading)
        .with(el("p").class("muted").with(hint));
    if filed.is_empty() {
        return section.with(
            el("p")
                .class("empty")
                .with("Nothing has arrived for this patient."),
        );
    }
    let items = filed
        .iter()
        .map(|filed| item(filed, address, shown == Some(filed.id.as_str())));
    section.with(el("ul").with(items.collect::<Html>()))
}

fn item(filed: &Filed, address: Address<'_>, open: bool) -> Element {
    let title = filed.title.as_deref().unwrap_or("(no title)");
    let line = el("div")
        .class("line")
        .with(el("span").class("date").with(when(&filed.time)))
        .with(el("span").class("title").with(title))
        .with(view_link(filed, title).with("View"))
        .with(toggle(filed, title, address, open));
    let item = el("li").attr("id", &filed.id).with(line);
    if open {
        item.with(details(filed, title))
    } else {
        item
    }
}

fn view_link(filed: &Filed, title: &str) -> Element {
    el("a")
        .attr("href", &format!("/medtech/media/{}", filed.id))
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .attr("aria-label", &format!("View {title}"))
}

fn toggle(filed: &Filed, title: &str, address: Address<'_>, open: bool) -> Element {
    let (text, href) = if open {
        ("Hide", address.with(None))
    } else {
        ("Details", address.with(Some(&filed.id)))
    };
    el("a")
        .attr("href", &href)
        .class("toggle")
        .attr("aria-label", &format!("{text} of {title}"))
        .with(text)
}

fn details(filed: &Filed, title: &str) -> Element {
    let picture = el("img")
        .attr("src", &format!("/medtech/media/{}", filed.id))
        .attr("alt", title)
        .attr("width", &filed.width.to_string())
        .attr("height", &filed.height.to_string());
    let body_site = filed.resource["bodySite"]["text"].as_str().unwrap_or("–");
    let advice = if filed.advice.is_empty() {
        "None".into()
    } else {
        filed.advice.join("; ")
    };
    let system = filed.identifier.system.as_deref().unwrap_or("(no system)");
    let facts = [
        ("Title", title.to_owned()),
        ("Body site", body_site.to_owned()),
        (
            "Picture",
            format!("{} × {} pixels", filed.width, filed.height),
        ),
        (
            "Size",
            format!("{}, {}", size(filed.size), filed.content_type),
        ),
        ("Advice", advice),
    ];
    let codes = [
        (
            "Correlation id",
            filed.correlation_id.as_deref().unwrap_or("–"),
        ),
        ("Identifier", filed.identifier.value.as_str()),
        ("System", system),
        ("Media id", filed.id.as_str()),
        ("Patient id", filed.patient_id.as_str()),
        ("SHA-256", filed.sha256.as_str()),
    ];
    let facts: Html = facts
        .into_iter()
        .map(|(term, value)| fact(term, el("dd").with(value)))
        .collect();
    let codes: Html = codes
        .into_iter()
        .map(|(term, value)| fact(term, el("dd").class("code").with(value)))
        .collect();
    let frame = view_link(filed, title).class("frame").with(picture);
    el("div")
        .class("details")
        .with(frame)
        .with(el("dl").with(facts).with(codes))
}

fn fact(term: &str, value: Element) -> Html {
    [el("dt").with(term), value].into_iter().collect()
}

/// The address of a patient's Inbox.
#[derive(Clone, Copy)]
struct Address<'a> {
    patient: &'a str,
    refresh: bool,
}

impl Address<'_> {
    /// With the details of that Media open.
    fn with(self, shown: Option<&str>) -> String {
        let refresh = (!self.refresh).then(|| "refresh=off".to_owned());
        let show = shown.map(|id| format!("show={}", percent(id)));
        let query: Vec<_> = refresh.into_iter().chain(show).collect();
        let path = format!("/medtech/patient/{}", self.patient);
        if query.is_empty() {
            path
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }
}
