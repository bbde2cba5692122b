//! Which versions of the formats are at work in Redis, noted where every server looks at its start.

use super::answer::{list, strange, word};
use super::connection::Connection;
use super::keys::Keys;
use super::script::Script;
use super::values::text;
use crate::adapter::session::PORT;
use clinical_images::ports::PortFault;
use clinical_images::stored::Format;

/// Notes the versions that this program writes.
///
/// # Errors
/// When a newer program has written here, or Redis does not answer.
pub(in crate::adapter) async fn agree(
    connection: &Connection,
    keys: &Keys,
    known: &[Format],
) -> Result<(), PortFault> {
    let script = Script::new(include_str!("formats.lua"));
    let arguments = known
        .iter()
        .flat_map(|format| [text(format.name()), text(format.version())]);
    let answer = connection.run(&script, vec![keys.formats()], arguments.collect());
    let [name, version] = match <[_; 2]>::try_from(list(answer.await?)?) {
        Ok(newer) => newer,
        Err(none) if none.is_empty() => return Ok(()),
        Err(_) => return Err(strange("a list of another length")),
    };
    let (name, version) = (word(name)?, word(version)?);
    let format = known.iter().find(|format| format.name() == name);
    let format = format.ok_or_else(|| strange("a format that it was not asked for"))?;
    let version = version
        .parse()
        .map_err(|_| strange("a version that is not a number"))?;
    let accepted = format.accept(version);
    accepted.map_err(|unreadable| PortFault::protocol(PORT, unreadable))
}
