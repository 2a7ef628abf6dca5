//! Canaries: made-up values in every surface and every writing, none of which may survive the masker.

use std::sync::Arc;

use codesight_core::model::InteractionData;
use codesight_core::ports::SecretKey;
use codesight_core::privacy::{Masker, PatternDetector, Pseudonymizer, Raw};

use crate::plants;

#[test]
fn no_canary_survives_in_any_surface_in_any_writing() {
    let (mut survivors, mut places) = (Vec::new(), 0);
    let plants = plants::all();
    for plant in &plants {
        let input = plants::planted(&plant.text);
        let before = input.to_string().matches(&plant.secret).count();
        assert!(before > 40, "not in the input: {plant:?}");
        places += before;
        let interaction: InteractionData = serde_json::from_value(input).expect("an interaction");
        let pseudonyms = Pseudonymizer::new(SecretKey::from_bytes([7; 32]));
        let mut masker = Masker::new(Arc::new(PatternDetector::new()), pseudonyms);
        let masked = serde_json::to_value(masker.interaction(Raw::new(interaction))).expect("JSON");
        let left = masked.to_string().matches(&plant.secret).count();
        if left > 0 {
            survivors.push(format!("{plant:?}: {left} of {before}"));
        }
    }
    assert!(plants.len() > 200 && places > 8_000, "{} plants in {places} places", plants.len());
    assert!(survivors.is_empty(), "{} of {}:\n{}", survivors.len(), plants.len(), survivors.join("\n"));
}
