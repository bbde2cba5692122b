//! `setup-bucket`: the bucket with the rules that uploads from a browser and the second net need.

use super::{CommandContext, print};
use crate::adapter::object_store::s3::{BucketSetup, RuleStatus};
use crate::wire;

pub(super) async fn set_up(context: &CommandContext) -> Result<bool, String> {
    let object_store =
        wire::object_store(&context.config, context.demo.as_ref()).map_err(|it| it.to_string())?;
    let origin = context.origin()?;
    let done = object_store.set_up(&origin).await.map_err(|fault| {
        format!("the bucket could not be set up: {fault}; what had been done until then stays done, and the command can be run again")
    })?;
    for sentence in told(&origin, &done) {
        print(&sentence);
    }
    Ok(true)
}

fn told(origin: &str, done: &BucketSetup) -> Vec<String> {
    let made = if done.made {
        "The bucket was made.".to_owned()
    } else {
        "The bucket was there.".to_owned()
    };
    let cors = match done.cors {
        RuleStatus::AlreadySet => format!("Pages of {origin} could upload already."),
        RuleStatus::Created => format!("Pages of {origin} may upload now."),
        RuleStatus::Unsupported => format!(
            "This store takes no CORS rules: allow PUT from {origin} with the headers content-type, if-none-match and x-amz-checksum-sha256 in its own configuration."
        ),
    };
    let lifecycle = match done.lifecycle {
        RuleStatus::AlreadySet => "What is older than a day was deleted by the store already.".to_owned(),
        RuleStatus::Created => "The store deletes what is older than a day from now on.".to_owned(),
        RuleStatus::Unsupported => {
            "This store takes no lifecycle rules: deleting rests on the server's own sweeper alone, unless you set an expiry of one day for sessions/ in the store."
                .to_owned()
        }
    };
    let versions = "The bucket keeps older versions: what is deleted stays readable for a day. Turn versioning off.";
    let mut told = vec![made, cors, lifecycle];
    told.extend(done.keeps_versions.then(|| versions.to_owned()));
    told
}
