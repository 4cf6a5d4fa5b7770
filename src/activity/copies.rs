//! Copies of an event and contradictions: of one account and ID, with one content or with another.
//!
//! A row of CloudTrail Lake holds the columns that its query chose, and no record that could be compared. It is a copy of an
//! event of its ID where all that it tells is told there too, and of another row where both tell the same.

use super::bits::Bits;

use super::field::{self, Field};
use super::store::{EventIx, Store, mixed};
use crate::order::sort;
use crate::texts::Text;

/// What rows and events are compared by; the time besides.
const TOLD: [Field; 6] = [
    Field::Name,
    Field::Source,
    Field::Account,
    Field::Region,
    Field::Ip,
    Field::Error,
];

/// Events of one ID that rows are compared with; a hostile file could hold any number.
const MOST_ROWS: usize = 64;
/// Records that are read again to be compared by their content: evidence can be made of contradictions alone.
const MOST_COMPARED: usize = 20_000;

impl Store {
    /// What two copies have in common.
    pub(super) fn sameness(&self, event: EventIx) -> (u128, Option<Text>, u64) {
        let event = self.stand_for.get(&event).copied().unwrap_or(event);
        let account = self.places.of(event).map(|place| place.0);
        let content = match self.settled.get(&event) {
            Some(content) => *content,
            None => match self.prints.get(event) {
                // A row is like none but those that stand for it.
                0 => u64::from(event) + 1,
                print => print,
            },
        };
        (self.ids.get(event), account, content)
    }

    pub(super) fn find_copies(&mut self) {
        let present = self.present();
        let mut same: Vec<EventIx> = Vec::new();
        // A part of the IDs at a time: all of them at once would take as much room as a column.
        let parts = 1 + u64::from(self.len() >> 21);
        for part in 0..parts {
            let hashes = present.iter().filter_map(|event| {
                let hash = mixed(self.ids.get(event));
                let is_here = self.ids.get(event) != 0 && hash % parts == part;
                is_here.then_some(hash & !u64::from(u32::MAX) | u64::from(event))
            });
            let mut hashes: Vec<u64> = hashes.collect();
            hashes.sort_unstable();
            let alike = hashes.chunk_by(|a, b| a >> 32 == b >> 32);
            for alike in alike.filter(|alike| alike.len() > 1) {
                same.extend(alike.iter().map(|hash| *hash as u32));
            }
        }
        let id = |event: EventIx| self.ids.get(event);
        self.stand_for.clear();
        sort(&mut same, &|a, b| (id(a), a).cmp(&(id(b), b)));
        for of_id in same.chunk_by(|&a, &b| id(a) == id(b)) {
            for (at, &row) in of_id.iter().enumerate().take(MOST_ROWS) {
                let is_row = self.prints.get(row) == 0;
                let original =
                    is_row.then(|| self.original(row, &of_id[..of_id.len().min(MOST_ROWS)], at));
                if let Some(event) = original.flatten() {
                    self.stand_for.insert(row, event);
                }
            }
        }
        sort(&mut same, &|a, b| {
            (self.sameness(a), a).cmp(&(self.sameness(b), b))
        });
        let several = same
            .chunk_by(|&a, &b| id(a) == id(b))
            .filter(|own| own.len() > 1);
        self.same = several.flatten().copied().collect();
        let mut conflicts = Bits::none(self.len());
        let account = |event: EventIx| (self.sameness(event).0, self.sameness(event).1);
        for own in self.same.chunk_by(|&a, &b| account(a) == account(b)) {
            let print = |event: &EventIx| self.sameness(*event).2;
            if own.first().map(print) != own.last().map(print) {
                conflicts.extend(own.iter().copied());
            }
        }
        self.conflicts = conflicts;
    }

    /// Events that contradict others of their ID as far as it is known, and whose records were not compared by content yet.
    pub fn unsettled(&self) -> Bits {
        let is_open =
            |event: &EventIx| self.prints.get(*event) != 0 && !self.settled.contains_key(event);
        let left = MOST_COMPARED.saturating_sub(self.settled.len());
        self.conflicts.iter().filter(is_open).take(left).collect()
    }

    /// Takes what records are by their content ([`content_print`](crate::cloudtrail::log::content_print)); 0 of one that could
    /// not be read again, which stays as it was.
    pub fn settle(&mut self, contents: &[(EventIx, u64)]) {
        for &(event, content) in contents {
            let content = match content {
                0 => self.prints.get(event),
                content => content,
            };
            self.settled.insert(event, content);
        }
        self.arranged = 0;
    }

    /// The same event in other files, itself among them; none where there is one only.
    pub fn copies_of(&self, event: EventIx) -> &[EventIx] {
        let copies = self.alike(event, |event| self.sameness(event));
        if copies.len() > 1 { copies } else { &[] }
    }

    /// Events of the same account and ID with another content.
    pub fn contradicting(&self, event: EventIx) -> Vec<EventIx> {
        if !self.conflicts.contains(event) {
            return Vec::new();
        }
        let print = self.sameness(event).2;
        let same = self.alike(event, |event| {
            (self.sameness(event).0, self.sameness(event).1)
        });
        let others = same.iter().copied();
        others
            .filter(|&other| self.sameness(other).2 != print)
            .collect()
    }

    /// Events with the same ID as one, as far as a key tells.
    fn alike<K: Ord>(&self, event: EventIx, key: impl Fn(EventIx) -> K) -> &[EventIx] {
        let own = key(event);
        let from = self.same.partition_point(|&other| key(other) < own);
        let to = self.same.partition_point(|&other| key(other) <= own);
        &self.same[from..to]
    }

    /// The event that a row stands for, of those with its ID: one whose record is whole, else a row that tells the same.
    fn original(&self, row: EventIx, of_id: &[EventIx], at: usize) -> Option<EventIx> {
        let is_whole = |event: &EventIx| self.prints.get(*event) != 0;
        let whole = of_id.iter().copied().filter(is_whole);
        let whole = whole.filter(|&event| self.tells(row, event));
        // Of several that contradict each other the choice must not hang on the order of files.
        let best = whole.min_by_key(|&event| (self.prints.get(event), event));
        let alike = |&other: &EventIx| self.tells(row, other) && self.tells(other, row);
        let before = of_id[..at].iter().copied();
        best.or_else(|| before.filter(|event| !is_whole(event)).find(alike))
    }

    /// Whether an event tells all that a row does.
    fn tells(&self, row: EventIx, event: EventIx) -> bool {
        let same = |told: Field| {
            let own = field::value(self, told, row);
            own.is_empty() || own == field::value(self, told, event)
        };
        self.time(row).is_none_or(|at| self.time(event) == Some(at)) && TOLD.into_iter().all(same)
    }
}

#[cfg(test)]
mod tests {
    use super::super::standing::Standing;
    use super::super::store::tests::{log, store};
    use super::*;
    use crate::cloudtrail::lake_result;
    use crate::cloudtrail::log::content_print;
    use crate::integrity::LogStatus;

    #[test]
    fn copies_show_once_with_the_best_proof_and_conflicts_twice() {
        let event = |id: &str, name: &str| {
            format!(
                r#"{{"eventID":"{id}","eventName":"{name}","eventTime":"2024-01-01T00:00:00Z","recipientAccountId":"1"}}"#
            )
        };
        let a = event("00000000-0000-0000-0000-00000000000a", "A");
        let b = event("00000000-0000-0000-0000-00000000000b", "B");
        let forged = event("00000000-0000-0000-0000-00000000000b", "C");
        let pretty = a.replace(',', ", \n ");
        let files = [&a, &pretty, &b, &forged].map(|text| text.as_str());
        let mut store = store(&files);
        let proven = |file| Standing((file == 1).then_some(LogStatus::Valid));
        store.arrange(proven, &|file| file);
        assert_eq!(store.order.len(), 3);
        assert!(store.shown.contains(1) && !store.shown.contains(0));
        assert_eq!(store.copies_of(1), [0, 1]);
        assert_eq!(store.conflicts.iter().collect::<Vec<_>>(), [2, 3]);
        assert_eq!(store.contradicting(3), [2]);
        assert!(store.copies_of(2).is_empty());
        store.forget(|file| file == 1);
        store.arrange(proven, &|file| file);
        assert!(store.shown.contains(0));
    }

    #[test]
    fn records_in_another_order_are_copies_once_they_are_compared() {
        let texts = [
            r#"{"eventID":"00000000-0000-0000-0000-00000000000a","eventName":"A","requestParameters":{"x":1,"y":2}}"#,
            r#"{"requestParameters":{"y":2,"x":1},"eventName":"A","eventID":"00000000-0000-0000-0000-00000000000a"}"#,
            r#"{"requestParameters":{"y":2,"x":2},"eventName":"A","eventID":"00000000-0000-0000-0000-00000000000a"}"#,
        ];
        let contents = |events: std::ops::Range<u32>| -> Vec<(EventIx, u64)> {
            let of = |event: EventIx| content_print(texts[event as usize], 7);
            events.map(|event| (event, of(event))).collect()
        };
        let told = |contents: &[(EventIx, u64)], files: usize| {
            let mut store = store(&texts[..files]);
            let arrange = |store: &mut Store| store.arrange(|_| Standing::default(), &|file| file);
            arrange(&mut store);
            assert_eq!(store.unsettled().len(), files as u64);
            store.settle(contents);
            arrange(&mut store);
            let open = store.unsettled().len();
            (store.shown.len(), store.conflicts.len(), open)
        };
        assert_eq!(told(&contents(0..2), 2), (1, 0, 0));
        assert_eq!(told(&contents(0..3), 3), (2, 3, 0));
        // One could not be read again: it is no copy of what was.
        let unread = [(0, content_print(texts[0], 7)), (1, 0)];
        assert_eq!(told(&unread, 2), (2, 2, 0));
    }

    #[test]
    fn contradictions_by_the_thousand_are_compared_in_part() {
        let record = |at: usize| {
            format!(r#"{{"eventID":"00000000-0000-0000-0000-00000000000a","eventName":"{at}"}}"#)
        };
        let all: Vec<String> = (0..MOST_COMPARED + 9).map(record).collect();
        let mut store = store(&[&all.join("\n")]);
        let arrange = |store: &mut Store| store.arrange(|_| Standing::default(), &|file| file);
        arrange(&mut store);
        let open: Vec<(EventIx, u64)> = store.unsettled().iter().map(|event| (event, 0)).collect();
        assert_eq!(open.len(), MOST_COMPARED);
        store.settle(&open);
        arrange(&mut store);
        assert_eq!(store.unsettled().len(), 0);
        assert_eq!(store.conflicts.len(), all.len() as u64);
    }

    #[test]
    fn rows_of_lake_are_copies_where_they_tell_the_same() {
        let record = r#"{"eventID":"00000000-0000-0000-0000-00000000000a","eventName":"A","eventSource":"x.amazonaws.com","awsRegion":"eu-west-1","eventTime":"2024-01-01T00:00:00Z","recipientAccountId":"1"}"#;
        let lake = |rows: &str| {
            let text = format!("eventID,eventTime,eventName,awsRegion\n{rows}");
            lake_result::parse(text.as_bytes(), 1).log
        };
        let row = "00000000-0000-0000-0000-00000000000a,2024-01-01 00:00:00.000,A,eu-west-1\n";
        let shown = |logs: &[&crate::cloudtrail::log::Log]| {
            let mut store = Store::default();
            for (file, log) in logs.iter().enumerate() {
                store.add(file as u32, log);
            }
            store.arrange(
                |file| Standing((file == 0).then_some(LogStatus::Valid)),
                &|file| file,
            );
            (store.order.clone(), store.conflicts.iter().count())
        };
        let whole = log(record);
        assert_eq!(shown(&[&whole, &lake(row)]), (vec![0], 0));
        // Two queries brought it, and no log file.
        assert_eq!(shown(&[&lake(row), &lake(row)]), (vec![0], 0));
        let other = row.replace(",A,", ",B,");
        assert_eq!(shown(&[&whole, &lake(&other)]).0.len(), 2);
        assert_eq!(shown(&[&lake(row), &lake(&other)]).0.len(), 2);
    }
}
