//! Values to replay with, in the place of those that were masked.

/// What a recorded text is when a script types it: itself, or a value that has to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// Text without anything masked.
    Plain(String),
    /// Text with parameters in it: pieces of text and names of parameters in turn, text first.
    Filled(Vec<String>),
}

/// Parts a text at its stand-ins, such as `<EMAIL_7KQ2M0>`.
pub(super) fn typed(text: &str) -> Typed {
    let mut pieces = vec![String::new()];
    let mut rest = text;
    while let Some(place) = rest.find('<') {
        let after = &rest[place + 1..];
        let end = after.find('>').filter(|end| is_name(&after[..*end]));
        let plain = pieces.len() - 1;
        match end {
            Some(end) => {
                pieces[plain].push_str(&rest[..place]);
                pieces.push(after[..end].to_owned());
                pieces.push(String::new());
                rest = &after[end + 1..];
            }
            None => {
                pieces[plain].push_str(&rest[..=place]);
                rest = after;
            }
        }
    }
    let plain = pieces.len() - 1;
    pieces[plain].push_str(rest);
    if pieces.len() == 1 { Typed::Plain(pieces.remove(0)) } else { Typed::Filled(pieces) }
}

fn is_name(text: &str) -> bool {
    (2..=24).contains(&text.len())
        && text.starts_with(|letter: char| letter.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A value of the right shape that is nobody's: reserved names and numbers that are published for tests.
pub(super) fn example_value(name: &str) -> &'static str {
    const VALUES: [(&str, &str); 10] = [
        ("EMAIL", "someone@example.com"),
        ("PHONE", "+1 202 555 0143"),
        ("CARD", "4242 4242 4242 4242"),
        ("PERSON", "Alex Example"),
        ("NAME", "Alex Example"),
        ("ADDRESS", "1 Example Street"),
        ("POSTAL", "10001"),
        ("IBAN", "GB33BUKB20201555555555"),
        ("DATE", "01/31"),
        ("IP", "192.0.2.1"),
    ];
    VALUES.iter().find(|(kind, _)| name.starts_with(kind)).map_or("example", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_parted_at_their_stand_ins() {
        let text = |text: &str| text.to_owned();
        assert_eq!(typed("a < b <EMAIL> c"), Typed::Filled(vec![text("a < b "), text("EMAIL"), text(" c")]));
        assert_eq!(typed("<b> 1<2>"), Typed::Plain(text("<b> 1<2>")));
        assert_eq!(typed("<EMAIL_7KQ2M0>"), Typed::Filled(vec![text(""), text("EMAIL_7KQ2M0"), text("")]));
        assert_eq!(example_value("EMAIL_7KQ2M0"), "someone@example.com");
    }
}
