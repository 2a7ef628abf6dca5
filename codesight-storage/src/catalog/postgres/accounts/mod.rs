//! Consent ledger, rights register, exports and the evidence of the audit log, in the catalog's schema.

mod consents;
mod evidence;
mod exports;
mod register;
mod scrub;
