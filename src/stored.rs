//! The versions of everything that is stored: rows, and the stores that hold them.
//!
//! Owns how a row is spelled and which versions this program reads. Must not know a store: an adapter hands over values
//! and bytes.
//!
//! A row is JSON in an envelope, `{"v":2,"value":…}`. Rows of before there were versions have no envelope and are version 1.
//! The version stands first, so that it is read without looking at the value: a value is parsed once, and a row of a newer
//! program is refused with a sentence instead of a puzzle of serde's. The envelope's beginning never changes.
//!
//! # When a new version is due
//!
//! A version is a promise to *earlier programs*: they refuse what is newer than they know. So [`Format::version`] goes up by
//! one with every change after which an earlier program would misread a row, or lose something by writing it back: a field or
//! a variant that is new, renamed or of another meaning. What this program reads of earlier versions is `serde`'s matter as far as
//! `alias` and `default` go; beyond that, the type's [`Stored::from_earlier`] reads the old shape into a type of its own and
//! turns it into today's. It must not go through `serde_json::Value`, which rounds numbers of 128 bits.
//!
//! `tests/stored_values.rs` and the server's `tests/http/stored.rs` load bytes of every version that was ever in use.

use crate::audit::AuditRecord;
use crate::ports::LedgerEntry;
use crate::session::{Event, Reply, Session};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something stored whose format has a version of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A session's row.
    Session,
    /// The row of one of its events.
    Event,
    /// The answer to one of its latest requests.
    Reply,
    /// A note that waits to be brought into the audit.
    AuditRecord,
    /// A picture's line in the ledger.
    LedgerLine,
    /// The tables of the file that holds sessions.
    SessionFile,
    /// The tables of the file that holds the ledger.
    LedgerFile,
    /// The keys in Redis, of sessions and ledger.
    RedisKeys,
}

impl Format {
    /// The version that this program writes, and the newest that it reads.
    #[must_use]
    pub const fn version(self) -> u32 {
        match self {
            // 2: rows in an envelope.
            Self::Session | Self::Event | Self::Reply | Self::AuditRecord | Self::LedgerLine => 2,
            // 2: the newest version of each kind of row is noted in a table.
            Self::SessionFile | Self::LedgerFile => 2,
            // 2: likewise, in a hash.
            Self::RedisKeys => 2,
        }
    }

    /// Its name where versions are noted. Once in use it stays.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Event => "event",
            Self::Reply => "reply",
            Self::AuditRecord => "audit-note",
            Self::LedgerLine => "ledger-line",
            // The name under which files had this number before rows had one.
            Self::SessionFile => "layout",
            Self::LedgerFile => "ledger-layout",
            Self::RedisKeys => "redis-keys",
        }
    }

    /// What a person calls it.
    const fn in_words(self) -> &'static str {
        match self {
            Self::Session => "a stored session",
            Self::Event => "a stored event",
            Self::Reply => "a stored answer to a request",
            Self::AuditRecord => "a waiting audit note",
            Self::LedgerLine => "a line of the ledger",
            Self::SessionFile => "the file of sessions",
            Self::LedgerFile => "the file of the ledger",
            Self::RedisKeys => "the layout of the keys in Redis",
        }
    }

    /// Accepts a version that was found.
    ///
    /// # Errors
    /// When it is newer than what this program knows.
    pub const fn accept(self, found: u64) -> Result<(), Unreadable> {
        if found > self.version() as u64 {
            return Err(Unreadable::Newer {
                format: self,
                found,
            });
        }
        Ok(())
    }
}

/// Why something stored cannot be read. Says nothing of what stands there, which is about a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A newer program wrote it.
    #[error(
        "{} has format version {found}, and this program reads versions up to {}; \
         a newer one has been at work here",
        .format.in_words(),
        .format.version()
    )]
    Newer {
        /// What it is.
        format: Format,
        /// Its version.
        found: u64,
    },
    /// It is of a version that this program reads, and does not read as that.
    #[error("{} makes no sense at {line}:{column}", .format.in_words())]
    Damaged {
        /// What it is.
        format: Format,
        /// Line of the JSON, from 1.
        line: usize,
        /// Byte in that line, from 1.
        column: usize,
    },
}

/// A type whose values are rows.
pub trait Stored: Serialize + DeserializeOwned {
    /// The format of its rows.
    const FORMAT: Format;

    /// Reads the JSON of an earlier version of the format.
    ///
    /// # Errors
    /// When it is not what that version wrote.
    fn from_earlier(_version: u64, json: &[u8]) -> serde_json::Result<Self> {
        // Versions so far differ by names alone, which the types' aliases know.
        serde_json::from_slice(json)
    }
}

impl Stored for Session {
    const FORMAT: Format = Format::Session;
}

impl Stored for Event {
    const FORMAT: Format = Format::Event;
}

impl Stored for Reply {
    const FORMAT: Format = Format::Reply;
}

impl Stored for AuditRecord {
    const FORMAT: Format = Format::AuditRecord;
}

impl Stored for LedgerEntry {
    const FORMAT: Format = Format::LedgerLine;
}

const OPENING: &[u8] = b"{\"v\":";
const BEFORE_VALUE: &[u8] = b",\"value\":";
const CLOSING: &[u8] = b"}";

/// A value as a row.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn write<T: Stored>(value: &T) -> serde_json::Result<Vec<u8>> {
    let version = T::FORMAT.version().to_string();
    let mut row = [OPENING, version.as_bytes(), BEFORE_VALUE].concat();
    serde_json::to_writer(&mut row, value)?;
    row.extend(CLOSING);
    Ok(row)
}

/// Reads what this program or an earlier one wrote.
///
/// # Errors
/// When a newer program wrote it, or it is damaged.
pub fn read<T: Stored>(row: &[u8]) -> Result<T, Unreadable> {
    let Some((version, enveloped)) = version_of(row) else {
        return T::from_earlier(1, row).map_err(damaged::<T>);
    };
    T::FORMAT.accept(version)?;
    let value = enveloped
        .strip_prefix(BEFORE_VALUE)
        .and_then(|rest| rest.strip_suffix(CLOSING))
        // Not JSON, so that it is damaged at its beginning.
        .unwrap_or_default();
    let value = if version == u64::from(T::FORMAT.version()) {
        serde_json::from_slice(value)
    } else {
        T::from_earlier(version, value)
    };
    value.map_err(damaged::<T>)
}

/// The version in a row's envelope and what follows it; `None` without an envelope. No value of version 1 begins like one:
/// none has a field of that name.
fn version_of(row: &[u8]) -> Option<(u64, &[u8])> {
    let rest = row.strip_prefix(OPENING)?;
    let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = rest.split_at(end);
    let version = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((version, rest))
}

fn damaged<T: Stored>(error: serde_json::Error) -> Unreadable {
    Unreadable::Damaged {
        format: T::FORMAT,
        line: error.line(),
        column: error.column(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::LinkId;
    use crate::session::ClaimedLink;

    fn answer() -> Reply {
        let link = LinkId::from_bits(7);
        Reply::Claimed(ClaimedLink { link })
    }

    #[test]
    fn a_row_says_its_version_first_and_reads_back() {
        for value in [answer(), Reply::Done] {
            let row = write(&value).unwrap();
            assert!(row.starts_with(b"{\"v\":2,\"value\":"));
            assert!(serde_json::from_slice::<serde_json::Value>(&row).is_ok());
            assert_eq!(read(&row), Ok(value));
        }
    }

    #[test]
    fn a_row_without_a_version_is_of_the_first_one() {
        let row = serde_json::to_vec(&answer()).unwrap();
        assert_eq!(read(&row), Ok(answer()));
        assert_eq!(read(b"\"Done\""), Ok(Reply::Done));
    }

    #[test]
    fn a_row_of_a_newer_program_is_refused_by_name_whatever_it_holds() {
        for row in [
            &b"{\"v\":3,\"value\":{\"tomorrow\":1}}"[..],
            b"{\"v\":3,\"sealed\":\"c2VjcmV0\"}",
            b"{\"v\":3}",
        ] {
            let refused = read::<Session>(row).unwrap_err();
            let expected = "a stored session has format version 3, and this program reads versions \
                            up to 2; a newer one has been at work here";
            assert_eq!(refused.to_string(), expected);
        }
        let row = b"{\"v\":18446744073709551615,\"value\":1}";
        assert!(matches!(
            read::<Event>(row),
            Err(Unreadable::Newer {
                found: u64::MAX,
                ..
            })
        ));
    }

    #[test]
    fn a_damaged_row_is_named_without_repeating_it() {
        for row in [
            &b"{\"v\":2,\"value\":\"Aroha\"}"[..],
            b"{\"v\":2,\"value\":\"Done\"",
            b"{\"v\":2,\"Aroha\":\"Done\"}",
            b"{\"v\":99999999999999999999,\"value\":\"Aroha\"}",
            b"{\"v\":\"Aroha\"}",
            b"Aroha",
            b"",
        ] {
            let refused = read::<Reply>(row).unwrap_err();
            assert!(matches!(refused, Unreadable::Damaged { .. }), "{refused:?}");
            let told = refused.to_string();
            assert!(told.starts_with("a stored answer to a request makes no sense at"));
            assert!(!told.contains("Aroha"), "{told}");
        }
    }
}
