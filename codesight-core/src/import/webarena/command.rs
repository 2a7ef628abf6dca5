//! Commands in the two ways they are written: `click('SD')` and `click [123]`.

/// What an agent was told to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Click the element.
    Click {
        /// Its name in the words of the page.
        id: String,
    },
    /// Rest the pointer on the element.
    Hover {
        /// Its name in the words of the page.
        id: String,
    },
    /// Choose an option of a list.
    Select {
        /// The list's name in the words of the page.
        id: String,
        /// The option.
        option: String,
    },
    /// Type into a field.
    Type {
        /// The field's name in the words of the page.
        id: String,
        /// The text.
        text: String,
        /// Whether the Enter key follows.
        enter: bool,
    },
    /// Press keys together.
    Press {
        /// Names of `KeyboardEvent.key`.
        keys: Vec<String>,
    },
    /// Scroll so many pages down.
    Scroll {
        /// Below zero: up.
        pages: f64,
    },
    /// One page back.
    Back,
    /// One page forward.
    Forward,
    /// Go to an address.
    Go {
        /// The address.
        url: String,
    },
    /// Open, close or change a tab.
    Tab,
    /// Ask the user.
    Ask,
    /// The task is done.
    Finish {
        /// The answer.
        answer: String,
    },
}

impl Command {
    /// Reads a command; what stands after it, such as a comment, is passed over.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let rest = rest.trim_start();
        let arguments =
            if let Some(inner) = rest.strip_prefix('(') { in_call(inner)? } else { in_brackets(rest)? };
        Self::of(name, &arguments)
    }

    fn of(name: &str, arguments: &[String]) -> Option<Self> {
        let argument = |index: usize| arguments.get(index).cloned();
        let command = match name {
            "click" => Self::Click { id: argument(0)? },
            "hover" => Self::Hover { id: argument(0)? },
            "select" => Self::Select { id: argument(0)?, option: argument(1)? },
            "type" | "type_string" => Self::Type {
                id: argument(0)?,
                text: argument(1)?,
                enter: match argument(2).as_deref() {
                    Some("True" | "true" | "1") => true,
                    Some("False" | "false" | "0") => false,
                    // WebArena presses Enter unless told not to.
                    _ => name == "type",
                },
            },
            "press" => Self::Press { keys: argument(0)?.split('+').map(key).collect() },
            "scroll" | "scroll_page" => match argument(0)?.as_str() {
                "down" => Self::Scroll { pages: 1.0 },
                "up" => Self::Scroll { pages: -1.0 },
                _ => return None,
            },
            "go" => match argument(0)?.as_str() {
                "backward" | "back" => Self::Back,
                "forward" => Self::Forward,
                _ => return None,
            },
            "go_back" => Self::Back,
            "go_forward" => Self::Forward,
            "goto" | "jump_to" => Self::Go { url: argument(0)? },
            "new_tab" | "close_tab" | "tab_focus" | "page_focus" | "switch_tab" => Self::Tab,
            "user_input" => Self::Ask,
            "finish" | "stop" => Self::Finish { answer: argument(0).unwrap_or_default() },
            _ => return None,
        };
        Some(command)
    }
}

fn key(name: &str) -> String {
    match name.trim().to_ascii_lowercase().as_str() {
        "ctrl" | "control" => "Control".to_owned(),
        "cmd" | "meta" => "Meta".to_owned(),
        "alt" => "Alt".to_owned(),
        "shift" => "Shift".to_owned(),
        "enter" => "Enter".to_owned(),
        _ => name.trim().to_owned(),
    }
}

/// Quoted texts and plain words up to the closing bracket.
fn in_call(text: &str) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.starts_with(')') {
            return Some(arguments);
        }
        if let Some((name, value)) = rest.split_once('=')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            rest = value.trim_start();
        }
        let (argument, more) = match rest.chars().next()? {
            quote @ ('\'' | '"') => quoted(&rest[1..], quote)?,
            _ => {
                let end = rest.find([',', ')'])?;
                (rest[..end].trim().to_owned(), &rest[end..])
            }
        };
        arguments.push(argument);
        rest = more.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
}

fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut plain = String::new();
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            letter if letter == quote => return Some((plain, &text[place + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => plain.push('\n'),
                other => plain.push(other),
            },
            letter => plain.push(letter),
        }
    }
    None
}

/// `[a] [b c] [1]`; none of them for a command without arguments.
fn in_brackets(text: &str) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    let mut rest = text.trim_start();
    while let Some(inner) = rest.strip_prefix('[') {
        let mut depth = 1_u32;
        let end = inner.char_indices().find_map(|(place, letter)| {
            match letter {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(place)
        })?;
        arguments.push(inner[..end].to_owned());
        rest = inner[end + 1..].trim_start();
    }
    Some(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_are_read() {
        let text = |text: &str| text.to_owned();
        assert_eq!(Command::read("click('SD')"), Some(Command::Click { id: text("SD") }));
        assert_eq!(
            Command::read("click [123] where [123] is a link"),
            Some(Command::Click { id: text("123") })
        );
        assert_eq!(
            Command::read("type_string('E', 'it\\'s', True) # why"),
            Some(Command::Type { id: text("E"), text: text("it's"), enter: true })
        );
        assert_eq!(
            Command::read("type [7] [two [2] words] [0]"),
            Some(Command::Type { id: text("7"), text: text("two [2] words"), enter: false })
        );
        assert_eq!(Command::read("scroll [down]"), Some(Command::Scroll { pages: 1.0 }));
        assert_eq!(
            Command::read("press [Ctrl+v]"),
            Some(Command::Press { keys: vec![text("Control"), text("v")] })
        );
        assert_eq!(
            Command::read("jump_to(url='https://a.test/', new_tab=False)"),
            Some(Command::Go { url: text("https://a.test/") })
        );
        assert_eq!(Command::read("finish()"), Some(Command::Finish { answer: String::new() }));
        for bad in ["", "fly('A')", "click(", "click [1", "select('A')", "type_string('A'"] {
            assert_eq!(Command::read(bad), None, "{bad}");
        }
    }
}
