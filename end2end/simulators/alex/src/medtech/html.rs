//! HTML that cannot be injected into: text and attributes are escaped where they enter.

use std::fmt::Write;

/// A finished piece of HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Html(String);

impl Html {
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl From<&str> for Html {
    fn from(text: &str) -> Self {
        let mut escaped = String::with_capacity(text.len());
        escape(text, &mut escaped);
        Self(escaped)
    }
}

impl From<String> for Html {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Self {
        let Element {
            name,
            mut open,
            inner,
        } = element;
        open.push('>');
        if !matches!(name, "meta" | "img" | "br" | "input") {
            let _ = write!(open, "{inner}</{name}>");
        }
        Self(open)
    }
}

impl<T: Into<Html>> FromIterator<T> for Html {
    fn from_iter<I: IntoIterator<Item = T>>(pieces: I) -> Self {
        Self(pieces.into_iter().map(|piece| piece.into().0).collect())
    }
}

/// An element under construction.
#[derive(Debug)]
pub(super) struct Element {
    name: &'static str,
    open: String,
    inner: String,
}

/// Starts an element.
pub(super) fn el(name: &'static str) -> Element {
    Element {
        name,
        open: format!("<{name}"),
        inner: String::new(),
    }
}

impl Element {
    pub(super) fn attr(mut self, name: &'static str, value: &str) -> Self {
        let _ = write!(self.open, " {name}=\"");
        escape(value, &mut self.open);
        self.open.push('"');
        self
    }

    pub(super) fn class(self, value: &str) -> Self {
        self.attr("class", value)
    }

    /// Adds a child; text is escaped on its way in.
    pub(super) fn with(mut self, child: impl Into<Html>) -> Self {
        self.inner.push_str(&child.into().0);
        self
    }

    /// Adds the program's own CSS, which is not escaped: a `style` element's text must not be.
    pub(super) fn css(mut self, css: &'static str) -> Self {
        self.inner.push_str(css);
        self
    }
}

fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            _ => into.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_enters_is_escaped_once() {
        let html: Html = el("a")
            .attr("href", "/x?a=1&b=\"'>")
            .with("<script>")
            .with(el("b").with("&"))
            .into();
        let wanted = "<a href=\"/x?a=1&amp;b=&quot;&#39;&gt;\">&lt;script&gt;<b>&amp;</b></a>";
        assert_eq!(html.into_string(), wanted);
    }
}
