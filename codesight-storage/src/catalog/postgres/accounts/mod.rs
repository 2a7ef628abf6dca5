//! API keys, consent ledger, rights register, exports and the evidence of the audit log, in the catalog's schema.

mod api_keys;
mod consents;
mod evidence;
mod exports;
mod register;
mod scrub;
