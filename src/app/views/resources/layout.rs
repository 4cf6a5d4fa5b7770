//! Where the resources of a graph stand: a column for each number of steps, in it type by type. Many of one type in one
//! column stand as one until somebody opens them, and lines are those between what stands.

use std::collections::{BTreeMap, HashMap, HashSet};

use exhibit::case::Graph;

/// Pixels between columns, between rows, and of what stands.
const COLUMN: f64 = 300.0;
pub(super) const ROW: f64 = 34.0;
pub(super) const NODE: f64 = 216.0;
/// Of one type in one column, this many stand as one.
const MANY: usize = 6;

/// What stands at a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    /// A node, by its place in the graph.
    Node(usize),
    /// All nodes of a type in a column: steps, type, how many, whether they stand below it.
    Group(u8, String, usize, bool),
}

/// Something and where it stands.
pub(super) struct Placed {
    pub(super) shown: Shown,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A line between two that stand.
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Its form, as SVG has it.
    pub(super) path: String,
    /// What it means.
    pub(super) words: String,
}

/// All of it.
#[derive(Default)]
pub(super) struct Layout {
    pub(super) placed: Vec<Placed>,
    pub(super) lines: Vec<Line>,
    /// Steps and place of each column.
    pub(super) columns: Vec<(u8, f64)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lays a graph out.
pub(super) fn of(graph: &Graph, open: &HashSet<(u8, String)>) -> Layout {
    let mut columns: BTreeMap<u8, Vec<(&str, Vec<usize>)>> = BTreeMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        let kinds = columns.entry(node.hops).or_default();
        match kinds.iter_mut().find(|(kind, _)| *kind == node.kind) {
            Some((_, nodes)) => nodes.push(at),
            None => kinds.push((&node.kind, vec![at])),
        }
    }
    let mut layout = Layout::default();
    // For each node what stands for it.
    let mut stands = vec![0; graph.nodes.len()];
    for (column, (hops, kinds)) in columns.into_iter().enumerate() {
        let x = column as f64 * COLUMN;
        layout.columns.push((hops, x));
        layout.width = x + NODE + 60.0;
        let mut y = ROW;
        let mut place = |layout: &mut Layout, shown: Shown, indent: f64| {
            layout.placed.push(Placed {
                shown,
                x: x + indent,
                y,
            });
            y += ROW;
            layout.height = layout.height.max(y);
            layout.placed.len() - 1
        };
        for (kind, nodes) in kinds {
            let is_many = nodes.len() > MANY;
            let is_open = open.contains(&(hops, kind.to_owned()));
            let group = is_many.then(|| {
                let group = Shown::Group(hops, kind.to_owned(), nodes.len(), is_open);
                place(&mut layout, group, 0.0)
            });
            for at in nodes {
                stands[at] = match group {
                    Some(group) if !is_open => group,
                    group => {
                        let indent = if group.is_some() { 14.0 } else { 0.0 };
                        place(&mut layout, Shown::Node(at), indent)
                    }
                };
            }
        }
    }
    layout.lines = lines(graph, &stands, &layout.placed);
    layout
}

fn lines(graph: &Graph, stands: &[usize], placed: &[Placed]) -> Vec<Line> {
    // Many relationships between two that stand are one line.
    let mut between: HashMap<(usize, usize), (usize, usize)> = HashMap::new();
    let mut order = Vec::new();
    for (at, edge) in graph.edges.iter().enumerate() {
        let ends = (stands[edge.from as usize], stands[edge.to as usize]);
        if ends.0 == ends.1 {
            continue;
        }
        let (_, count) = between.entry(ends).or_insert_with(|| {
            order.push(ends);
            (at, 0)
        });
        *count += 1;
    }
    let line = |ends: (usize, usize)| {
        let (first, count) = between[&ends];
        let edge = &graph.edges[first];
        let title = |at: u32| &graph.nodes[at as usize].title;
        let words = match count {
            1 => format!("{} {} {}", title(edge.from), edge.name, title(edge.to)),
            count => format!("{count} relationships, {} for one", edge.name),
        };
        Line {
            from: ends.0,
            to: ends.1,
            path: path(&placed[ends.0], &placed[ends.1]),
            words,
        }
    };
    order.into_iter().map(line).collect()
}

fn path(from: &Placed, to: &Placed) -> String {
    let (left, right) = if from.x <= to.x {
        (from, to)
    } else {
        (to, from)
    };
    let middle = ROW / 2.0 - 3.0;
    let (x1, y1, y2) = (left.x + NODE, left.y + middle, right.y + middle);
    // Within a column the line bends out and comes back.
    let (x2, bend) = if right.x - left.x < NODE {
        (right.x + NODE, right.x + NODE + 36.0)
    } else {
        (right.x, (x1 + right.x) / 2.0)
    };
    format!("M{x1:.0} {y1:.0} C{bend:.0} {y1:.0} {bend:.0} {y2:.0} {x2:.0} {y2:.0}")
}
