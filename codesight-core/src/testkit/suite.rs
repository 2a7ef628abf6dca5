//! Suites: named scenarios, and the runner that gives each of them a fresh backend.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::check::{Stop, Verdict};

type Run<P> = fn(Arc<P>) -> BoxFuture<'static, Verdict>;

/// One thing that every backend of a port must do.
pub struct Scenario<P: ?Sized> {
    name: &'static str,
    from_contract: bool,
    run: Run<P>,
}

impl<P: ?Sized> Scenario<P> {
    /// A scenario for one line under "Behaviour"; its name is `method: line`.
    pub(super) fn behaviour(name: &'static str, run: Run<P>) -> Self {
        Self { name, from_contract: true, run }
    }

    /// A scenario for something else that the documentation says.
    pub(super) fn also(name: &'static str, run: Run<P>) -> Self {
        Self { name, from_contract: false, run }
    }

    /// What it shows, as `method: what`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it stands for a line under "Behaviour".
    pub fn is_from_contract(&self) -> bool {
        self.from_contract
    }
}

impl<P: ?Sized> fmt::Debug for Scenario<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scenario").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Lists scenarios: how each came about, its name, and the function that plays it.
macro_rules! scenarios {
    ($($origin:ident $name:literal => $play:path),* $(,)?) => {
        vec![$(crate::testkit::Scenario::$origin($name, |backend| Box::pin($play(backend)))),*]
    };
}
pub(super) use scenarios;

/// All scenarios of one port.
#[derive(Debug)]
pub struct Suite<P: ?Sized> {
    name: &'static str,
    scenarios: Vec<Scenario<P>>,
}

/// How a suite ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many scenarios held.
    pub held: usize,
    /// The scenarios that did not apply, with the reason.
    pub skipped: Vec<(&'static str, String)>,
}

/// The scenarios that a backend does not keep to.
pub struct SuiteFailed {
    suite: &'static str,
    backend: String,
    failed: Vec<(&'static str, String)>,
}

impl SuiteFailed {
    /// Each scenario that failed, and why.
    pub fn failed(&self) -> &[(&'static str, String)] {
        &self.failed
    }
}

impl fmt::Display for SuiteFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}: {} scenarios failed", self.suite, self.backend, self.failed.len())?;
        self.failed.iter().try_for_each(|(name, reason)| write!(f, "\n  {name}: {reason}"))
    }
}

// `expect` prints this form: it must be readable.
impl fmt::Debug for SuiteFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SuiteFailed {}

impl<P: ?Sized + Send + Sync + 'static> Suite<P> {
    pub(super) fn new(name: &'static str, scenarios: Vec<Scenario<P>>) -> Self {
        Self { name, scenarios }
    }

    /// The suite's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its scenarios, in the order in which they are played.
    pub fn scenarios(&self) -> &[Scenario<P>] {
        &self.scenarios
    }

    /// Plays every scenario on a fresh backend from `fresh` and prints how each ended.
    ///
    /// # Errors
    /// [`SuiteFailed`] with all scenarios that failed or panicked; the others were played nevertheless.
    pub async fn run<F, B>(&self, backend: &str, fresh: F) -> Result<Summary, SuiteFailed>
    where
        F: Fn() -> B + Send + Sync,
        B: Future<Output = Arc<P>> + Send,
    {
        let mut summary = Summary { held: 0, skipped: Vec::new() };
        let mut failed = Vec::new();
        for scenario in &self.scenarios {
            let play = (scenario.run)(fresh().await);
            let verdict = AssertUnwindSafe(play)
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(Stop::Broken("it panicked".to_owned())));
            let ending = match verdict {
                Ok(()) => {
                    summary.held += 1;
                    "ok".to_owned()
                }
                Err(Stop::Skipped(reason)) => {
                    let ending = format!("SKIPPED ({reason})");
                    summary.skipped.push((scenario.name, reason));
                    ending
                }
                Err(Stop::Broken(reason)) => {
                    let ending = format!("FAILED ({reason})");
                    failed.push((scenario.name, reason));
                    ending
                }
            };
            self.print(backend, scenario.name, &ending);
        }
        if failed.is_empty() {
            Ok(summary)
        } else {
            Err(SuiteFailed { suite: self.name, backend: backend.to_owned(), failed })
        }
    }

    #[expect(clippy::print_stdout, reason = "the reader of a test run is who this is for")]
    fn print(&self, backend: &str, scenario: &str, ending: &str) {
        println!("{} on {backend}: {scenario} ... {ending}", self.name);
    }
}
