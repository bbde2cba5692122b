//! Processes that end with this one, however it ends.
//!
//! They share a process group with a guard that waits for this process' end of a pipe to close: at the end of a run,
//! after a panic, and when somebody kills this process, all the same.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A group of processes.
#[derive(Debug)]
pub(super) struct Group {
    guard: Child,
}

impl Group {
    pub(super) fn new() -> io::Result<Self> {
        let guard = Command::new("sh")
            .args(["-c", "cat >/dev/null; kill -KILL 0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Self { guard })
    }

    fn number(&self) -> i32 {
        i32::try_from(self.guard.id()).unwrap_or(0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// One program of the cluster, running or not.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) settings: Vec<(&'static str, String)>,
    /// Where everything it says goes.
    pub(super) log: PathBuf,
    pub(super) running: Option<Child>,
}

impl Process {
    /// Starts it, anew after a kill: same arguments, same data, same log.
    pub(super) fn start(&mut self, group: &Group) -> io::Result<()> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .env("PATH", path)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(group.number())
            .spawn()?;
        self.running = Some(child);
        Ok(())
    }

    /// Ends it at whatever instruction it is (SIGKILL).
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Sends it a signal by name. The standard library knows only the one that kills; every shell knows all.
    pub(super) fn signal(&self, signal: &str) -> io::Result<()> {
        let Some(child) = &self.running else {
            return Ok(());
        };
        let order = format!("kill -{signal} {}", child.id());
        let done = Command::new("sh").args(["-c", &order]).status()?;
        if done.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("{order} failed")))
        }
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.running
            .as_mut()
            .is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;

    #[test]
    fn what_is_in_the_group_ends_with_it() {
        let group = Group::new().unwrap();
        let mut sleeper = Process {
            name: "sleep",
            program: PathBuf::from("sleep"),
            arguments: vec!["1000".to_owned()],
            settings: Vec::new(),
            log: PathBuf::from("/dev/null"),
            running: None,
        };
        sleeper.start(&group).unwrap();
        // Stopped processes end, too.
        sleeper.signal("STOP").unwrap();
        drop(group);
        let ended = sleeper.running.take().unwrap().wait().unwrap();
        assert_eq!(ended.signal(), Some(9));
    }
}
