//! In which language a page comes, and how a reader changes it.

use super::browser::{Answer, Browser};
use super::server::Server;
use http::Method;
use reqwest::RequestBuilder;

async fn page(browser: &Browser, accepted: &str) -> Answer {
    let request = browser
        .bare(Method::GET, "/")
        .header("accept-language", accepted);
    browser.send(request).await
}

fn language_of(page: &Answer) -> &str {
    let (_, after) = page.text.split_once("<html lang=\"").unwrap();
    after.split_once('"').unwrap().0
}

/// The switch's form as a page of ours or of somebody else sends it.
fn form(browser: &Browser, site: &str, fields: &str) -> RequestBuilder {
    browser
        .bare(Method::POST, "/language")
        .header("origin", "null")
        .header("sec-fetch-site", site)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields.to_owned())
}

#[tokio::test]
async fn a_page_speaks_what_the_browser_asks_for_until_its_reader_chooses() {
    let server = Server::open().await;
    let browser = server.browser();
    assert_eq!(
        language_of(&page(&browser, "en-GB,en;q=0.8").await),
        "en-NZ"
    );
    assert_eq!(
        language_of(&page(&browser, "mi-NZ,en;q=0.8").await),
        "mi-NZ"
    );

    let chosen = browser
        .send(form(&browser, "same-origin", "language=en-NZ&back=/phone"))
        .await;
    assert_eq!(chosen.status, 303);
    assert_eq!(chosen.header("location"), "/phone");
    assert!(chosen.header("set-cookie").starts_with("language=en-NZ; "));
    assert_eq!(
        language_of(&page(&browser, "mi-NZ,en;q=0.8").await),
        "en-NZ"
    );
}

#[tokio::test]
async fn a_choice_that_makes_no_sense_or_comes_from_elsewhere_changes_nothing() {
    let server = Server::open().await;
    let browser = server.browser();
    let mi = "language=mi-NZ&back=/";
    for (request, status) in [
        (form(&browser, "same-origin", "language=tlh&back=/"), 422),
        (form(&browser, "same-origin", "?"), 422),
        (form(&browser, "cross-site", mi), 403),
        (browser.bare(Method::POST, "/language").body(mi), 403),
        (browser.bare(Method::GET, "/language"), 405),
    ] {
        let answer = browser.send(request).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.header("set-cookie").is_empty());
    }
    let away = browser
        .send(form(
            &browser,
            "same-origin",
            "language=mi-NZ&back=//evil.example/",
        ))
        .await;
    assert_eq!(away.header("location"), "/", "never to another site");
}
