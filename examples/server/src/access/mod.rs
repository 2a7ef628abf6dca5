//! Who may use the interface, as whom, and what for: keys, the ring that knows them, and signing in.

mod keys;
mod ring;
mod secret;

pub(crate) use keys::{NewKey, SIGN_IN_LIFETIME};
pub(crate) use ring::{KeyRing, follow};
pub(crate) use secret::KeySecret;
