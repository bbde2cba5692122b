//! Media: what is taken, what is refused, how it is found again.

mod common;

use alex_simulator::Settings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Alex, FIRST, NHI, dir, jpeg, json_of, media, media_of, with};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn a_good_media_is_created_and_read_back_with_its_bytes() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let sent = media("img-1");
    let reply = alex.post_media(&sent).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::CREATED);
    assert_eq!(reply.headers()["etag"], "W/\"1\"");
    assert_eq!(reply.headers()["mt-correlationid"], "corr-1");
    let location = reply.headers()["location"].to_str().unwrap().to_owned();
    let created = json_of(reply).await;
    let id = created["id"].as_str().unwrap();
    assert_eq!(
        location,
        format!("{}/fhir/Media/{id}/_history/1", alex.base)
    );
    assert_eq!(created["meta"]["versionId"], "1");
    let subject = format!("{}/fhir/Patient/{FIRST}", alex.base);
    assert_eq!(created["subject"]["reference"], subject.as_str());
    let (status, read) = alex.get(&format!("/FHIR/Media/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(read, created);
    assert_eq!(read["content"]["data"], sent["content"]["data"]);
    assert_eq!(alex.get("/FHIR/Media/none").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_created_is_told_with_hash_size_and_dimensions_but_without_data() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let sent = with(media("img-1"), "/width", json!(1));
    let created = json_of(alex.post_media(&sent).send().await.unwrap()).await;
    let all = alex.own("media").await;
    let one = &all[0];
    assert_eq!(one["id"], created["id"]);
    assert_eq!(one["patientId"], FIRST);
    assert_eq!(
        one["identifier"],
        json!({ "system": "urn:clinicpro:image", "value": "img-1" })
    );
    assert_eq!(
        (&one["size"], &one["width"], &one["height"]),
        (&json!(2000), &json!(640), &json!(480))
    );
    assert_eq!(one["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(one["correlationId"], "corr-1");
    assert_eq!(one["resource"]["content"]["title"], "Left forearm");
    assert_eq!(one["resource"]["content"]["data"], Value::Null);
    assert_eq!(one["advice"], json!(["width is not the picture's"]));
    let path = format!("/medtech/media/{}", created["id"].as_str().unwrap());
    let reply = alex.plain(Method::GET, &path).send().await.unwrap();
    assert_eq!(reply.headers()["content-type"], "image/jpeg");
    assert_eq!(reply.bytes().await.unwrap(), jpeg(640, 480, 2000));
}

#[tokio::test]
async fn a_missing_identifier_value_is_a_business_rule() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let text = "The mandatory Identifier.value with the reference number is missing";
    for identifier in [
        json!(null),
        json!([]),
        json!([{ "system": "x" }]),
        json!([{ "value": " " }]),
    ] {
        let answer = alex
            .refused(&with(media("x"), "/identifier", identifier))
            .await;
        assert_eq!(answer, (400, "business-rule".into(), text.into()));
    }
}

#[tokio::test]
async fn what_r4_demands_is_demanded() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let cases = [
        ("/status", json!(null), "required"),
        ("/status", json!("done"), "code-invalid"),
        ("/subject", json!(null), "required"),
        ("/subject/reference", json!("Group/1"), "value"),
        ("/subject/reference", json!("Patient/nobody"), "not-found"),
        ("/content", json!(null), "required"),
        ("/content/data", json!(null), "required"),
        ("/content/data", json!("no base64!"), "value"),
        ("/content/contentType", json!(null), "required"),
        ("/content/contentType", json!("image/tiff"), "not-supported"),
        ("/content/contentType", json!("image/png"), "value"),
        (
            "/context",
            json!({ "reference": "Encounter/1" }),
            "structure",
        ),
        ("/width", json!(0), "structure"),
        ("/note", json!([{ "time": "x" }]), "required"),
        ("/note", json!({ "text": "x" }), "structure"),
        ("/resourceType", json!("Patient"), "structure"),
    ];
    for (pointer, value, code) in cases {
        let (status, given, text) = alex.refused(&with(media("x"), pointer, value)).await;
        assert_eq!((status, given.as_str()), (400, code), "{pointer}: {text}");
    }
    assert_eq!(alex.own("media").await, json!([]));
}

#[tokio::test]
async fn an_absolute_lower_case_subject_is_understood() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let subject = json!(format!(
        "https://alexapiuat.medtechglobal.com/fhir/Patient/{FIRST}"
    ));
    let reply = alex
        .post_media(&with(media("x"), "/subject/reference", subject))
        .send()
        .await;
    assert_eq!(reply.unwrap().status(), StatusCode::CREATED);
}

#[tokio::test]
async fn one_byte_under_a_megabyte_passes_and_a_megabyte_does_not() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let under = media_of("under", &jpeg(10, 10, 1_048_575));
    assert_eq!(
        alex.post_media(&under).send().await.unwrap().status(),
        StatusCode::CREATED
    );
    let (status, code, _) = alex
        .refused(&media_of("over", &jpeg(10, 10, 1_048_576)))
        .await;
    assert_eq!((status, code.as_str()), (413, "too-long"));
}

#[tokio::test]
async fn a_wrong_content_type_is_415_and_broken_json_400() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for kind in [None, Some("text/plain"), Some("application/json")] {
        let mut call = alex
            .call(Method::POST, "/FHIR/Media")
            .body(media("x").to_string());
        if let Some(kind) = kind {
            call = call.header("content-type", kind);
        }
        let status = call.send().await.unwrap().status();
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind:?}");
    }
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"resourceType\":\"Media\"}",
        deep.as_str(),
    ] {
        let call = alex.call(Method::POST, "/FHIR/Media").body(body.to_owned());
        let reply = call
            .header("content-type", "application/fhir+json; charset=utf-8")
            .send();
        assert_eq!(reply.await.unwrap().status(), StatusCode::BAD_REQUEST);
    }
    let odd = with(media("x"), "/createdDateTime", json!("ā20260-11-2ā1T1ā:ā"));
    assert_eq!(
        alex.post_media(&odd).send().await.unwrap().status(),
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn only_a_search_by_the_patients_nhi_works() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for reference in ["img-1", "img-2"] {
        alex.post_media(&media(reference)).send().await.unwrap();
    }
    for query in [
        format!("patient={FIRST}"),
        format!("subject=Patient/{FIRST}"),
        "status=x".into(),
        String::new(),
    ] {
        let (status, body) = alex.get(&format!("/FHIR/Media?{query}")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{query}");
        assert_eq!(body["issue"][0]["code"], "forbidden");
        assert_eq!(body["issue"][0]["details"]["text"], "Authorization failed.");
    }
    let search = format!("/FHIR/Media?patient.identifier={NHI}%7CZZZ0016");
    let (status, bundle) = alex.get(&search).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bundle["total"], 2);
    assert_eq!(
        bundle["entry"][0]["resource"]["identifier"][0]["value"],
        "img-2"
    );
    assert_eq!(
        bundle["entry"][0]["resource"]["content"]["data"],
        media("")["content"]["data"]
    );
    let (_, bundle) = alex
        .get(&format!("{search}&identifier=urn:clinicpro:image%7Cimg-1"))
        .await;
    assert_eq!(bundle["total"], 1);
    let (_, bundle) = alex
        .get(&format!("{search}&identifier=urn:else%7Cimg-1"))
        .await;
    assert_eq!(bundle["total"], 0);
    assert_eq!(
        bundle["entry"][0]["resource"]["resourceType"],
        "OperationOutcome"
    );
}

#[tokio::test]
async fn the_same_identifier_twice_makes_two_records() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for _ in 0..2 {
        let call = alex
            .post_media(&media("twin"))
            .header("if-none-exist", "identifier=twin");
        assert_eq!(call.send().await.unwrap().status(), StatusCode::CREATED);
    }
    assert_eq!(alex.own("media").await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn if_none_exist_is_heeded_when_the_setting_says_so() {
    let dir = dir();
    let mut settings = Settings::demo(dir.path(), "http://app.test");
    settings.heeds_if_none_exist = true;
    let alex = Alex::start_with(settings).await;
    let post = async |condition: Option<&str>| {
        let mut call = alex.post_media(&media("twin"));
        if let Some(condition) = condition {
            call = call.header("if-none-exist", condition);
        }
        let reply = call.send().await.unwrap();
        let status = reply.status().as_u16();
        (status, json_of(reply).await["id"].clone())
    };
    let condition = Some("identifier=urn:clinicpro:image|twin");
    let (first, again) = (post(condition).await, post(condition).await);
    assert_eq!((first.0, again.0, first.1 == again.1), (201, 200, true));
    assert_eq!(post(Some("identifier=urn:else|twin")).await.0, 201);
    assert_eq!(post(condition).await.0, 412, "there are two now");
}

#[tokio::test]
async fn what_was_written_cannot_be_changed_or_deleted() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let created = json_of(alex.post_media(&media("x")).send().await.unwrap()).await;
    let path = format!("/FHIR/Media/{}", created["id"].as_str().unwrap());
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = alex.call(method, &path).send().await.unwrap();
        assert_eq!(reply.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(json_of(reply).await["resourceType"], "OperationOutcome");
    }
    assert_eq!(alex.get(&path).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_png_is_taken_too() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0\x08\x02\0\0\0";
    let sent = with(media("p"), "/content/data", json!(STANDARD.encode(png)));
    let sent = with(sent, "/content/contentType", json!("image/png"));
    assert_eq!(
        alex.post_media(&sent).send().await.unwrap().status(),
        StatusCode::CREATED
    );
    assert_eq!(alex.own("media").await[0]["width"], 512);
}
