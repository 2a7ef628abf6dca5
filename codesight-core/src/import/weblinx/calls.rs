//! The calls in which WebLINX writes turns, such as `click(x=419, y=497, tag="a", attrs={}, timestamp="04:31")`.

use std::collections::BTreeMap;

/// One turn. Arguments are the texts between quotes, or what stands there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: BTreeMap<String, String>,
}

impl Call {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).map(String::as_str)
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Milliseconds from the beginning of the demonstration.
    pub(super) fn millis(&self) -> Option<i64> {
        millis(self.text("timestamp")?)
    }
}

/// `mm:ss` or `hh:mm:ss` in milliseconds.
pub(super) fn millis(text: &str) -> Option<i64> {
    let parts: Vec<i64> = text.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [minutes, seconds] => minutes.checked_mul(60)?.checked_add(seconds)?,
        [hours, minutes, seconds] => {
            hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?
        }
        _ => return None,
    };
    (seconds >= 0).then(|| seconds.saturating_mul(1_000))
}

/// Calls between `;`. What cannot be read ends the list.
pub(super) fn read_calls(text: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut rest = text.trim_start();
    while let Some((call, more)) = read_call(rest) {
        calls.push(call);
        rest = more.trim_start();
        rest = rest.strip_prefix(';').unwrap_or(rest).trim_start();
    }
    calls
}

fn read_call(text: &str) -> Option<(Call, &str)> {
    let (name, mut rest) = text.split_once('(')?;
    let name = name.trim();
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let mut arguments = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if let Some(rest) = rest.strip_prefix(')') {
            return Some((Call { name: name.to_owned(), arguments }, rest));
        }
        let (argument, after) = rest.split_once('=')?;
        let (value, after) = read_value(after.trim_start())?;
        arguments.insert(argument.trim().to_owned(), value);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
}

fn read_value(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let mut plain = String::new();
        let mut letters = quoted.char_indices();
        while let Some((place, letter)) = letters.next() {
            match letter {
                '"' => return Some((plain, &quoted[place + 1..])),
                '\\' => match letters.next()?.1 {
                    'n' => plain.push('\n'),
                    't' => plain.push('\t'),
                    other => plain.push(other),
                },
                letter => plain.push(letter),
            }
        }
        return None;
    }
    let (mut depth, mut end) = (0_u32, text.len());
    for (place, letter) in text.char_indices() {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.checked_sub(1)?,
            ',' | ')' if depth == 0 => {
                end = place;
                break;
            }
            _ => {}
        }
    }
    (end < text.len()).then(|| (text[..end].trim().to_owned(), &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_up_to_what_cannot_be() {
        let calls = read_calls(
            r#"say(speaker="navigator", utterance="Yes; \"sure\" (now)", timestamp="01:02") ; click(x=4.5, y=-1, attrs={a,b}) ; tabremove(target=7) ; broken(x="#,
        );
        let names: Vec<_> = calls.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, ["say", "click", "tabremove"]);
        assert_eq!(calls[0].text("utterance"), Some("Yes; \"sure\" (now)"));
        assert_eq!((calls[0].millis(), calls[1].number("x")), (Some(62_000), Some(4.5)));
        assert_eq!(millis("1:00:01"), Some(3_601_000));
        assert_eq!((millis("x"), millis("-1:00"), millis("9223372036854775807:0")), (None, None, None));
    }
}
