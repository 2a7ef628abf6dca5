#![doc = include_str!("../README.md")]

pub mod format;
pub mod image;
pub mod limits;
mod special;
pub mod tokens;
pub mod validate;
