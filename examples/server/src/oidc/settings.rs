//! Which provider people sign in at, and what their groups may do here.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use codesight_core::id::TenantId;
use codesight_core::ports::Role;
use codesight_core::{Error, Result};
use serde::Deserialize;

const OPERATION: &str = "oidc.settings";

/// The settings of signing in at a provider, as they may stand in the file's table `oidc`, in the environment or among the flags.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OidcSettings {
    /// The issuer of an OpenID Connect provider that people sign in at, as the provider writes its own address [default:
    /// none, people sign in with keys]
    #[arg(id = "oidc-issuer", long = "oidc-issuer", env = "CODESIGHT_OIDC_ISSUER", value_name = "URL")]
    issuer: Option<String>,

    /// As which client the provider knows this server
    #[arg(
        id = "oidc-client-id",
        long = "oidc-client-id",
        env = "CODESIGHT_OIDC_CLIENT_ID",
        value_name = "ID"
    )]
    client_id: Option<String>,

    /// A file with the client's secret, read at each sign-in [default: none, a public client]
    #[arg(
        id = "oidc-client-secret-file",
        long = "oidc-client-secret-file",
        env = "CODESIGHT_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE"
    )]
    client_secret_file: Option<PathBuf>,

    /// The tenant of everybody who signs in there
    #[arg(id = "oidc-tenant", long = "oidc-tenant", env = "CODESIGHT_OIDC_TENANT", value_name = "TENANT")]
    tenant: Option<TenantId>,

    /// The address under which people reach this server; the provider sends them back to /v1/oidc/callback below it
    #[arg(
        id = "oidc-public-url",
        long = "oidc-public-url",
        env = "CODESIGHT_OIDC_PUBLIC_URL",
        value_name = "URL"
    )]
    public_url: Option<String>,

    /// The role of a group's members, as GROUP=ROLE; may be given more than once
    #[arg(
        id = "oidc-role",
        long = "oidc-role",
        env = "CODESIGHT_OIDC_ROLES",
        value_name = "GROUP=ROLE",
        value_delimiter = ','
    )]
    roles: Vec<GroupRole>,

    /// The claim that lists somebody's groups [default: groups]
    #[arg(
        id = "oidc-groups-claim",
        long = "oidc-groups-claim",
        env = "CODESIGHT_OIDC_GROUPS_CLAIM",
        value_name = "NAME"
    )]
    groups_claim: Option<String>,

    /// A scope to ask for beside openid, where the provider wants one for that claim; may be given more than once
    #[arg(
        id = "oidc-scope",
        long = "oidc-scope",
        env = "CODESIGHT_OIDC_SCOPES",
        value_name = "SCOPE",
        value_delimiter = ','
    )]
    scopes: Vec<String>,
}

impl OidcSettings {
    /// The client of these settings; none when they name no provider.
    ///
    /// # Errors
    /// `Invalid` when a provider is named and something else is missing.
    pub(super) fn relying_party(&self) -> Result<Option<RelyingParty>> {
        let Some(issuer) = self.issuer.clone() else { return Ok(None) };
        let needed = |value: &Option<String>, flag| {
            value
                .clone()
                .ok_or_else(|| Error::invalid(OPERATION, "a provider needs this, too").with("flag", flag))
        };
        if self.roles.is_empty() {
            return Err(Error::invalid(OPERATION, "nobody could sign in without a group's role")
                .with("flag", "oidc-role"));
        }
        let tenant = self.tenant.clone().ok_or_else(|| {
            Error::invalid(OPERATION, "a provider needs this, too").with("flag", "oidc-tenant")
        })?;
        let public_url = needed(&self.public_url, "oidc-public-url")?;
        Ok(Some(RelyingParty {
            issuer,
            client_id: needed(&self.client_id, "oidc-client-id")?,
            client_secret_file: self.client_secret_file.clone(),
            tenant,
            redirect: format!("{}/v1/oidc/callback", public_url.trim_end_matches('/')),
            roles: self.roles.clone(),
            groups_claim: self.groups_claim.clone().unwrap_or_else(|| "groups".to_owned()),
            scope: std::iter::once("openid")
                .chain(self.scopes.iter().map(String::as_str))
                .collect::<Vec<_>>()
                .join(" "),
        }))
    }
}

/// A group at the provider, and the role that its members have here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct GroupRole {
    group: String,
    role: Role,
}

impl FromStr for GroupRole {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (group, role) = text.rsplit_once('=').ok_or("a group's role is written GROUP=ROLE")?;
        Ok(Self { group: group.to_owned(), role: role.parse().map_err(|error: Error| error.to_string())? })
    }
}

impl TryFrom<String> for GroupRole {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

/// This server as a client of the provider.
#[derive(Debug, Clone)]
pub(super) struct RelyingParty {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) client_secret_file: Option<PathBuf>,
    pub(super) tenant: TenantId,
    /// Where the provider sends people back to.
    pub(super) redirect: String,
    roles: Vec<GroupRole>,
    pub(super) groups_claim: String,
    pub(super) scope: String,
}

impl RelyingParty {
    /// The roles of somebody in these groups.
    pub(super) fn roles_of(&self, groups: &[&str]) -> BTreeSet<Role> {
        self.roles.iter().filter(|one| groups.contains(&one.group.as_str())).map(|one| one.role).collect()
    }
}
