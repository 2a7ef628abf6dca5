//! WebShop: goals in the words of people, and the search terms that were used for them.

use serde_json::Value;

use super::interaction;
use super::rules;
use super::{ImportOptions, Imported, ImportedTask, Importer, Source, json};
use crate::error::Result;
use crate::model::SessionGoal;

/// Reads lists of goals, and goals with search terms.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebShop;

/// Words that ask, and words that only join others.
const NOT_ATTRIBUTES: [&str; 66] = [
    "a",
    "about",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "buy",
    "by",
    "can",
    "could",
    "dollars",
    "find",
    "for",
    "from",
    "get",
    "give",
    "have",
    "help",
    "i",
    "id",
    "im",
    "in",
    "interested",
    "is",
    "it",
    "its",
    "less",
    "like",
    "look",
    "looking",
    "lower",
    "me",
    "must",
    "my",
    "need",
    "of",
    "on",
    "one",
    "or",
    "order",
    "please",
    "price",
    "priced",
    "search",
    "searching",
    "should",
    "show",
    "some",
    "something",
    "than",
    "that",
    "the",
    "them",
    "they",
    "to",
    "under",
    "want",
    "which",
    "with",
    "would",
    "you",
];

impl Importer for WebShop {
    fn name(&self) -> &'static str {
        "webshop"
    }

    fn recognises(&self, source: &Source) -> bool {
        let head = source.head().to_ascii_lowercase();
        let asks = ["i need", "i want", "looking for", "i would like", "find me"]
            .iter()
            .any(|words| head.contains(words));
        let is_list = head.starts_with('[') && head[1..].trim_start().starts_with('"');
        let is_map = head.starts_with('{') && head.contains("\": [") && !head.contains("\"type\"");
        asks && (is_list || is_map)
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let goals = json::parse(source.only()?, &options.limits)?;
        let mut imported = Imported::new(self.name());
        let mut invalid = 0;
        match &goals {
            Value::Array(goals) => {
                json::check_count(goals.len(), options.limits.max_events)?;
                for goal in goals {
                    match goal.as_str() {
                        Some(text) => imported.tasks.push(task(text, &[], options)),
                        None => invalid += 1,
                    }
                }
            }
            Value::Object(goals) => {
                json::check_count(goals.len(), options.limits.max_events)?;
                for (goal, queries) in goals {
                    match queries.as_array() {
                        Some(queries) => imported.tasks.push(task(goal, queries, options)),
                        None => invalid += 1,
                    }
                }
            }
            _ => invalid += 1,
        }
        if invalid > 0 {
            imported.findings.push(rules::EVENT_INVALID.counted(invalid));
        }
        Ok(imported)
    }
}

fn task(text: &str, queries: &[Value], options: &ImportOptions) -> ImportedTask {
    let text = interaction::shortened(text, options.limits.max_text);
    let (wanted, price_bound) = split_price(text);
    let mut attributes: Vec<String> = Vec::new();
    for word in words(wanted) {
        if !NOT_ATTRIBUTES.contains(&word.as_str()) && !attributes.contains(&word) {
            attributes.push(word);
        }
    }
    ImportedTask {
        goal: SessionGoal { text: text.to_owned(), ..SessionGoal::default() },
        price_bound,
        attributes,
        queries: queries.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

/// Lower-case words; numbers with their points, and words with the hyphens within them.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '.' | '/' | '%' | '\'')))
        .map(|word| {
            word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '%').to_lowercase()
        })
        .filter(|word| !word.is_empty())
        .collect()
}

/// What is wanted, and the price it may not pass: "…, and price lower than 50.00 dollars", "under $40".
fn split_price(text: &str) -> (&str, Option<f64>) {
    const BOUNDS: [&str; 8] =
        ["lower than", "less than", "under", "below", "cheaper than", "up to", "no more than", "at most"];
    let lower = text.to_ascii_lowercase();
    let bound = BOUNDS.iter().filter_map(|bound| {
        let place = lower.rfind(bound)?;
        let after = lower[place + bound.len()..].trim_start();
        let has_sign = after.starts_with('$');
        let after = after.trim_start_matches('$').trim_start();
        let digits: String = after
            .chars()
            .take_while(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','))
            .collect();
        let is_money = has_sign
            || after[digits.len()..].trim_start().starts_with("dollar")
            || lower[..place].trim_end().ends_with("price")
            || lower[..place].trim_end().ends_with("priced")
            || lower[..place].trim_end().ends_with("cost");
        let amount = digits.trim_end_matches(['.', ',']).replace(',', "").parse::<f64>().ok()?;
        (is_money && amount > 0.0).then_some((place, amount))
    });
    match bound.max_by_key(|(place, _)| *place) {
        Some((place, amount)) => (text.get(..place).unwrap_or(text), Some(amount)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_told_from_other_numbers() {
        let price = |text: &str| split_price(text).1;
        assert_eq!(price("a red shoe, and price lower than 50.00 dollars"), Some(50.0));
        assert_eq!(price("something under $1,200"), Some(1_200.0));
        assert_eq!(price("a mat for under 3 beds"), None);
        assert_eq!(price("less than 2 inches thick, priced less than 30"), Some(30.0));
        assert_eq!(price("no price at all"), None);
    }
}
