//! Sentences that stand in a `view!` instead of in the catalogue (`app/src/text`), where they would stay English in every
//! language.
//!
//! A text node and an attribute that is read out or shown (`title`, `aria-label`, `alt`, `placeholder` …) may not be a literal
//! of words. Any other literal inside a `view!` may not look like a sentence, unless it is the value of an attribute that nobody
//! reads (`class`, `id` …). Signs such as "×" and "·" are nobody's language.

use crate::source::{files, is_sign, line, tokens, without_tests, word};
use proc_macro2::{TokenStream, TokenTree};
use std::path::Path;

/// Shown or read out.
const READ: [&str; 9] = [
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
];
/// Values of these are for machines, whatever they look like.
const UNREAD: [&str; 26] = [
    "accept",
    "action",
    "autocomplete",
    "charset",
    "class",
    "content",
    "d",
    "enctype",
    "for",
    "form",
    "format",
    "href",
    "id",
    "lang",
    "media",
    "method",
    "name",
    "path",
    "points",
    "rel",
    "role",
    "sizes",
    "src",
    "style",
    "type",
    "viewBox",
];

/// A literal found: its line and text.
type Found = (usize, String);

/// Finds the sentences in views in the sources below a folder, but for those of the folder `catalogue` in it: file, line and
/// text, one line each.
///
/// # Errors
/// A file that cannot be read, or is not Rust.
pub fn find(sources: &Path, catalogue: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for path in files(sources) {
        let file = path.strip_prefix(sources).expect("it was found below it");
        if file.starts_with(catalogue) || file == Path::new(catalogue).with_extension("rs") {
            continue;
        }
        let mut literals = Vec::new();
        outside_views(&without_tests(tokens(&path)?), &mut literals);
        found.extend(
            literals
                .iter()
                .map(|(line, text)| format!("{}:{line}: {text:?}", file.display())),
        );
    }
    Ok(found)
}

/// Looks for views.
fn outside_views(tokens: &[TokenTree], found: &mut Vec<Found>) {
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let inner: Vec<_> = group.stream().into_iter().collect();
        let is_view = at >= 2
            && is_sign(tokens.get(at - 1), '!')
            && word(tokens.get(at - 2)).as_deref() == Some("view");
        if is_view {
            inside_view(&inner, found);
        } else {
            outside_views(&inner, found);
        }
    }
}

/// Walks through elements, their attributes and what stands between them.
fn inside_view(tokens: &[TokenTree], found: &mut Vec<Found>) {
    let mut in_tag = false;
    let mut attribute: Option<String> = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' && attribute.is_none() => {
                in_tag = true;
            }
            // As in `view!` itself, the first `>` ends the tag, but not that of an arrow.
            TokenTree::Punct(punct) if punct.as_char() == '>' && !is_arrow(tokens, at) => {
                (in_tag, attribute) = (false, None);
            }
            TokenTree::Punct(punct) if in_tag && punct.as_char() == '=' => {
                attribute = attribute_before(tokens, at).or(attribute);
            }
            TokenTree::Group(group) if word_before_macro(tokens, at).as_deref() == Some("view") => {
                inside_view(&group.stream().into_iter().collect::<Vec<_>>(), found);
            }
            TokenTree::Group(group) => in_code(group.stream(), attribute.as_deref(), found),
            TokenTree::Literal(_) => {
                let is_text = !in_tag
                    || attribute
                        .as_deref()
                        .is_some_and(|name| READ.contains(&name));
                note(token, is_text, attribute.as_deref(), found);
            }
            _ => {}
        }
    }
}

/// Literals in the code of a view: a view in it is walked through as one.
fn in_code(tokens: TokenStream, attribute: Option<&str>, found: &mut Vec<Found>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group)
                if word_before_macro(&tokens, at).as_deref() == Some("view") =>
            {
                inside_view(&group.stream().into_iter().collect::<Vec<_>>(), found);
            }
            TokenTree::Group(group) => in_code(group.stream(), attribute, found),
            TokenTree::Literal(_) => note(
                token,
                attribute.is_some_and(|name| READ.contains(&name)),
                attribute,
                found,
            ),
            _ => {}
        }
    }
}

/// Notes the literal if it is words for a person: any word where `is_text`, otherwise what looks like a sentence.
fn note(token: &TokenTree, is_text: bool, attribute: Option<&str>, found: &mut Vec<Found>) {
    let Some(text) = string(token) else { return };
    let is_unread = attribute.is_some_and(|name| {
        UNREAD.contains(&name) || name.starts_with("data-") || name.contains(':')
    });
    let text = text.as_str();
    if if is_text {
        has_word(text)
    } else {
        !is_unread && looks_like_a_sentence(text)
    } {
        found.push((line(token.span()), text.to_owned()));
    }
}

/// What stands between the quotes.
fn string(token: &TokenTree) -> Option<String> {
    let written = token.to_string();
    let text = written.trim_start_matches(['r', '#']).strip_prefix('"')?;
    Some(text.trim_end_matches('#').strip_suffix('"')?.to_owned())
}

/// Two letters side by side, outside the braces of a format.
fn has_word(text: &str) -> bool {
    outside_braces(text)
        .as_bytes()
        .windows(2)
        .any(|pair| pair.iter().all(u8::is_ascii_alphabetic))
}

/// A capital letter at its beginning, or words with spaces between them.
fn looks_like_a_sentence(text: &str) -> bool {
    let text = outside_braces(text);
    let begins_large = text.chars().next().is_some_and(char::is_uppercase);
    has_word(&text) && (begins_large || text.contains(' '))
}

fn outside_braces(text: &str) -> String {
    let mut depth = 0;
    let outside = text.chars().filter(|letter| {
        depth += i32::from(*letter == '{');
        let keep = depth == 0;
        depth -= i32::from(*letter == '}');
        keep
    });
    outside.collect()
}

fn is_arrow(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && (is_sign(tokens.get(at - 1), '=') || is_sign(tokens.get(at - 1), '-'))
}

/// The attribute whose value begins behind the `=` at a place: `aria-label`, `class:open`, `prop:value`.
fn attribute_before(tokens: &[TokenTree], at: usize) -> Option<String> {
    let next_is_sign = ['=', '>']
        .iter()
        .any(|sign| is_sign(tokens.get(at + 1), *sign));
    let previous_is_sign = at > 0 && matches!(&tokens[at - 1], TokenTree::Punct(_));
    if next_is_sign || previous_is_sign {
        return None;
    }
    let mut name = word(tokens.get(at.checked_sub(1)?))?;
    let mut at = at - 1;
    while at >= 2
        && ['-', ':']
            .iter()
            .any(|sign| is_sign(tokens.get(at - 1), *sign))
    {
        let sign = tokens[at - 1].to_string();
        let Some(before) = word(tokens.get(at - 2)) else {
            break;
        };
        name = format!("{before}{sign}{name}");
        at -= 2;
    }
    Some(name)
}

fn word_before_macro(tokens: &[TokenTree], at: usize) -> Option<String> {
    if at >= 2 && is_sign(tokens.get(at - 1), '!') {
        word(tokens.get(at - 2))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let mut literals = Vec::new();
        outside_views(
            &without_tests(source.parse().expect("it is Rust")),
            &mut literals,
        );
        literals.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_sentence_in_a_view_is_found_wherever_it_stands() {
        let source = r#"fn f() { view! {
            <p class="quiet small">"Nothing yet"</p>
            <img alt="A photo" src="/a.png" title=move || if on.get() { "on" } else { "off" } />
            <Button heading="Send it" on:click=move |_| go("Not sent") />
            {move || busy.get().then(|| view! { <b aria-label="done">"of"</b> })}
            {format!("{n} photos")}
            {move || if late { "Late" } else { "" }}
        } }"#;
        assert_eq!(
            found(source),
            [
                "Nothing yet",
                "A photo",
                "on",
                "off",
                "Send it",
                "done",
                "of",
                "{n} photos",
                "Late"
            ]
        );
    }

    #[test]
    fn signs_and_what_nobody_reads_are_left_alone() {
        let source = r#"fn f() { let word = "Not in a view"; view! {
            <p class="Large and quiet" id="site-input" data-state="All ready" style="margin: 0 auto">"·" " × " "{n} %"</p>
            <svg viewBox="0 0 8 8"><path d="M 0 0 L 8 8" /></svg>
            <Title text="" formatter=|title: String| -> String { title } />
            {words::SENT} <p class=move || if on { "tile on" } else { "tile" }>{words::of(3)}</p>
            {move || key("photo-list")}
        } }
        #[cfg(test)] mod tests { fn g() { view! { <p>"Only a test"</p> } } }"#;
        assert_eq!(found(source), [] as [&str; 0]);
    }
}
