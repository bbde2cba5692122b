//! A patient's Inbox: pictures as a "View" link only, scans as such, and behind "Details" what a developer
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
use crate::record::{Filed, Resource};

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
                .records()
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
        switch: Some(
            Address {
                refresh: !refresh,
                ..address
            }
            .with(view.show.as_deref()),
        ),
        practice: Some(patient.practice),
        facilities: sim
            .settings()
            .facilities()
            .into_iter()
            .map(str::to_owned)
            .collect(),
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
    let hint = "As in Medtech, a picture arrives as a “View” link in the Inbox, not in the \
        Daily Record; a scan arrives as a scan.";
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
        .with(el("span").class("title").with(title).with(scan_tag(filed)))
        .with(view_link(filed, title).with("View"))
        .with(toggle(filed, title, address, open));
    let item = el("li").attr("id", &filed.id).with(line);
    if open {
        item.with(details(filed, title))
    } else {
        item
    }
}

/// What tells a scan from a picture.
fn scan_tag(filed: &Filed) -> Html {
    let pages = match filed.pages.len() {
        0 => "Scan".to_owned(),
        1 => "Scan, 1 page".to_owned(),
        more => format!("Scan, {more} pages"),
    };
    let is_scan = filed.resource_type == Resource::DocumentReference;
    is_scan
        .then(|| el("span").class("tag").with(pages))
        .into_iter()
        .collect()
}

fn view_link(filed: &Filed, title: &str) -> Element {
    let address = if filed.resource_type == Resource::DocumentReference && !filed.pages.is_empty() {
        page_address(filed, 1)
    } else {
        file_address(filed)
    };
    el("a")
        .attr("href", &address)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .attr("aria-label", &format!("View {title}"))
}

fn file_address(filed: &Filed) -> String {
    format!("/medtech/media/{}", filed.id)
}

fn page_address(filed: &Filed, number: usize) -> String {
    format!("/medtech/media/{}/page/{number}", filed.id)
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
        ("Picture", pixels(filed)),
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
        ("Record id", filed.id.as_str()),
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
    el("div")
        .class("details")
        .with(el("div").with(frames(filed, title)))
        .with(el("dl").with(facts).with(codes))
}

fn pixels(filed: &Filed) -> String {
    match filed.width.zip(filed.height) {
        Some((width, height)) => format!("{width} × {height} pixels"),
        None => "–".into(),
    }
}

/// The picture, or each page of a scan and the way to the scan itself.
fn frames(filed: &Filed, title: &str) -> Html {
    let frame = |address: String, size: Option<(u32, u32)>| {
        let (width, height) = size.unwrap_or_default();
        let picture = el("img")
            .attr("src", &address)
            .attr("alt", title)
            .attr("width", &width.to_string())
            .attr("height", &height.to_string());
        let link = el("a").attr("href", &address).class("frame");
        link.attr("target", "_blank")
            .attr("rel", "noopener noreferrer")
            .with(picture)
    };
    if filed.resource_type == Resource::Media {
        return frame(file_address(filed), filed.width.zip(filed.height)).into();
    }
    let pages = filed.pages.iter().enumerate();
    let pages = pages.map(|(index, page)| {
        frame(
            page_address(filed, index + 1),
            Some((page.width, page.height)),
        )
    });
    let scan = el("a")
        .attr("href", &file_address(filed))
        .with("Download the scan");
    pages.chain([el("p").with(scan)]).collect()
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
