//! DocumentReference: what Medtech's profile demands, and where a scan is found again.
#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Alex, FIRST, NHI, dir, jpeg, json_of, with};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A PDF with one JPEG in it, as it is, of at least that many bytes.
fn pdf(picture: &[u8], bytes: usize) -> Vec<u8> {
    let mut scan = b"%PDF-1.4\n1 0 obj <</Filter /DCTDecode>> stream\n".to_vec();
    scan.extend(picture);
    scan.extend(b"\nendstream endobj\n");
    scan.resize(bytes.max(scan.len()), b' ');
    scan
}

fn scan_of(reference: &str, bytes: &[u8]) -> Value {
    json!({
        "resourceType": "DocumentReference",
        "meta": { "profile": ["https://fhir.medtechglobal.com/StructureDefinition/scanned-document"] },
        "identifier": [{ "system": "urn:clinicpro:image", "value": reference }],
        "status": "current",
        "type": { "coding": [{ "system": "http://loinc.org", "code": "72170-4" }] },
        "subject": { "reference": format!("https://alex.test/fhir/Patient/{FIRST}") },
        "date": "2026-11-21T14:30:00+13:00",
        "author": [{ "reference": "https://alex.test/fhir/Practitioner/7d1f0a3be5c84c1e9a44c1d2f0b6e811" }],
        "content": [{ "attachment": {
            "contentType": "application/pdf",
            "data": STANDARD.encode(bytes),
            "title": "Left forearm",
        } }],
    })
}

fn scan(reference: &str) -> Value {
    scan_of(reference, &pdf(&jpeg(640, 480, 2000), 0))
}

async fn refusal(alex: &Alex, sent: &Value) -> (u16, String, String) {
    let reply = alex.post("DocumentReference", sent).send().await.unwrap();
    let status = reply.status().as_u16();
    let body = json_of(reply).await;
    let issue = &body["issue"][0];
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, part(&issue["code"]), part(&issue["expression"][0]))
}

#[tokio::test]
async fn a_good_scan_is_created_found_and_read_and_its_picture_is_known() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let reply = alex
        .post("DocumentReference", &scan("s-1"))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), StatusCode::CREATED);
    let location = reply.headers()["location"].to_str().unwrap().to_owned();
    let created = json_of(reply).await;
    let id = created["id"].as_str().unwrap();
    assert_eq!(
        location,
        format!("{}/fhir/DocumentReference/{id}/_history/1", alex.base)
    );
    assert_eq!(
        alex.get(&format!("/FHIR/DocumentReference/{id}")).await.1,
        created
    );
    assert_eq!(
        alex.get(&format!("/FHIR/Media/{id}")).await.0,
        StatusCode::NOT_FOUND
    );
    let search = format!("patient.identifier={NHI}%7CZZZ0016&identifier=s-1");
    let (_, bundle) = alex.get(&format!("/FHIR/DocumentReference?{search}")).await;
    assert_eq!(bundle["entry"][0]["resource"], created);
    assert_eq!(
        alex.get(&format!("/FHIR/Media?{search}")).await.1["total"],
        0
    );
    let forbidden = alex
        .get(&format!("/FHIR/DocumentReference?subject=Patient/{FIRST}"))
        .await;
    assert_eq!(forbidden.0, StatusCode::FORBIDDEN);
    assert_eq!(alex.own("media").await, json!([]));
    let told = alex.own("documentreference").await;
    assert_eq!(told[0]["advice"], json!([]));
    let record = alex.own("ledger").await["records"][0].clone();
    assert_eq!(record["resourceType"], "DocumentReference");
    let pages = record["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 1);
    assert_eq!(
        (&pages[0]["width"], &pages[0]["size"]),
        (&json!(640), &json!(2000))
    );
    assert_ne!(pages[0]["sha256"], record["sha256"]);
    let page = alex
        .plain(Method::GET, &format!("/medtech/media/{id}/page/1"))
        .send()
        .await
        .unwrap();
    assert_eq!(page.bytes().await.unwrap(), jpeg(640, 480, 2000));
    let whole = alex
        .plain(Method::GET, &format!("/medtech/media/{id}"))
        .send()
        .await
        .unwrap();
    assert!(
        whole.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(whole.bytes().await.unwrap(), pdf(&jpeg(640, 480, 2000), 0));
    let inbox = alex
        .page(&format!("/medtech/patient/{FIRST}?show={id}"))
        .await;
    assert!(
        inbox.contains("Scan, 1 page") && inbox.contains(&format!("/medtech/media/{id}/page/1"))
    );
}

#[tokio::test]
async fn what_the_profile_demands_is_demanded() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let attachment = |name: &str| format!("/content/0/attachment/{name}");
    let two = json!([{ "value": "a" }, { "value": "b" }]);
    let content = scan("x")["content"][0].clone();
    let long = "x".repeat(51);
    let cases = [
        ("/identifier".into(), json!(null), "business-rule"),
        (
            "/identifier".into(),
            json!([{ "system": "x" }]),
            "business-rule",
        ),
        ("/identifier".into(), two, "business-rule"),
        ("/status".into(), json!(null), "required"),
        ("/status".into(), json!("superseded"), "business-rule"),
        ("/status".into(), json!("completed"), "code-invalid"),
        ("/type".into(), json!(null), "required"),
        (
            "/type/coding".into(),
            json!([{ "system": "http://loinc.org", "code": "11488-4" }]),
            "code-invalid",
        ),
        ("/subject".into(), json!(null), "required"),
        (
            "/subject/reference".into(),
            json!(format!("Patient/{FIRST}")),
            "value",
        ),
        (
            "/subject/reference".into(),
            json!(format!("https://alex.test/FHIR/Patient/{FIRST}")),
            "value",
        ),
        (
            "/subject/reference".into(),
            json!("https://alex.test/fhir/Patient/nobody"),
            "not-found",
        ),
        ("/date".into(), json!(null), "required"),
        ("/date".into(), json!("2026-11-21"), "value"),
        ("/date".into(), json!("2026-11-21T14:30:00"), "value"),
        ("/date".into(), json!("2026-11-21T14:30+13:00"), "value"),
        ("/content".into(), json!(null), "required"),
        (
            "/content".into(),
            json!([content.clone(), content]),
            "business-rule",
        ),
        (attachment("contentType"), json!(null), "required"),
        (
            attachment("contentType"),
            json!("image/jpeg"),
            "not-supported",
        ),
        (attachment("contentType"), json!("image/tiff"), "value"),
        (attachment("data"), json!(null), "required"),
        (attachment("data"), json!("no base64!"), "value"),
        (attachment("title"), json!(long), "too-long"),
        (
            "/encounter".into(),
            json!({ "reference": "Encounter/1" }),
            "structure",
        ),
        ("/resourceType".into(), json!("Media"), "structure"),
    ];
    for (pointer, value, code) in cases {
        let given = refusal(&alex, &with(scan("x"), &pointer, value.clone())).await;
        assert_eq!(
            (given.0, given.1.as_str()),
            (400, code),
            "{pointer} {value}"
        );
        assert!(
            given.2.starts_with("DocumentReference"),
            "{pointer} names its element: {}",
            given.2
        );
    }
    assert!(alex.created().await.is_empty());
}

#[tokio::test]
async fn a_scan_is_under_eight_megabytes_as_base64_too() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let picture = jpeg(10, 10, 100);
    // 5,999,997 bytes are 7,999,996 characters; one byte more makes it 8,000,000.
    let under = scan_of("under", &pdf(&picture, 5_999_997));
    let reply = alex.post("DocumentReference", &under).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::CREATED);
    let over = refusal(&alex, &scan_of("over", &pdf(&picture, 5_999_998))).await;
    assert_eq!((over.0, over.1.as_str()), (413, "too-long"));
}

#[tokio::test]
async fn what_a_reviewer_would_miss_is_advice() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let bare = with(scan_of("x", b"%PDF-1.4"), "/author", json!(null));
    let bare = with(
        with(bare, "/meta", json!(null)),
        "/content/0/attachment/title",
        json!(null),
    );
    alex.post("DocumentReference", &bare).send().await.unwrap();
    let advice = alex.own("documentreference").await[0]["advice"].clone();
    assert_eq!(
        advice,
        json!([
            "content.attachment.title is missing",
            "author is missing",
            "meta.profile does not name Medtech's profile",
            "no JPEG can be found in the scan",
        ])
    );
}
