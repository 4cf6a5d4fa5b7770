//! Short lists that tell names and addresses of people from other words in capitals.

use std::collections::HashSet;
use std::sync::OnceLock;

type Set = HashSet<&'static str, foldhash::fast::RandomState>;

/// A list of words.
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    /// Given names.
    Given,
    /// Given names that are words too: they count only before a known family name.
    Words,
    /// Family names.
    Family,
    /// Words for streets, lower case.
    Streets,
    /// Words before a name that tell it.
    Titles,
    /// Words that stand in capitals and are no names.
    Nouns,
}

impl List {
    /// Whether the list has a word.
    pub(super) fn has(self, word: &str) -> bool {
        static LISTS: OnceLock<Vec<Set>> = OnceLock::new();
        let lists = LISTS.get_or_init(|| {
            let lines = include_str!("names.txt").lines();
            let mut lists: Vec<Set> = Vec::new();
            for line in lines.filter(|line| !line.starts_with('#')) {
                match lists.last_mut() {
                    Some(list) if !line.ends_with(':') => list.extend(line.split(' ')),
                    _ => lists.push(Set::default()),
                }
            }
            lists
        });
        lists
            .get(self as usize)
            .is_some_and(|list| list.contains(word))
    }
}
