//! Where traces go, and how many.

use std::str::FromStr;

use clap::Args;
use serde::Deserialize;

/// The settings of traces.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TraceSettings {
    /// A collector that traces are sent to by OTLP over HTTP, such as http://127.0.0.1:4318 (with the feature otlp)
    /// [default: none]
    #[arg(id = "traces-to", long = "traces-to", env = "CODESIGHT_TRACES_TO", value_name = "URL")]
    to: Option<String>,

    /// The share of sessions whose traces are sent, 0 to 1 [default: 1]
    #[arg(id = "traces-share", long = "traces-share", env = "CODESIGHT_TRACES_SHARE", value_name = "SHARE")]
    share: Option<Share>,
}

impl TraceSettings {
    /// The collector, if there is one.
    pub(super) fn collector(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// The share of sessions.
    #[cfg(feature = "otlp")]
    pub(super) fn share(&self) -> f64 {
        self.share.map_or(1.0, |share| share.0)
    }
}

/// A number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
struct Share(f64);

impl TryFrom<f64> for Share {
    type Error = &'static str;

    fn try_from(share: f64) -> Result<Self, &'static str> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err("a share is a number from 0 to 1") }
    }
}

impl FromStr for Share {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        text.parse::<f64>().map_or(Err("a share is a number from 0 to 1"), Self::try_from)
    }
}
