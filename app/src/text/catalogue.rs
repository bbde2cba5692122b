//! How a catalogue of sentences is written: each entry once, with its English, and from that a table for each language and a
//! function for each entry that says it in the language of the page.
//!
//! English is complete by construction, because an entry cannot be written without it. Another language is the English table
//! with entries replaced (`text/mi`). The phone and the desktop have tables of their own: a table keeps alive everything that
//! it names, and a phone does not fetch what only the desktop says.

/// Declares a catalogue. `words` are texts, `advice` are what happened and what to do next, `sentences` are functions, for what
/// has to be counted or named.
///
/// A sentence speaks its own language through and through: it calls what it needs from its own language
/// ([`english`](super::english)), never another entry's function, which may answer in another.
macro_rules! catalogue {
    (
        $(#[doc = $about:literal])+
        $Catalogue:ident
        $(words { $($(#[doc = $word_doc:literal])+ $word:ident: $english:literal;)* })?
        $(advice { $($(#[doc = $advice_doc:literal])+ $advice:ident: $what:literal, $next:literal;)* })?
        $(sentences { $(
            $(#[doc = $doc:literal])+
            fn $sentence:ident($($given:ident: $Given:ty),* $(,)?) -> $Said:ty $body:block
        )* })?
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy)]
        pub(in crate::text) struct $Catalogue {
            $($(pub(in crate::text) $word: &'static str,)*)?
            $($(pub(in crate::text) $advice: (&'static str, &'static str),)*)?
            $($(pub(in crate::text) $sentence: fn($($Given),*) -> $Said,)*)?
        }

        impl $Catalogue {
            /// In English.
            pub(in crate::text) const EN: Self = Self {
                $($($word: $english,)*)?
                $($($advice: ($what, $next),)*)?
                $($($sentence: {
                    fn $sentence($($given: $Given),*) -> $Said $body
                    $sentence
                },)*)?
            };

            /// In the language of the page.
            fn spoken() -> &'static Self {
                match $crate::text::language() {
                    $crate::language::Language::English => &Self::EN,
                    $crate::language::Language::Maori => &Self::MI,
                }
            }

            /// Every entry's name, and whether te reo Māori has it in words of its own.
            #[cfg(test)]
            pub(in crate::text) fn translated() -> Vec<(&'static str, bool)> {
                let (english, maori) = (Self::EN, Self::MI);
                vec![
                    $($((stringify!($word), english.$word != maori.$word),)*)?
                    $($((stringify!($advice), english.$advice != maori.$advice),)*)?
                    $($((stringify!($sentence), english.$sentence as usize != maori.$sentence as usize),)*)?
                ]
            }
        }

        $($(
            $(#[doc = $word_doc])+
            #[must_use]
            pub fn $word() -> &'static str {
                $Catalogue::spoken().$word
            }
        )*)?
        $($(
            $(#[doc = $advice_doc])+
            #[must_use]
            pub fn $advice() -> $crate::text::Advice {
                let (what, next) = $Catalogue::spoken().$advice;
                $crate::text::Advice { what, next: next.into() }
            }
        )*)?
        $($(
            $(#[doc = $doc])+
            #[must_use]
            pub fn $sentence($($given: $Given),*) -> $Said {
                ($Catalogue::spoken().$sentence)($($given),*)
            }
        )*)?
    };
}

pub(super) use catalogue;
