//! All captures of all resources: what every resource looked like when.

use std::collections::{BTreeMap, HashMap};

use crate::moment::Moment;
use crate::order::{order, sorted};
use crate::texts::{Text, Texts};

pub use super::capture::{Capture, CaptureIx, FileIx, Resource, ResourceIx};
use super::certificate::Certificate;
pub use super::changed::Changed;
use super::described::Described;
use super::item::{Carries, Item, Relation, Status};
use super::message::Message;
use super::read::Config;

type Key = [Text; 4];

/// All captures.
#[derive(Default)]
pub struct Inventory {
    /// The texts.
    pub texts: Texts,
    captures: Vec<Capture>,
    keys: Vec<Key>,
    gone: Vec<bool>,
    /// Messages of the stream, with their files; texts are those of the inventory.
    pub messages: Vec<(FileIx, Message)>,
    /// What outputs describe, with their files.
    pub described: Vec<(FileIx, Described)>,
    /// Certificates that envelopes of messages are signed with, with their files.
    pub certificates: Vec<(FileIx, Certificate)>,
    /// Resources, by type, account, region and id; made by [`Inventory::arrange`].
    pub resources: Vec<Resource>,
    /// Resources by type and id, whatever account and region.
    by_id: HashMap<(Text, Text), Vec<ResourceIx>, foldhash::fast::RandomState>,
    /// Resources that state a relationship to one of a type and id.
    stated_by: HashMap<(Text, Text), Vec<ResourceIx>, foldhash::fast::RandomState>,
    /// First and last capture.
    pub span: Option<(Moment, Moment)>,
    arranged: usize,
}

impl Inventory {
    /// Adds what was read of a file.
    pub fn add(&mut self, file: FileIx, config: &Config) {
        let texts: Vec<Text> = config
            .texts
            .iter()
            .map(|text| self.texts.hold(text))
            .collect();
        let text = |place: Text| texts.get(place as usize).copied().unwrap_or(0);
        for item in &config.items {
            self.push(file, item, &text);
        }
        for message in &config.messages {
            self.messages.push((file, message.moved(&text)));
        }
        let all = config.described.iter().cloned();
        self.described.extend(all.map(|one| (file, one)));
        let all = config.certificates.iter().cloned();
        self.certificates.extend(all.map(|one| (file, one)));
        if !config.items.is_empty() || !config.messages.is_empty() || !config.described.is_empty() {
            self.arranged = usize::MAX;
        }
    }

    fn push(&mut self, file: FileIx, item: &Item, text: &dyn Fn(Text) -> Text) {
        let pair = |&(a, b): &(Text, Text)| (text(a), text(b));
        let relation = |one: &Relation| Relation {
            name: text(one.name),
            kind: text(one.kind),
            id: text(one.id),
        };
        self.keys.push([
            text(item.kind),
            text(item.account),
            text(item.region),
            text(item.id),
        ]);
        self.gone.push(false);
        self.captures.push(Capture {
            file,
            place: (u32::try_from(item.at).unwrap_or(u32::MAX), item.length),
            resource: 0,
            status: item.status,
            at: item.captured,
            within: (item.millis, item.state),
            created: item.created,
            zone: text(item.zone),
            name: text(item.name),
            arn: text(item.arn),
            frequency: text(item.frequency),
            print: item.print,
            tags: item.tags.iter().map(pair).collect(),
            relations: item.relations.iter().map(relation).collect(),
            kept: item.kept.iter().map(pair).collect(),
            carries: item.carries,
            also: Vec::new(),
            conflict: false,
        });
    }

    /// Forgets what came from files for which `gone` holds; those will be read again.
    pub fn forget(&mut self, gone: impl Fn(FileIx) -> bool) {
        for (capture, is_gone) in self.captures.iter().zip(&mut self.gone) {
            *is_gone |= gone(capture.file);
        }
        self.messages.retain(|(file, _)| !gone(*file));
        self.described.retain(|(file, _)| !gone(*file));
        self.certificates.retain(|(file, _)| !gone(*file));
        self.arranged = usize::MAX;
    }

    /// Puts resources and captures in order and merges items that tell the same capture. `rank` is the place
    /// of a file in the order of paths, so that the outcome does not depend on which came first.
    pub fn arrange(&mut self, rank: &dyn Fn(FileIx) -> u32) {
        if self.arranged == self.captures.len() {
            return;
        }
        self.arranged = self.captures.len();
        let described = std::mem::take(&mut self.described);
        self.described = sorted(described, |(a, _), (b, _)| rank(*a).cmp(&rank(*b)));
        let present: Vec<CaptureIx> = (0..self.captures.len() as u32)
            .filter(|&at| !self.gone[at as usize])
            .collect();
        // Comparing numbers is faster than comparing texts, over and over.
        let ranks = self.ranks();
        let captures = &self.captures;
        let keys = &self.keys;
        let key = |at: CaptureIx| {
            let capture = &captures[at as usize];
            let by = keys[at as usize].map(|text| ranks[text as usize]);
            (
                by,
                capture.at,
                capture.within,
                rank(capture.file),
                capture.place,
            )
        };
        let sort: Vec<_> = present.iter().map(|&at| key(at)).collect();
        let places = order(present.len(), &|a, b| sort[a].cmp(&sort[b]));
        self.resources.clear();
        self.span = None;
        let mut last: Option<(Key, CaptureIx)> = None;
        for place in places {
            let at = present[place as usize];
            let key = self.keys[at as usize];
            if last.is_none_or(|(before, _)| before != key) {
                let [kind, account, region, id] = key;
                self.resources.push(Resource {
                    account,
                    region,
                    kind,
                    id,
                    captures: Vec::new(),
                });
                last = None;
            }
            let resource = self.resources.len() as u32 - 1;
            let (moment, within, print, carries) = {
                let capture = &mut self.captures[at as usize];
                (capture.resource, capture.conflict) = (resource, false);
                capture.also.clear();
                (capture.at, capture.within, capture.print, capture.carries)
            };
            if let Some((_, first)) = last {
                let shown = &mut self.captures[first as usize];
                // A state ID may be told by one of two items only.
                let same_state = shown.within.1 == within.1 || shown.within.1 == 0 || within.1 == 0;
                if shown.at == moment && shown.within.0 == within.0 && same_state {
                    let both = shown.carries.configuration && carries.configuration;
                    shown.conflict |= both && shown.print != print;
                    if carries <= shown.carries {
                        shown.also.push(at);
                    } else {
                        // The item that carries most is the one to show.
                        let mut also = std::mem::take(&mut shown.also);
                        also.push(first);
                        let conflict = std::mem::take(&mut shown.conflict);
                        let better = &mut self.captures[at as usize];
                        (better.also, better.conflict) = (also, conflict);
                        if let Some(newest) = self.resources[resource as usize].captures.last_mut()
                        {
                            *newest = at;
                        }
                        last = Some((key, at));
                    }
                    continue;
                }
            }
            last = Some((key, at));
            self.resources[resource as usize].captures.push(at);
            if let Some(moment) = moment {
                let (from, to) = self.span.get_or_insert((moment, moment));
                (*from, *to) = ((*from).min(moment), (*to).max(moment));
            }
        }
        self.link();
    }

    /// The place of every text in the order of texts.
    fn ranks(&self) -> Vec<u32> {
        let texts = &self.texts;
        let sorted = order(texts.len(), &|a, b| {
            texts.get(a as Text).cmp(texts.get(b as Text))
        });
        let mut ranks = vec![0; sorted.len()];
        for (rank, text) in sorted.into_iter().enumerate() {
            ranks[text as usize] = rank as u32;
        }
        ranks
    }

    fn link(&mut self) {
        self.by_id.clear();
        self.stated_by.clear();
        for (at, resource) in self.resources.iter().enumerate() {
            let at = at as ResourceIx;
            self.by_id
                .entry((resource.kind, resource.id))
                .or_default()
                .push(at);
            for &capture in &resource.captures {
                for relation in &self.captures[capture as usize].relations {
                    let list = self
                        .stated_by
                        .entry((relation.kind, relation.id))
                        .or_default();
                    if list.last() != Some(&at) {
                        list.push(at);
                    }
                }
            }
        }
    }

    /// How many captures came so far, those that are gone included: the place of the next.
    pub fn next(&self) -> CaptureIx {
        self.captures.len() as u32
    }

    /// A capture.
    pub fn capture(&self, at: CaptureIx) -> Option<&Capture> {
        self.captures.get(at as usize)
    }

    /// A resource.
    pub fn resource(&self, at: ResourceIx) -> Option<&Resource> {
        self.resources.get(at as usize)
    }

    /// A text.
    pub fn text(&self, text: Text) -> &str {
        self.texts.get(text)
    }

    /// Distinct captures, compliance items included.
    pub fn items(&self) -> u64 {
        self.resources
            .iter()
            .map(|resource| resource.captures.len() as u64)
            .sum()
    }

    /// How many messages of the stream there are of each type.
    pub fn stream(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for (_, message) in &self.messages {
            *counts.entry(self.text(message.kind)).or_default() += 1;
        }
        counts
    }

    /// The capture that holds at a moment: the last one until then. Without a moment, the newest.
    pub fn as_of(&self, resource: &Resource, at: Option<Moment>) -> Option<CaptureIx> {
        let Some(at) = at else {
            return resource.captures.last().copied();
        };
        let after = resource.captures.partition_point(|&capture| {
            self.captures[capture as usize]
                .at
                .is_none_or(|captured| captured <= at)
        });
        after.checked_sub(1).map(|last| resource.captures[last])
    }

    /// What a capture changed against the one before; of the first, its state alone.
    pub fn changed(&self, resource: &Resource, place: usize) -> Changed {
        let now = &self.captures[resource.captures[place] as usize];
        let earlier = &resource.captures[..place];
        let mut earlier = earlier.iter().rev().map(|&at| &self.captures[at as usize]);
        let nearest = earlier.clone().next();
        // One without a configuration tells nothing of what changed in it.
        let Some(before) = earlier
            .find(|before| before.carries.configuration || before.status.is_deleted())
            .or(nearest)
        else {
            return Changed {
                status: true,
                ..Changed::default()
            };
        };
        self.between(before, now)
    }

    /// What is not the same in two captures of a resource.
    pub fn between(&self, before: &Capture, now: &Capture) -> Changed {
        let standing = |status: Status| (status.is_deleted(), status == Status::NotRecorded);
        let both =
            |carries: fn(&Carries) -> bool| carries(&before.carries) && carries(&now.carries);
        Changed {
            configuration: both(|of| of.configuration) && before.print != now.print,
            relations: both(|of| of.relations) && before.relations != now.relations,
            tags: both(|of| of.tags) && before.tags != now.tags,
            untold: !now.carries.configuration && !now.status.is_deleted(),
            status: standing(before.status) != standing(now.status),
        }
    }

    /// Captures that changed something against the one before.
    pub fn changes(&self) -> u64 {
        let of = |resource: &Resource| {
            (1..resource.captures.len())
                .filter(|&at| self.changed(resource, at).any())
                .count() as u64
        };
        self.resources.iter().map(of).sum()
    }

    /// The resource that a relationship of another one names: of the same account and region where there are
    /// several of the type and id. An ID may be an ARN or a name.
    pub fn find(&self, kind: Text, id: Text, near: &Resource) -> Option<ResourceIx> {
        let all = self.by_id.get(&(kind, id))?;
        let near = |&&at: &&ResourceIx| {
            let one = &self.resources[at as usize];
            (one.account == near.account, one.region == near.region)
        };
        all.iter().max_by_key(near).copied()
    }

    /// Resources that state a relationship to this one at some capture.
    pub fn stating(&self, resource: &Resource) -> &[ResourceIx] {
        self.stated_by
            .get(&(resource.kind, resource.id))
            .map_or(&[], Vec::as_slice)
    }

    /// A kept value of a capture, as JSON; the path's case is not minded.
    pub fn kept(&self, capture: &Capture, path: &str) -> Option<&str> {
        let mut found = capture
            .kept
            .iter()
            .filter(|(name, _)| self.text(*name).eq_ignore_ascii_case(path));
        found.next().map(|&(_, value)| self.text(value))
    }

    /// What a resource is called: its name, else its id.
    pub fn title(&self, resource: &Resource) -> &str {
        let name = resource
            .captures
            .iter()
            .rev()
            .map(|&at| self.captures[at as usize].name)
            .find(|&name| name != 0);
        self.text(name.unwrap_or(resource.id))
    }

    /// Its ARN, where any capture tells it.
    pub fn arn(&self, resource: &Resource) -> &str {
        let arn = resource
            .captures
            .iter()
            .rev()
            .map(|&at| self.captures[at as usize].arn)
            .find(|&arn| arn != 0);
        self.text(arn.unwrap_or(0))
    }

    /// Whether a resource is a record of compliance, no thing of its own.
    pub fn is_compliance(&self, resource: &Resource) -> bool {
        matches!(
            self.text(resource.kind),
            "AWS::Config::ResourceCompliance" | "AWS::Config::ConformancePackCompliance"
        )
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::read::items;
    use super::*;

    pub(crate) fn item(
        kind: &str,
        id: &str,
        at: &str,
        size: u32,
        status: &str,
        relations: &[(&str, &str)],
    ) -> String {
        let relations: Vec<_> = relations
            .iter()
            .map(|(kind, id)| serde_json::json!({"name": "Is contained in", "resourceType": kind, "resourceId": id}))
            .collect();
        serde_json::json!({
            "awsAccountId": "1", "awsRegion": "eu-west-1", "resourceType": kind, "resourceId": id, "configurationItemCaptureTime": at,
            "configurationItemStatus": status, "configuration": {"size": size}, "relationships": relations, "tags": {},
        })
        .to_string()
    }

    pub(crate) fn inventory(files: &[&[String]]) -> Inventory {
        let mut inventory = Inventory::default();
        for (file, items_) in files.iter().enumerate() {
            let text = format!("[{}]", items_.join(","));
            let read = items(text.as_bytes(), 7, |_| &[]);
            assert!(read.problems.is_empty(), "{:?}", read.problems);
            inventory.add(file as u32, &read.config);
        }
        inventory.arrange(&|file| file);
        inventory
    }

    #[test]
    fn merges_and_tells_what_held_when() {
        let one = item(
            "V",
            "v",
            "2024-01-01T00:00:00.100Z",
            1,
            "ResourceDiscovered",
            &[],
        );
        let two = item("V", "v", "2024-01-02T00:00:00Z", 2, "OK", &[]);
        let three = item("V", "v", "2024-01-03T00:00:00Z", 2, "ResourceDeleted", &[]);
        let edited = item("V", "v", "2024-01-02T00:00:00Z", 9, "OK", &[]);
        let inventory = inventory(&[&[three, one.clone()], &[one, two], &[edited]]);
        let [volume] = &inventory.resources[..] else {
            panic!("one resource")
        };
        assert_eq!((inventory.items(), inventory.changes()), (3, 2));
        let at = |text: &str| {
            let at = inventory.as_of(volume, Moment::parse(text))?;
            inventory
                .capture(at)
                .map(|capture| (capture.status, capture.conflict, capture.also.len()))
        };
        assert_eq!(at("2023-12-31T00:00:00Z"), None);
        assert_eq!(
            at("2024-01-01T12:00:00Z"),
            Some((Status::Discovered, false, 1))
        );
        assert_eq!(at("2024-01-02T00:00:00Z"), Some((Status::Ok, true, 1)));
        assert_eq!(
            at("2025-01-01T00:00:00Z"),
            Some((Status::Deleted, false, 0))
        );
        assert_eq!(inventory.changed(volume, 1).words(), "configuration");
        assert_eq!(inventory.changed(volume, 2).words(), "state");
    }
}
