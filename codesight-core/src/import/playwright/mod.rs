//! Playwright: traces, and the JSON lines of its code generator.

mod codegen;
mod locator;
mod snapshot;
mod trace;

pub use codegen::PlaywrightCodegen;
pub use trace::PlaywrightTrace;

/// The bits of modifier keys in a recorded action.
const MODIFIERS: [(u64, &str); 4] = [(1, "Alt"), (2, "Control"), (4, "Meta"), (8, "Shift")];

/// The keys of a press such as `Control+A`, or of one with modifiers as bits.
fn keys(pressed: &str, modifiers: u64) -> Vec<String> {
    let mut keys: Vec<String> = MODIFIERS
        .iter()
        .filter(|(bit, _)| modifiers & bit != 0)
        .map(|(_, name)| (*name).to_owned())
        .collect();
    if pressed == "+" {
        keys.push(pressed.to_owned());
        return keys;
    }
    let parts = pressed.split('+').filter(|part| !part.is_empty());
    keys.extend(parts.map(|part| match part {
        "ControlOrMeta" => "Control".to_owned(),
        part => part.to_owned(),
    }));
    keys
}
