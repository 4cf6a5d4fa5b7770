//! Who is related to whom at a moment: what a resource reaches, and what reaches it.

use std::collections::{HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::texts::Text;

use super::inventory::{Inventory, Resource, ResourceIx};

/// Resources that a graph shows at most; the rest are counted.
pub const MOST: usize = 500;

/// Which relationships are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// Those that a resource states, and those that others state to it.
    #[default]
    Both,
    /// Those that it states: what it reaches.
    Out,
    /// Those that others state to it: what reaches it.
    In,
}

/// A resource in a graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// The resource; `None` where a relationship names one that has no item.
    pub resource: Option<u32>,
    /// Its type.
    pub kind: String,
    /// Its name or id.
    pub title: String,
    /// Steps from the one that was picked.
    pub hops: u8,
    /// Whether it is deleted at that moment.
    pub deleted: bool,
    /// The node through which it was first reached.
    pub via: Option<u32>,
}

/// A relationship in a graph, as the resource `from` states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// Place of the node that states it.
    pub from: u32,
    /// Place of the node that it names.
    pub to: u32,
    /// As `Is contained in Vpc`.
    pub name: String,
}

/// A part of the graph of all resources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// The one that was picked comes first, then by hops.
    pub nodes: Vec<Node>,
    /// The relationships among them.
    pub edges: Vec<Edge>,
    /// Resources that are not shown.
    pub more: u64,
    /// How many of each type are within the steps, whether shown or not, the most frequent first.
    pub kinds: Vec<(String, u64)>,
    /// How many resources it reaches, by any number of steps.
    pub reaches: u64,
    /// How many reach it.
    pub reached_by: u64,
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// As of when; the newest captures without.
    pub at: Option<Moment>,
    /// Steps.
    pub hops: u8,
    /// Which relationships are followed.
    pub direction: Direction,
    /// Only resources of this type, and those through which they are reached; all where it is empty.
    pub kind: String,
}

/// What is within some steps of a resource at a moment.
pub fn around(inventory: &Inventory, start: ResourceIx, wanted: &Wanted) -> Graph {
    let Some(resource) = inventory.resource(start) else {
        return Graph::default();
    };
    let first = Found {
        key: (resource.kind, resource.id, Some(start)),
        hops: 0,
        via: None,
    };
    let walk = |direction, hops| Walk::go(inventory, wanted.at, first, direction, hops);
    let count = |direction| walk(direction, u8::MAX).found.len() as u64 - 1;
    Graph {
        reaches: count(Direction::Out),
        reached_by: count(Direction::In),
        ..walk(wanted.direction, wanted.hops).shown(&wanted.kind)
    }
}

/// Type and id, and the resource where there is an item of it.
type Key = (Text, Text, Option<ResourceIx>);

#[derive(Clone, Copy)]
struct Found {
    key: Key,
    hops: u8,
    via: Option<u32>,
}

struct Walk<'i> {
    inventory: &'i Inventory,
    at: Option<Moment>,
    found: Vec<Found>,
    places: HashMap<Key, u32, foldhash::fast::RandomState>,
    edges: Vec<(u32, u32, Text)>,
    known: HashSet<(u32, u32, Text), foldhash::fast::RandomState>,
    next: VecDeque<u32>,
}

impl<'i> Walk<'i> {
    fn go(
        inventory: &'i Inventory,
        at: Option<Moment>,
        first: Found,
        direction: Direction,
        hops: u8,
    ) -> Self {
        let mut walk = Walk {
            inventory,
            at,
            found: vec![first],
            places: HashMap::default(),
            edges: Vec::new(),
            known: HashSet::default(),
            next: VecDeque::from([0]),
        };
        walk.places.insert(first.key, 0);
        while let Some(place) = walk.next.pop_front() {
            let one = walk.found[place as usize];
            if let (Some(resource), true) = (one.key.2, one.hops < hops) {
                walk.grow(place, resource, direction);
            }
        }
        walk
    }

    /// The place of a resource, made where it is new.
    fn reach(&mut self, key: Key, via: u32) -> u32 {
        if let Some(&known) = self.places.get(&key) {
            return known;
        }
        let place = self.found.len() as u32;
        let hops = self.found[via as usize].hops.saturating_add(1);
        self.found.push(Found {
            key,
            hops,
            via: Some(via),
        });
        self.places.insert(key, place);
        self.next.push_back(place);
        place
    }

    fn grow(&mut self, place: u32, at: ResourceIx, direction: Direction) {
        let inventory = self.inventory;
        let Some(own) = inventory.resource(at) else {
            return;
        };
        if direction != Direction::In {
            let capture = inventory
                .as_of(own, self.at)
                .and_then(|at| inventory.capture(at));
            for relation in capture.iter().flat_map(|capture| &capture.relations) {
                let other = inventory.find(relation.kind, relation.id, own);
                let to = self.reach((relation.kind, relation.id, other), place);
                self.edge(place, to, relation.name);
            }
        }
        if direction == Direction::Out {
            return;
        }
        for &other in inventory.stating(own) {
            let Some(stating) = inventory.resource(other) else {
                continue;
            };
            if let Some(name) = self.states(stating, own, at) {
                let from = self.reach((stating.kind, stating.id, Some(other)), place);
                self.edge(from, place, name);
            }
        }
    }

    /// The relationship that a resource states to another at the moment, if it does then.
    fn states(&self, stating: &Resource, own: &Resource, at: ResourceIx) -> Option<Text> {
        let inventory = self.inventory;
        let capture = inventory.capture(inventory.as_of(stating, self.at)?)?;
        let names =
            |relation: &&super::item::Relation| relation.kind == own.kind && relation.id == own.id;
        let relation = capture.relations.iter().find(names)?;
        // One of the same id in another account is not meant.
        (inventory.find(own.kind, own.id, stating) == Some(at)).then_some(relation.name)
    }

    fn edge(&mut self, from: u32, to: u32, name: Text) {
        if from != to && self.known.insert((from, to, name)) {
            self.edges.push((from, to, name));
        }
    }

    /// What is shown of it: those of a type with the way to them, as many as can be.
    fn shown(self, kind: &str) -> Graph {
        let inventory = self.inventory;
        let mut counts: HashMap<Text, u64> = HashMap::new();
        for one in &self.found {
            *counts.entry(one.key.0).or_default() += 1;
        }
        let mut is_wanted: Vec<bool> = self
            .found
            .iter()
            .map(|one| kind.is_empty() || inventory.text(one.key.0) == kind)
            .collect();
        is_wanted[0] = true;
        // Whoever reached another stands before it.
        for at in (0..is_wanted.len()).rev() {
            if let (true, Some(via)) = (is_wanted[at], self.found[at].via) {
                is_wanted[via as usize] = true;
            }
        }
        let all = (0..is_wanted.len()).filter(|&at| is_wanted[at]);
        let places: HashMap<u32, u32> = all
            .clone()
            .take(MOST)
            .enumerate()
            .map(|(new, old)| (old as u32, new as u32))
            .collect();
        let nodes = all.clone().take(MOST).map(|at| self.node(at, &places));
        let edge = |&(from, to, name): &(u32, u32, Text)| {
            Some(Edge {
                from: *places.get(&from)?,
                to: *places.get(&to)?,
                name: inventory.text(name).to_owned(),
            })
        };
        let counts: Vec<_> = counts
            .iter()
            .map(|(&kind, &count)| (inventory.text(kind).to_owned(), count))
            .collect();
        Graph {
            nodes: nodes.collect(),
            edges: self.edges.iter().filter_map(edge).collect(),
            more: (all.count() - places.len()) as u64,
            kinds: crate::order::sorted(counts, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))),
            ..Graph::default()
        }
    }

    fn node(&self, at: usize, places: &HashMap<u32, u32>) -> Node {
        let inventory = self.inventory;
        let one = &self.found[at];
        let (kind, id, resource) = one.key;
        let own = resource.and_then(|at| inventory.resource(at));
        let now = own.and_then(|own| inventory.capture(inventory.as_of(own, self.at)?));
        Node {
            resource,
            kind: inventory.text(kind).to_owned(),
            title: own
                .map_or(inventory.text(id), |own| inventory.title(own))
                .to_owned(),
            hops: one.hops,
            deleted: now.is_some_and(|capture| capture.status.is_deleted()),
            via: one.via.and_then(|via| places.get(&via).copied()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::inventory::tests::{inventory, item};
    use super::*;

    #[test]
    fn grows_both_ways_as_of_a_moment() {
        let day = |day: u32| format!("2024-01-0{day}T00:00:00Z");
        let items = [
            item("Vpc", "vpc", &day(1), 1, "OK", &[]),
            item("Subnet", "sub", &day(1), 1, "OK", &[("Vpc", "vpc")]),
            item(
                "Instance",
                "i",
                &day(1),
                1,
                "OK",
                &[("Subnet", "sub"), ("Volume", "unknown")],
            ),
            item("Instance", "i", &day(2), 1, "OK", &[]),
        ];
        let inventory = inventory(&[&items]);
        let vpc = inventory
            .resources
            .iter()
            .position(|one| inventory.text(one.id) == "vpc")
            .expect("the vpc") as u32;
        let titles = |day_: u32, hops| {
            let wanted = Wanted {
                at: Moment::parse(&day(day_)),
                hops,
                ..Wanted::default()
            };
            let graph = around(&inventory, vpc, &wanted);
            (
                graph
                    .nodes
                    .iter()
                    .map(|node| node.title.clone())
                    .collect::<Vec<_>>(),
                graph.edges.len(),
            )
        };
        assert_eq!(titles(1, 1), (vec!["vpc".to_owned(), "sub".to_owned()], 1));
        assert_eq!(titles(1, 3).0, ["vpc", "sub", "i", "unknown"]);
        assert_eq!(titles(2, 3), (vec!["vpc".to_owned(), "sub".to_owned()], 1));
        // Of one type, with the way to it; and how far it reaches at all.
        let wanted = |kind: &str, direction| Wanted {
            at: Moment::parse(&day(1)),
            hops: 3,
            direction,
            kind: kind.to_owned(),
        };
        let of = |kind, direction| {
            let graph = around(&inventory, vpc, &wanted(kind, direction));
            let via = graph.nodes.last().and_then(|node| node.via);
            (graph.nodes.len(), graph.edges.len(), via)
        };
        assert_eq!(of("Volume", Direction::Both), (4, 3, Some(2)));
        assert_eq!(of("Subnet", Direction::Both), (2, 1, Some(0)));
        assert_eq!(of("", Direction::Out), (1, 0, None));
        assert_eq!(of("", Direction::In), (3, 2, Some(1)));
        let graph = around(&inventory, vpc, &wanted("Volume", Direction::Both));
        assert_eq!((graph.reaches, graph.reached_by), (0, 2));
        assert_eq!(graph.kinds.len(), 4);
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let at = "2024-01-01T00:00:00Z";
        let mut items = vec![item("Vpc", "vpc", at, 1, "OK", &[])];
        items.extend(
            (0..700).map(|n| item("Eni", &format!("eni-{n}"), at, 1, "OK", &[("Vpc", "vpc")])),
        );
        let inventory = inventory(&[&items]);
        let vpc = inventory.resources.len() as u32 - 1;
        let wanted = Wanted {
            hops: 1,
            ..Wanted::default()
        };
        let graph = around(&inventory, vpc, &wanted);
        assert_eq!(
            (graph.nodes.len(), graph.more, graph.reached_by),
            (MOST, 201, 700)
        );
    }
}
