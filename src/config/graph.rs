//! Who is related to whom at a moment: what a resource reaches, and what reaches it.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::texts::Text;

use super::inventory::{Inventory, Resource, ResourceIx};

/// Resources that a graph shows at most; the rest are counted.
pub const MOST: usize = 500;

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
    /// Resources in reach that are not shown.
    pub more: u64,
    /// How many of each type are in reach, the most frequent first.
    pub kinds: Vec<(String, u64)>,
}

/// What is within `hops` of a resource at a moment, in both directions; only of the types in `kinds`, unless
/// it is empty.
pub fn around(
    inventory: &Inventory,
    start: ResourceIx,
    at: Option<Moment>,
    hops: u8,
    kinds: &[String],
) -> Graph {
    let mut walk = Walk {
        inventory,
        at,
        kinds,
        graph: Graph::default(),
        places: HashMap::new(),
        counts: HashMap::new(),
        next: VecDeque::new(),
    };
    let Some(resource) = inventory.resource(start) else {
        return Graph::default();
    };
    walk.reach((resource.kind, resource.id), Some(start), 0);
    while let Some((place, one)) = walk.next.pop_front() {
        let far = walk.graph.nodes[place as usize].hops;
        if far < hops {
            walk.grow(place, one, far + 1);
        }
    }
    walk.finish()
}

struct Walk<'i> {
    inventory: &'i Inventory,
    at: Option<Moment>,
    kinds: &'i [String],
    graph: Graph,
    /// Nodes by type and id; `None` for one that is in reach but not shown.
    places: HashMap<(Text, Text, Option<ResourceIx>), Option<u32>>,
    counts: HashMap<Text, u64>,
    next: VecDeque<(u32, ResourceIx)>,
}

impl Walk<'_> {
    /// The node of a resource, made where it is new; `None` where it is not shown.
    fn reach(
        &mut self,
        (kind, id): (Text, Text),
        resource: Option<ResourceIx>,
        hops: u8,
    ) -> Option<u32> {
        if let Some(known) = self.places.get(&(kind, id, resource)) {
            return *known;
        }
        let inventory = self.inventory;
        let name = inventory.text(kind);
        let is_start = self.graph.nodes.is_empty();
        if !is_start && !self.kinds.is_empty() && !self.kinds.iter().any(|one| one == name) {
            return None;
        }
        *self.counts.entry(kind).or_default() += 1;
        if self.graph.nodes.len() >= MOST {
            self.graph.more += 1;
            self.places.insert((kind, id, resource), None);
            return None;
        }
        let own = resource.and_then(|at| inventory.resource(at));
        let now = own.and_then(|own| inventory.capture(inventory.as_of(own, self.at)?));
        let place = self.graph.nodes.len() as u32;
        self.graph.nodes.push(Node {
            resource,
            kind: name.to_owned(),
            title: own
                .map_or(inventory.text(id), |own| inventory.title(own))
                .to_owned(),
            hops,
            deleted: now.is_some_and(|capture| capture.status.is_deleted()),
        });
        self.places.insert((kind, id, resource), Some(place));
        self.next.extend(resource.map(|resource| (place, resource)));
        Some(place)
    }

    fn grow(&mut self, place: u32, at: ResourceIx, hops: u8) {
        let inventory = self.inventory;
        let Some(own) = inventory.resource(at) else {
            return;
        };
        let capture = inventory
            .as_of(own, self.at)
            .and_then(|at| inventory.capture(at));
        for relation in capture.iter().flat_map(|capture| &capture.relations) {
            let other = inventory.find(relation.kind, relation.id, own);
            if let Some(to) = self.reach((relation.kind, relation.id), other, hops) {
                self.edge(place, to, relation.name);
            }
        }
        for &other in inventory.stating(own) {
            let Some(stating) = inventory.resource(other) else {
                continue;
            };
            let Some(name) = self.states(stating, own, at) else {
                continue;
            };
            if let Some(from) = self.reach((stating.kind, stating.id), Some(other), hops) {
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
        let edge = Edge {
            from,
            to,
            name: self.inventory.text(name).to_owned(),
        };
        if from != to && !self.graph.edges.contains(&edge) {
            self.graph.edges.push(edge);
        }
    }

    fn finish(mut self) -> Graph {
        let inventory = self.inventory;
        let counts = self
            .counts
            .iter()
            .map(|(&kind, &count)| (inventory.text(kind).to_owned(), count));
        let counts: Vec<_> = counts.collect();
        self.graph.kinds =
            crate::order::sorted(counts, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        self.graph
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
            let graph = around(&inventory, vpc, Moment::parse(&day(day_)), hops, &[]);
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
        let only = around(
            &inventory,
            vpc,
            Moment::parse(&day(1)),
            3,
            &["Volume".to_owned()],
        );
        assert_eq!(only.nodes.len(), 1);
    }
}
