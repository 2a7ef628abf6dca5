//! Splits of a data set in which nothing that is held out was seen in training.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::id::{ContentHash, SessionId};

/// What must not stand on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitBy {
    /// Tasks: a model is asked for what it was never asked for.
    Task,
    /// Sites: a model works where it never was.
    Site,
    /// People: a model meets habits it never met.
    Person,
}

/// A part of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Learned from.
    Train,
    /// Looked at while learning.
    Validation,
    /// Looked at once.
    Test,
}

/// What is known of a session for splitting. Names are compared, never written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitItem {
    /// The session.
    pub session: SessionId,
    /// Its task: the id of it, or its words.
    pub task: String,
    /// Its site, as a host name.
    pub site: String,
    /// The person it is about.
    pub person: String,
    /// Its pictures. Sessions that share one stay together, whatever they are split by.
    pub pictures: Vec<ContentHash>,
}

/// How a data set is split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SplitOptions {
    /// What must not stand on both sides.
    pub by: SplitBy,
    /// Share of the sessions for validation, 0 to 1.
    pub validation: f64,
    /// Share of the sessions for the test, 0 to 1.
    pub test: f64,
    /// Another seed gives another split.
    pub seed: u64,
}

impl Default for SplitOptions {
    fn default() -> Self {
        Self { by: SplitBy::Task, validation: 0.1, test: 0.1, seed: 0 }
    }
}

/// Which part each session is in.
///
/// Sessions that share what they are split by, or a picture, form a group, also by way of a third; a group goes into one
/// part as a whole. Groups are taken in an order that follows from the seed and their members alone, so that the same
/// sessions give the same split, in whatever order they come. A group of more than a third of all sessions is learned
/// from.
///
/// # Errors
/// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for shares that are no shares or leave nothing to learn from.
pub fn split(items: &[SplitItem], options: &SplitOptions) -> Result<BTreeMap<SessionId, Part>> {
    let is_share = |share: f64| (0.0..1.0).contains(&share);
    if !is_share(options.validation) || !is_share(options.test) || options.validation + options.test >= 1.0 {
        return Err(Error::invalid("training.split", "the shares leave nothing to learn from"));
    }
    let mut groups = groups(items, options.by);
    groups.sort_by_cached_key(|group| order(group, options.seed));
    let wanted = |share: f64| (share * items.len() as f64).round() as usize;
    let mut left = [(Part::Test, wanted(options.test)), (Part::Validation, wanted(options.validation))];
    let mut parts = BTreeMap::new();
    for group in groups {
        let fits = left.iter_mut().find(|(_, left)| *left > 0 && group.len() * 3 <= items.len().max(3));
        // Groups are whole, so a part may come out a little larger than it was wanted.
        let part = match fits {
            Some((part, left)) if group.len() <= *left + *left / 2 + 1 => {
                *left = left.saturating_sub(group.len());
                *part
            }
            _ => Part::Train,
        };
        parts.extend(group.into_iter().map(|item| (item.session.clone(), part)));
    }
    Ok(parts)
}

/// A name that stands in training and in what is held out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// A session that is learned from.
    pub learned: SessionId,
    /// A session of another part that shares something with it.
    pub held_out: SessionId,
}

/// Every pair of sessions on two sides that share what the split must keep apart, or a picture.
pub fn leaks(items: &[SplitItem], parts: &BTreeMap<SessionId, Part>, by: SplitBy) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for group in groups(items, by) {
        let part = |item: &SplitItem| parts.get(&item.session).copied().unwrap_or(Part::Train);
        let learned = group.iter().find(|item| part(item) == Part::Train);
        let held_out = group.iter().filter(|item| part(item) != Part::Train);
        if let Some(learned) = learned {
            leaks.extend(
                held_out
                    .map(|item| Leak { learned: learned.session.clone(), held_out: item.session.clone() }),
            );
        }
    }
    leaks
}

fn groups(items: &[SplitItem], by: SplitBy) -> Vec<Vec<&SplitItem>> {
    let mut parents: Vec<usize> = (0..items.len()).collect();
    fn root(parents: &mut [usize], mut of: usize) -> usize {
        while parents[of] != of {
            parents[of] = parents[parents[of]];
            of = parents[of];
        }
        of
    }
    let mut join = |a: usize, b: usize| {
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        parents[a.max(b)] = a.min(b);
    };
    let (mut names, mut pictures) = (BTreeMap::new(), BTreeMap::new());
    for (index, item) in items.iter().enumerate() {
        let name = match by {
            SplitBy::Task => item.task.trim().to_lowercase(),
            SplitBy::Site => item.site.trim().trim_start_matches("www.").to_lowercase(),
            SplitBy::Person => item.person.clone(),
        };
        if let Some(first) = names.get(&name) {
            join(*first, index);
        } else {
            names.insert(name, index);
        }
        for picture in &item.pictures {
            if let Some(first) = pictures.get(picture) {
                join(*first, index);
            } else {
                pictures.insert(*picture, index);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<&SplitItem>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        groups.entry(root(&mut parents, index)).or_default().push(item);
    }
    groups.into_values().collect()
}

/// A number that follows from the seed and the first of the members by name.
fn order(group: &[&SplitItem], seed: u64) -> [u8; 32] {
    let first = group.iter().map(|item| item.session.as_str()).min().unwrap_or_default();
    Sha256::new().chain_update(seed.to_be_bytes()).chain_update(first).finalize().into()
}
