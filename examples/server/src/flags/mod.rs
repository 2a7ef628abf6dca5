//! Feature flags and A/B assignment: which variant of a flag a collector, a person or a session gets.
//!
//! Which flags this server asks for stands in the settings; what they come to is a [`FlagProvider`]'s to say, which has the
//! shape of an OpenFeature provider. Without another one the variants stand in the settings as well.

mod pipeline;
mod settings;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{CollectorId, ContentHash, FlagKey, SessionId, SubjectId, TenantId, VariantName};
use codesight_core::model::{Assignment, Assignments};
use serde::Deserialize;
use serde_json::Value;

pub(crate) use self::pipeline::pipeline_of;
pub(crate) use self::settings::FlagSettings;

/// Variants of providers that name none.
const UNNAMED: &str = "unnamed";

/// Whom a flag is decided for: the same one always gets the same variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    /// The recorder, which is told in `welcome`, before it begins anything.
    #[default]
    Collector,
    /// The person the recording is about.
    Subject,
    /// Each recording anew.
    Session,
}

/// OpenFeature's evaluation context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EvaluationContext {
    /// Stands for whom the flag is decided for: a digest, so that no name leaves the server.
    pub(crate) targeting_key: String,
    /// Whose recorder it is.
    pub(crate) tenant: TenantId,
}

/// OpenFeature's resolution details.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResolutionDetails {
    /// What is done.
    pub(crate) value: Value,
    /// What results are compared by.
    pub(crate) variant: Option<VariantName>,
}

/// Says what flags come to.
#[async_trait]
pub(crate) trait FlagProvider: fmt::Debug + Send + Sync {
    /// What the flag comes to; none when it is off for this context.
    ///
    /// # Behaviour
    /// - the same flag and context give the same answer for as long as the flag is not changed
    /// - an error costs the flag alone: whoever asked goes on as if it were off
    async fn resolve(&self, flag: &FlagKey, context: &EvaluationContext)
    -> Result<Option<ResolutionDetails>>;
}

/// The flags that are asked for, and whom they are asked of.
#[derive(Debug, Clone)]
struct Asked {
    flags: Vec<(FlagKey, By)>,
    provider: Arc<dyn FlagProvider>,
}

/// The flags of a server.
#[derive(Debug)]
pub(crate) struct Flags(RwLock<Asked>);

impl Flags {
    /// The flags of the settings, whose variants stand there, too.
    pub(crate) fn new(settings: &FlagSettings) -> Self {
        Self::of_provider(settings.asked(), Arc::new(settings.clone()))
    }

    /// These flags, of any provider.
    pub(crate) fn of_provider(flags: Vec<(FlagKey, By)>, provider: Arc<dyn FlagProvider>) -> Self {
        Self(RwLock::new(Asked { flags, provider }))
    }

    /// Takes over changed settings; sessions that were begun keep what they have.
    pub(crate) fn replace(&self, settings: &FlagSettings) {
        let asked = Asked { flags: settings.asked(), provider: Arc::new(settings.clone()) };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = asked;
    }

    /// What a recorder is told before it begins a session.
    pub(crate) async fn of_collector(&self, tenant: &TenantId, collector: &CollectorId) -> Assignments {
        self.assign(tenant, |by| (by == By::Collector).then(|| collector.as_str())).await
    }

    /// What a session is given when it begins.
    pub(crate) async fn of_session(
        &self,
        tenant: &TenantId,
        collector: &CollectorId,
        subject: &SubjectId,
        session: &SessionId,
    ) -> Assignments {
        let name = |by| match by {
            By::Collector => collector.as_str(),
            By::Subject => subject.as_str(),
            By::Session => session.as_str(),
        };
        self.assign(tenant, |by| Some(name(by))).await
    }

    async fn assign<'n>(&self, tenant: &TenantId, name: impl Fn(By) -> Option<&'n str>) -> Assignments {
        let Asked { flags, provider } = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut assigned = Assignments::new();
        for (flag, by) in flags {
            let Some(name) = name(by) else { continue };
            let context = EvaluationContext {
                targeting_key: ContentHash::of(format!("{by:?}/{tenant}/{name}").as_bytes()).to_hex(),
                tenant: tenant.clone(),
            };
            match provider.resolve(&flag, &context).await {
                Ok(Some(ResolutionDetails { value, variant })) => {
                    let Some(variant) = variant.or_else(|| VariantName::new(UNNAMED).ok()) else { continue };
                    assigned.insert(flag, Assignment { variant, value });
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%flag, error = %error, "a flag could not be resolved"),
            }
        }
        assigned
    }
}

#[cfg(test)]
mod tests {
    use codesight_core::{Error, ErrorKind};

    use super::*;

    /// Knows one flag, fails at another, and remembers what it was asked with.
    #[derive(Debug, Default)]
    struct Scripted(std::sync::Mutex<Vec<EvaluationContext>>);

    #[async_trait]
    impl FlagProvider for Scripted {
        async fn resolve(
            &self,
            flag: &FlagKey,
            context: &EvaluationContext,
        ) -> Result<Option<ResolutionDetails>> {
            self.0.lock().expect("nobody panics with it").push(context.clone());
            match flag.as_str() {
                "known" => Ok(Some(ResolutionDetails { value: "x".into(), variant: None })),
                "off" => Ok(None),
                _ => Err(Error::new(ErrorKind::Unavailable, "flags.resolve", "away")),
            }
        }
    }

    #[tokio::test]
    async fn a_provider_that_fails_costs_its_flag_alone_and_learns_no_name() {
        let provider = Arc::new(Scripted::default());
        let asked = ["away", "known", "off"].map(|flag| (flag.parse().expect("a name"), By::Subject));
        let flags = Flags::of_provider(asked.to_vec(), Arc::clone(&provider) as Arc<dyn FlagProvider>);
        let (tenant, collector) = ("shop".parse().expect("a name"), "robot-1".parse().expect("a name"));
        assert!(flags.of_collector(&tenant, &collector).await.is_empty(), "it is decided by the subject");
        let (subject, session) = ("jane".parse().expect("a name"), "s-1".parse().expect("a name"));
        let assigned = flags.of_session(&tenant, &collector, &subject, &session).await;
        let told: Vec<_> =
            assigned.iter().map(|(flag, one)| (flag.as_str(), one.variant.as_str(), &one.value)).collect();
        assert_eq!(told, [("known", "unnamed", &Value::from("x"))]);
        let contexts = provider.0.lock().expect("nobody panics with it");
        assert_eq!(contexts.len(), 3);
        assert!(contexts.iter().all(|context| *context == contexts[0]));
        assert!(!format!("{contexts:?}").contains("jane"), "{contexts:?}");
    }
}
