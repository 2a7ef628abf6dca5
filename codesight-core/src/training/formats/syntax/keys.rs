//! Names of keys in Python's automation libraries, which the models' answers use.

const NAMES: [(&str, &str); 16] = [
    ("Control", "ctrl"),
    ("Alt", "alt"),
    ("Shift", "shift"),
    ("Meta", "cmd"),
    ("Enter", "enter"),
    ("Escape", "esc"),
    ("Tab", "tab"),
    (" ", "space"),
    ("Backspace", "backspace"),
    ("Delete", "delete"),
    ("ArrowUp", "up"),
    ("ArrowDown", "down"),
    ("ArrowLeft", "left"),
    ("ArrowRight", "right"),
    ("PageUp", "pageup"),
    ("PageDown", "pagedown"),
];

/// The name of a key of `KeyboardEvent.key`.
pub(super) fn write(key: &str) -> String {
    let known = NAMES.iter().find(|(name, _)| *name == key);
    known.map_or_else(|| key.to_lowercase(), |(_, written)| (*written).to_owned())
}

/// The key of a name.
pub(super) fn read(name: &str) -> String {
    let known = NAMES.iter().find(|(_, written)| *written == name);
    if let Some((key, _)) = known {
        return (*key).to_owned();
    }
    let mut letters = name.chars();
    match letters.next() {
        // Function keys and Home, End and so on begin with a capital letter; letters of a text do not.
        Some(first) if letters.clone().next().is_some() => first.to_uppercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}
