//! The list of the practice's patients, each with the way into the product and into the Inbox.

use axum::extract::{Query, State};
use axum::response::Response;

use super::html::{Element, Html, el};
use super::page::{Page, View, name, particulars};
use crate::Simulator;
use crate::outcome::Refusal;
use crate::people::{Patient, Practice};

pub(super) async fn show(
    State(sim): State<Simulator>,
    Query(view): Query<View>,
) -> Result<Response, Refusal> {
    let filed: Vec<String> = sim
        .ledger(|ledger| {
            Ok(ledger
                .records()
                .iter()
                .map(|filed| filed.patient_id.clone())
                .collect())
        })
        .await?;
    let facilities = sim.settings().facilities();
    let several = facilities.len() > 1;
    let lists: Html = (0..facilities.len())
        .map(|index| {
            let practice = Practice(index);
            let patients = sim.roster().patients.iter();
            let rows = patients.filter(|patient| patient.practice == practice);
            let rows: Html = rows
                .map(|patient| row(patient, count(&filed, patient)))
                .collect();
            let heading = several.then(|| el("h2").with(practice.name()));
            let heading: Html = heading.into_iter().collect();
            let list = el("ul").class("patients").with(rows);
            [heading, list.into()].into_iter().collect::<Html>()
        })
        .collect();
    let nobody = el("p")
        .class("nobody")
        .with(
            el("span")
                .class("muted")
                .with("No patient selected in Medtech?"),
        )
        .with(open_link(
            "/medtech/open",
            "button",
            "Open without a patient",
            None,
        ));
    let main = [el("h1").with("Patients").into(), lists, Html::from(nobody)];
    let refresh = view.refreshes();
    let page = Page {
        title: "Patients".into(),
        refresh,
        switch: Some(
            if refresh {
                "/medtech?refresh=off"
            } else {
                "/medtech"
            }
            .into(),
        ),
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

fn count(filed: &[String], patient: &Patient) -> usize {
    filed.iter().filter(|id| **id == patient.id).count()
}

fn row(patient: &Patient, filed: usize) -> Element {
    let name = name(patient);
    let inbox = format!("/medtech/patient/{}", patient.id);
    let open = format!("/medtech/open/{}", patient.id);
    let who = el("div")
        .class("who")
        .with(el("h2").with(el("a").attr("href", &inbox).with(name.as_str())))
        .with(el("p").class("particulars").with(particulars(patient)));
    let count = el("a")
        .attr("href", &inbox)
        .class(if filed == 0 { "count muted" } else { "count" })
        .attr("aria-label", &format!("Inbox {filed}: {name}"))
        .with(format!("Inbox {filed}"));
    let actions = el("div").class("actions").with(count).with(open_link(
        &open,
        "button",
        "Open Clinical Images",
        Some(&name),
    ));
    el("li").with(who).with(actions)
}

/// A link that leads into the product, in a window of its own as Medtech does it.
pub(super) fn open_link(href: &str, class: &str, text: &str, about: Option<&str>) -> Element {
    let link = el("a")
        .attr("href", href)
        .class(class)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer");
    match about {
        Some(name) => link
            .attr("aria-label", &format!("{text} for {name}"))
            .with(text),
        None => link.with(text),
    }
}
