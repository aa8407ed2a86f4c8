//! JWTs: their claims, and the keys that sign them.

pub mod jwks;
pub mod token_claims;
