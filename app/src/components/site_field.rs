//! Choosing a body site by typing any word for it: a combobox after the ARIA pattern, with what was used last first.

use crate::ids;
use crate::text;
use clinical_images::picture::BodySite;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Id of the list of sites.
const OPTIONS: &str = "site-options";
/// Sites offered at once.
const MOST_OFFERED: usize = 8;
/// Sites remembered as used.
const MOST_RECENT: usize = 5;

/// Sites chosen on this page, latest first. Given by context, so that every field shares them.
#[derive(Clone, Copy)]
pub struct RecentSites(RwSignal<Vec<BodySite>>);

impl RecentSites {
    /// None yet. Gives them to every field below.
    pub fn provide() {
        provide_context(Self(RwSignal::new(Vec::new())));
    }
}

/// What is offered for a query: everything that fits; the recent ones first while nothing is typed.
fn offered(query: &str, recent: &[BodySite]) -> Vec<BodySite> {
    let found = BodySite::search(query, text::site);
    let mut list: Vec<BodySite> = if query.trim().is_empty() {
        recent.to_vec()
    } else {
        Vec::new()
    };
    list.extend(
        found
            .into_iter()
            .filter(|site| !query.trim().is_empty() || !recent.contains(site)),
    );
    list.truncate(MOST_OFFERED);
    list
}

/// The field. `on_pick` hears a site, or nothing when it is cleared.
#[component]
pub(super) fn SiteField(
    /// The site to be shown.
    site: Signal<Option<BodySite>>,
    /// Hears the choice.
    on_pick: Callback<Option<BodySite>>,
    /// Whether nothing may be changed any more.
    disabled: Signal<bool>,
) -> impl IntoView {
    let recent = expect_context::<RecentSites>();
    let query = RwSignal::new(None::<String>);
    let active = RwSignal::new(0usize);
    let options = Memo::new(move |_| {
        query
            .get()
            .map(|query| offered(&query, &recent.0.get()))
            .unwrap_or_default()
    });
    let open = move || query.with(Option::is_some);
    let name = move || site.get().map(text::site).unwrap_or_default().to_owned();
    let pick = move |choice: Option<BodySite>| {
        query.set(None);
        active.set(0);
        if let Some(site) = choice {
            recent.0.update(|list| {
                list.retain(|known| *known != site);
                list.insert(0, site);
                list.truncate(MOST_RECENT);
            });
        }
        on_pick.run(choice);
    };
    let leave = move || match query.get_untracked() {
        Some(typed) if typed.trim().is_empty() && site.get_untracked().is_some() => pick(None),
        _ => query.set(None),
    };
    let key = move |event: KeyboardEvent| {
        let count = options.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => active.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => active.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                let choice =
                    options.with_untracked(|list| list.get(active.get_untracked()).copied());
                choice.into_iter().for_each(|site| pick(Some(site)));
            }
            "Escape" => query.set(None),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="field site-field">
            <label class="label" for=ids::SITE_INPUT>{text::body_site()}</label>
            <input
                id=ids::SITE_INPUT
                type="text"
                role="combobox"
                autocomplete="off"
                placeholder=text::site_example()
                aria-expanded=move || open().to_string()
                aria-controls=OPTIONS
                aria-autocomplete="list"
                aria-activedescendant=move || open().then(|| format!("site-option-{}", active.get()))
                disabled=move || disabled.get()
                prop:value=move || query.get().unwrap_or_else(name)
                on:focus=move |_| query.set(Some(String::new()))
                on:input=move |event| { query.set(Some(event_target_value(&event))); active.set(0); }
                on:keydown=key
                on:blur=move |_| leave()
            />
            <ul id=OPTIONS role="listbox" aria-label=text::body_sites() hidden=move || !open()>
                <Options options active pick=Callback::new(move |site| pick(Some(site))) />
            </ul>
        </div>
    }
}

#[component]
fn Options(
    options: Memo<Vec<BodySite>>,
    active: RwSignal<usize>,
    pick: Callback<BodySite>,
) -> impl IntoView {
    let option = move |(at, site): (usize, BodySite)| {
        view! {
            <li
                id=format!("site-option-{at}")
                role="option"
                aria-selected=move || (active.get() == at).to_string()
                // Before `blur`, which closes the list.
                on:mousedown=move |event| { event.prevent_default(); pick.run(site); }
            >
                {text::site(site)}
                {site.is_sensitive().then(|| view! { <span class="hint">{format!(" {}", text::sensitive())}</span> })}
            </li>
        }
    };
    view! {
        {move || options.get().into_iter().enumerate().map(option).collect_view()}
        {move || options.with(Vec::is_empty).then(|| view! {
            <li class="hint" role="presentation">{text::no_such_site()}</li>
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_sites_come_first_until_something_is_typed() {
        let foot = BodySite::search("foot", text::site)[0];
        assert_eq!(offered("", &[foot])[0], foot);
        assert_eq!(
            offered("", &[foot])
                .iter()
                .filter(|site| **site == foot)
                .count(),
            1
        );
        assert_eq!(offered("shin", &[foot])[0].name(), "Lower leg");
        assert!(offered("xyz", &[foot]).is_empty());
    }
}
