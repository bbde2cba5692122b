//! Rust source as tokens: what the checks read.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = crate::files::below(folder);
    files.retain(|path| path.extension().is_some_and(|end| end == "rs"));
    files
}

/// The file's tokens.
pub fn tokens(path: &Path) -> Result<TokenStream, String> {
    let text = fs::read_to_string(path)
        .map_err(|fault| format!("{} could not be read: {fault}", path.display()))?;
    text.parse()
        .map_err(|fault| format!("{} is not Rust: {fault}", path.display()))
}

/// The line of a token, from 1.
pub fn line(span: Span) -> usize {
    span.start().line
}

/// The word, if the token is one.
pub fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => {
            Some(ident.to_string().trim_start_matches("r#").to_owned())
        }
        _ => None,
    }
}

/// Is the token this sign?
pub fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// The group, if the token is one with these brackets.
pub fn group(token: Option<&TokenTree>, brackets: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == brackets => Some(group),
        _ => None,
    }
}

/// The tokens without what is compiled for tests alone: the item or statement behind `#[cfg(test)]`. At every depth.
pub fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at += 2;
            while at < tokens.len() && !ends_item(&tokens[at]) {
                at += 1;
            }
            at += 1;
            continue;
        }
        kept.push(match &tokens[at] {
            TokenTree::Group(group) => {
                let mut inner = Group::new(
                    group.delimiter(),
                    without_tests(group.stream()).into_iter().collect(),
                );
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other.clone(),
        });
        at += 1;
    }
    kept
}

/// `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let Some(attribute) =
        group(tokens.get(1), Delimiter::Bracket).filter(|_| is_sign(tokens.first(), '#'))
    else {
        return false;
    };
    let text: String = attribute.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

fn ends_item(token: &TokenTree) -> bool {
    is_sign(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some()
}
