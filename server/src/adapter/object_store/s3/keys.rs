//! Who we are at the store: keys from the settings, or those that the machine gives us.

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_s3::config::Region;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use tokio::sync::OnceCell;

/// What requests to the store are signed with.
#[derive(Clone)]
pub enum Keys {
    /// These.
    Fixed {
        /// Access key.
        access_key: SecretString,
        /// Its secret.
        secret_key: SecretString,
    },
    /// Those that are found where the SDK looks, in this order: `AWS_…` variables, a profile, a web identity
    /// (Kubernetes), the container's role, the instance's. They are fetched anew before they end.
    Found,
    /// Those that somebody else provides.
    Given(SharedCredentialsProvider),
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Fixed { .. } => "Fixed",
            Self::Found => "Found",
            Self::Given(_) => "Given",
        })
    }
}

impl Keys {
    pub(super) fn provider(&self, region: &str) -> SharedCredentialsProvider {
        match self {
            Self::Fixed {
                access_key,
                secret_key,
            } => SharedCredentialsProvider::new(Credentials::new(
                access_key.expose_secret(),
                secret_key.expose_secret(),
                None,
                None,
                "settings",
            )),
            Self::Found => SharedCredentialsProvider::new(Chain {
                region: Region::new(region.to_owned()),
                chain: OnceCell::new(),
            }),
            Self::Given(provider) => provider.clone(),
        }
    }
}

/// The SDK's chain, made when it is first asked: making it is asynchronous, and an object store is made before anybody speaks.
#[derive(Debug)]
struct Chain {
    region: Region,
    chain: OnceCell<DefaultCredentialsChain>,
}

impl ProvideCredentials for Chain {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let make = || {
                DefaultCredentialsChain::builder()
                    .region(self.region.clone())
                    .build()
            };
            self.chain
                .get_or_init(make)
                .await
                .provide_credentials()
                .await
        })
    }
}
