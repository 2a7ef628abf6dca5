//! What a page declares about itself for machines: JSON-LD, microdata and OpenGraph, and the products in it.

mod jsonld;
mod microdata;
mod opengraph;
mod products;

pub use jsonld::json_ld;
pub use microdata::{Item, Property, microdata};
pub use opengraph::{OpenGraph, open_graph};
pub use products::products;
