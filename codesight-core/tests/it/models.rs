//! The models keep what they are given.

use codesight_core::model::{InteractionData, InteractionType};

#[test]
fn unknown_fields_and_types_survive_a_round_trip() {
    let text = r#"{"type":"pinch","timestamp":5,"pageContext":{"url":"https://shop.test/","title":"","scroll":{"x":0.0,"y":0.0},"mood":[1]},"fingers":2}"#;
    let interaction: InteractionData = serde_json::from_str(text).expect("a newer recorder's interaction");
    assert_eq!(interaction.kind, InteractionType::Other("pinch".into()));
    let value = serde_json::to_value(&interaction).expect("serialisable");
    assert_eq!(value["fingers"], 2);
    assert_eq!(value["pageContext"]["mood"][0], 1);
    assert_eq!(value["type"], "pinch");
}

proptest::proptest! {
    /// Or the same session, archived and processed again, would give other bytes.
    #[test]
    fn a_number_is_the_same_after_it_was_written_and_read(number in proptest::num::f64::NORMAL) {
        let written = serde_json::to_string(&number).expect("JSON");
        proptest::prop_assert_eq!(serde_json::from_str::<f64>(&written).expect("a number").to_bits(), number.to_bits());
    }
}
