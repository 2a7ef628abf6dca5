//! What a goal names in so many words: what stands in quotation marks, the items of a list, dates, times and other
//! words with digits, accounts (`@name`), the values of a goal written as JSON, and words with capital letters.
//!
//! Only punctuation, digits and capitals are read, so that it works in any language that writes with them; the word
//! that ends a list ("and", "und", …) is known in a few.

use super::words::fold;

/// The most terms that are looked for.
const MOST_TERMS: usize = 64;
/// Characters of a goal that are read; the rest is seldom the task.
const LONGEST_GOAL: usize = 4_000;
/// The most words of an item of a list.
const ITEM_WORDS: usize = 3;
const PAIRS: [(char, char); 6] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('‹', '›')];
const AND: [&str; 10] = ["and", "und", "et", "y", "e", "en", "och", "og", "i", "&"];

/// How plainly a goal names something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In quotation marks: letter for letter.
    Quoted,
    /// A date, a time, a code, an account, a value.
    Stated,
    /// An item of what looks like a list.
    Listed,
    /// A single number of at most two digits, or a word with a capital letter: perhaps a name, perhaps not.
    Hinted,
}

impl Kind {
    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Quoted => 2.0,
            Self::Stated | Self::Listed => 1.0,
            Self::Hinted => 0.5,
        }
    }
}

/// One thing that a goal names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) kind: Kind,
    /// As it is written.
    pub(super) text: String,
    /// As it is compared.
    pub(super) folded: String,
    /// Other ways to write it: a time as a time field holds it.
    pub(super) others: Vec<String>,
}

/// All that a goal names, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    pub(super) all: Vec<Term>,
}

impl Terms {
    pub(super) fn of(goal: &str) -> Self {
        let end = goal.char_indices().nth(LONGEST_GOAL).map_or(goal.len(), |(at, _)| at);
        let goal = goal[..end].trim();
        let mut terms = Self::default();
        if let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(goal) {
            for value in fields.values() {
                match value {
                    serde_json::Value::String(text) => terms.add(Kind::Stated, text),
                    serde_json::Value::Number(number) => terms.add(Kind::Hinted, &number.to_string()),
                    _ => {}
                }
            }
            return terms;
        }
        let rest = terms.take_quoted(goal);
        terms.add_list(&rest);
        terms.add_words(&rest);
        terms
    }

    fn add(&mut self, kind: Kind, text: &str) {
        let folded = fold(text);
        let known = self.all.iter().any(|term| term.folded == folded);
        if !folded.is_empty() && !known && self.all.len() < MOST_TERMS {
            self.all.push(Term { kind, text: text.trim().to_owned(), folded, others: Vec::new() });
        }
    }

    /// Takes what stands in quotation marks out of the goal.
    fn take_quoted(&mut self, goal: &str) -> String {
        let mut rest = String::with_capacity(goal.len());
        let mut text = goal;
        while let Some((at, opening)) = text.char_indices().find(|(_, letter)| opens(*letter)) {
            let inner = &text[at + opening.len_utf8()..];
            let closing = PAIRS.iter().filter(|(left, _)| *left == opening).map(|(_, right)| *right);
            let end = inner.find(|letter| closing.clone().any(|closing| closing == letter));
            rest.push_str(&text[..at]);
            let Some(end) = end else {
                text = inner;
                continue;
            };
            self.add(Kind::Quoted, &inner[..end]);
            // A mark keeps what stands on both sides from becoming neighbours.
            rest.push('\u{fffc}');
            text = inner[end..].chars().next().map_or("", |closing| &inner[end + closing.len_utf8()..]);
        }
        rest.push_str(text);
        rest
    }

    /// `Select nk, wl and 7WPj, then go on`: of the first part its last word, of the last what stands before "and".
    fn add_list(&mut self, rest: &str) {
        let parts: Vec<&str> = rest.split(',').collect();
        let Some(last) = parts.len().checked_sub(1).filter(|last| *last > 0) else { return };
        let mut items: Vec<String> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let words: Vec<&str> = part.split_whitespace().collect();
            let words = match index {
                0 => words.last().map_or(&[][..], std::slice::from_ref),
                index if index == last => {
                    let ends = |word: &&str| AND.contains(&word.to_lowercase().as_str());
                    words.split(ends).find(|item| !item.is_empty()).unwrap_or_default()
                }
                _ => &words,
            };
            let item = words.join(" ");
            if (1..=ITEM_WORDS).contains(&words.len()) && !item.contains('\u{fffc}') {
                items.push(item);
            }
        }
        if items.len() > 1 {
            items.iter().for_each(|item| self.add(Kind::Listed, item));
        }
    }

    fn add_words(&mut self, rest: &str) {
        let words: Vec<&str> = rest.split_whitespace().map(core).collect();
        for (index, word) in words.iter().copied().enumerate() {
            let is_half =
                |word: &str| matches!(word.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m" | "p.m");
            if is_half(word) {
                continue;
            }
            if let Some(times) = time(word, words.get(index + 1).copied().unwrap_or_default()) {
                let told = self.all.len();
                self.add(Kind::Stated, word);
                if let Some(term) = self.all.get_mut(told) {
                    // A clock of twelve hours says two times with the same digits, so these alone are not enough.
                    let next = words.get(index + 1).copied().unwrap_or_default();
                    term.others = vec![fold(&format!("{word} {next}"))];
                    term.folded = times;
                }
                continue;
            }
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let is_number = digits == word.chars().count();
            let is_coded =
                digits > 0 || word.starts_with(['@', '#']) || word.chars().skip(1).any(char::is_uppercase);
            if is_number && digits > 0 && digits <= 2 {
                self.add(Kind::Hinted, word);
            } else if is_coded && word.chars().count() > 1 {
                self.add(Kind::Stated, word);
                let told = self.all.last_mut().filter(|term| term.text == word);
                if let (Some(term), Some(dates)) = (told, dates(word)) {
                    term.others = dates;
                }
            } else if index > 0 && word.chars().count() > 1 && word.starts_with(char::is_uppercase) {
                self.add(Kind::Hinted, word);
            }
        }
    }
}

fn opens(letter: char) -> bool {
    PAIRS.iter().any(|(left, _)| *left == letter)
}

/// A word without the punctuation around it and without a possessive.
fn core(word: &str) -> &str {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '@' | '#'));
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

/// `8:57` with the word after it, as a field of a time holds it.
fn time(word: &str, next: &str) -> Option<String> {
    let (clock, suffix) = match word.find(|letter: char| letter.is_ascii_alphabetic()) {
        Some(at) => word.split_at(at),
        None => (word, next),
    };
    let (hours, minutes) = clock.split_once(':')?;
    let is_two = minutes.len() == 2 && minutes.bytes().all(|byte| byte.is_ascii_digit());
    let hours: u32 = hours.parse().ok().filter(|hours| *hours < 24 && is_two)?;
    let half = suffix.to_ascii_lowercase().replace('.', "");
    let hours = match half.as_str() {
        "pm" if hours < 12 => hours + 12,
        "am" if hours == 12 => 0,
        _ => hours,
    };
    Some(format!("{hours:02} {minutes}"))
}

/// `03/04/2016` as a field of a date holds it: year first. Which of the others is the month is not said.
fn dates(word: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = word.split(['/', '.', '-']).collect();
    let [first, second, year] = parts[..] else { return None };
    let is_number = |part: &str, longest: usize| part.len() <= longest && part.parse::<u32>().is_ok();
    (year.len() == 4 && is_number(first, 2) && is_number(second, 2) && is_number(year, 4))
        .then(|| vec![format!("{year} {first:0>2} {second:0>2}"), format!("{year} {second:0>2} {first:0>2}")])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(goal: &str) -> Vec<String> {
        let terms = Terms::of(goal);
        let mark = |kind| match kind {
            Kind::Quoted => "\"",
            Kind::Stated => "",
            Kind::Listed => "-",
            Kind::Hinted => "~",
        };
        terms.all.iter().map(|term| format!("{}{}", mark(term.kind), term.folded)).collect()
    }

    #[test]
    fn a_goal_names_what_is_quoted_listed_dated_or_written_like_a_name() {
        assert_eq!(told("Buy a mug"), [""; 0]);
        assert_eq!(told("Click on the \"Yes\" button."), ["\"yes"]);
        assert_eq!(told("Klicke auf „Später“ und «Ja»"), ["\"später", "\"ja"]);
        assert_eq!(told("Select nk, wl, 7WPj and click Submit."), ["-nk", "-wl", "-7wpj", "~submit"]);
        assert_eq!(told("Select yhjUHl and click Submit."), ["yhjuhl", "~submit"]);
        assert_eq!(told("For the user @duis, click on the \"Reply\" button."), ["\"reply", "duis"]);
        assert_eq!(told("Enter 8:57 PM as the time"), ["20 57"]);
        assert_eq!(told("Enter 12:05am"), ["00 05"]);
        assert_eq!(told("Select 04/03/2016 as the date"), ["04 03 2016"]);
        assert_eq!(told("Put 2 of Norrow's lamps in the cart"), ["~2", "~norrow"]);
        assert_eq!(told("{\"City\": \"Salt Lake City\", \"Day\": 4}"), ["salt lake city", "~4"]);
        assert_eq!(told("An \"unfinished quotation"), [""; 0]);
    }

    #[test]
    fn a_date_and_a_time_are_known_as_a_field_holds_them() {
        assert_eq!(Terms::of("at 03/04/2016").all[0].others, ["2016 03 04", "2016 04 03"]);
        assert_eq!(Terms::of("at 8:57 PM").all[0].others, ["8 57 pm"]);
    }
}
