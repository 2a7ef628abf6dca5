//! The secret that proves who calls.

use std::fmt;

/// An API key. It has no `Display`, no `Serialize`, and its `Debug` shows nothing of it.
///
/// ```compile_fail
/// println!("{}", codesight_openai::client::ApiKey::new("sk-secret"));
/// ```
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// Takes the key; blanks and line ends around it, as files have them, are dropped.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into().trim().to_owned())
    }

    /// For the request header, and for nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}
