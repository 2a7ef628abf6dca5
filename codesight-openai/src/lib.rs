#![doc = include_str!("../README.md")]

#[cfg(feature = "http")]
pub mod api;
#[cfg(feature = "http")]
pub mod client;
#[cfg(feature = "http")]
pub mod files;
pub mod format;
pub mod image;
#[cfg(feature = "http")]
pub mod jobs;
pub mod limits;
#[cfg(feature = "http")]
pub mod provider;
#[cfg(feature = "http")]
pub mod records;
mod special;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod tokens;
#[cfg(feature = "http")]
pub mod uploads;
pub mod validate;
