//! The audit in files on this server's disk, one a month and practice: each line is a FHIR AuditEvent. A line whose `id` stood there
//! before is the same event once more.

use super::PORT;
use async_trait::async_trait;
use clinical_images::audit::AuditRecord;
use clinical_images::fhir::FhirInstant;
use clinical_images::fhir::audit_event::audit_event;
use clinical_images::id::PracticeId;
use clinical_images::moment::Moment;
use clinical_images::ports::{AuditSink, PortFault};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

/// Files `PRACTICE/2026-11.ndjson` in a directory, readable by this user only.
pub struct AuditFiles {
    directory: PathBuf,
    /// One writer at a time, so that lines do not mix.
    write_lock: Mutex<()>,
}

impl AuditFiles {
    /// Files in this directory, which is made if it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn within(directory: &Path) -> Result<Self, PortFault> {
        std::fs::create_dir_all(directory).map_err(unavailable)?;
        Ok(Self {
            directory: directory.to_owned(),
            write_lock: Mutex::new(()),
        })
    }
}

#[async_trait]
impl AuditSink for AuditFiles {
    async fn keep(&self, records: &[AuditRecord]) -> Result<(), PortFault> {
        let mut files: BTreeMap<(&PracticeId, String), Vec<u8>> = BTreeMap::new();
        for record in records {
            let recorded = instant(record.at)?;
            let month = recorded.as_str()[..7].to_owned();
            let lines = files.entry((&record.practice, month)).or_default();
            writeln!(lines, "{}", audit_event(record, &recorded)).map_err(unavailable)?;
        }
        let _lock = self.write_lock.lock().await;
        let place = |practice: &PracticeId, month: String| {
            let of_practice = self.directory.join(practice.as_str());
            of_practice.join(format!("{month}.ndjson"))
        };
        let files: Vec<(PathBuf, Vec<u8>)> = files
            .into_iter()
            .map(|((practice, month), lines)| (place(practice, month), lines))
            .collect();
        let written = spawn_blocking(move || {
            let mut files = files.iter();
            files.try_for_each(|(path, lines)| add(path, lines).map_err(unavailable))
        });
        written
            .await
            .map_err(|error| PortFault::protocol(PORT, format!("a task broke off: {error}")))?
    }
}

/// The moment in UTC, to the millisecond.
fn instant(at: Moment) -> Result<FhirInstant, PortFault> {
    let odd = || PortFault::protocol(PORT, "a note of a time that no calendar has");
    let read = Timestamp::from_millisecond(at.millis()).map_err(|_| odd())?;
    FhirInstant::parse(&format!("{read:.3}")).map_err(|_| odd())
}

/// Adds lines, durably. What a crash left of a line without its end is closed first, so that it spoils no other.
fn add(path: &Path, lines: &[u8]) -> std::io::Result<()> {
    #[cfg(unix)]
    let is_new = !path.exists();
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    if is_torn(&mut file)? {
        file.write_all(b"\n")?;
    }
    file.write_all(lines)?;
    file.sync_all()?;
    // A new file is only there after a crash if its name is: directories are made durable on their own.
    #[cfg(unix)]
    if is_new {
        for directory in path.ancestors().skip(1).take(2) {
            File::open(directory)?.sync_all()?;
        }
    }
    Ok(())
}

fn is_torn(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn unavailable(error: impl ToString) -> PortFault {
    PortFault::unavailable(PORT, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::audit::AuditAction;
    use clinical_images::id::SessionId;
    use clinical_images::launch::FacilityCode;
    use clinical_images::patient::PatientId;
    use clinical_images::session::Actor;

    fn record(number: u128, at: i64) -> AuditRecord {
        AuditRecord {
            session: SessionId::from_bits(number),
            revision: 0,
            at: Moment::from_millis(at),
            by: Actor::Desktop,
            action: AuditAction::Launched,
            pictures: Vec::new(),
            patient: PatientId::parse(&"7".repeat(32)).unwrap(),
            clinician: "p1".into(),
            practice: "kowhai".parse().unwrap(),
            facility: FacilityCode::parse("F2N060-E").unwrap(),
        }
    }

    #[tokio::test]
    async fn each_month_has_a_file_and_a_torn_line_spoils_no_other() {
        let place = tempfile::tempdir().unwrap();
        let files = AuditFiles::within(&place.path().join("audit")).unwrap();
        // 31 May and 1 June 2026, a second apart.
        let (may, june) = (1_780_271_999_500, 1_780_272_000_500);
        files
            .keep(&[record(1, may), record(2, june)])
            .await
            .unwrap();
        let path = |month| {
            place
                .path()
                .join(format!("audit/kowhai/2026-{month}.ndjson"))
        };
        let whole = std::fs::read(path("06")).unwrap();
        std::fs::write(path("06"), &whole[..whole.len() - 5]).unwrap();
        files.keep(&[record(3, june)]).await.unwrap();
        let june = std::fs::read_to_string(path("06")).unwrap();
        let read = |line: &str| serde_json::from_str::<serde_json::Value>(line);
        let lines: Vec<_> = june.lines().map(read).collect();
        assert!(lines[0].is_err());
        let kept = lines[1].as_ref().unwrap();
        assert_eq!(kept["recorded"], "2026-06-01T00:00:00.500Z");
        let may = std::fs::read_to_string(path("05")).unwrap();
        assert_eq!(may.lines().count(), 1);
    }

    #[tokio::test]
    async fn each_practice_has_files_of_its_own() {
        let place = tempfile::tempdir().unwrap();
        let files = AuditFiles::within(place.path()).unwrap();
        let mut other = record(2, 0);
        other.practice = "rata".parse().unwrap();
        files.keep(&[record(1, 0), other]).await.unwrap();
        for (practice, number) in [("kowhai", 1), ("rata", 2)] {
            let path = place.path().join(practice).join("1970-01.ndjson");
            let text = std::fs::read_to_string(path).unwrap();
            assert_eq!(text.lines().count(), 1);
            assert!(text.contains(&SessionId::from_bits(number).to_string()));
            assert!(text.contains(practice));
        }
    }
}
