//! What is not the same in two captures, at a glance.

/// What a capture changed against the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The configuration.
    pub configuration: bool,
    /// The relationships.
    pub relations: bool,
    /// The tags.
    pub tags: bool,
    /// The state: discovered, deleted.
    pub status: bool,
    /// The item came without its configuration: what changed in it is not told.
    pub untold: bool,
}

impl Changed {
    /// Whether anything did.
    pub fn any(self) -> bool {
        self.configuration || self.relations || self.tags || self.status || self.untold
    }

    /// In words.
    pub fn words(self) -> String {
        let all = [
            (self.configuration, "configuration"),
            (self.relations, "relationships"),
            (self.tags, "tags"),
            (self.status, "state"),
            (self.untold, "told without its configuration"),
        ];
        let words: Vec<&str> = all
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| *word)
            .collect();
        words.join(", ")
    }
}
