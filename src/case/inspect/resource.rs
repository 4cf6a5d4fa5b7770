//! A resource of AWS Config and its captures.

use super::super::Case;
use super::super::compliance::upkeep;
use super::super::question::{Inspection, Subject};
use super::super::resources::{key, raw, stream};
use super::super::table::Cell;
use super::{add_file, blank, code, push, text};

/// What nothing can prove, in words.
const UNSIGNED: &str = "AWS Config signs nothing: that this item is what AWS delivered cannot be proven from the file alone. Its SHA-256 can be compared with S3's own checksum.";

pub(super) fn inspect(case: &Case, at: u32) -> Option<Inspection> {
    let inventory = &case.inventory;
    let resource = inventory.resource(at)?;
    let newest = inventory.capture(*resource.captures.last()?)?;
    let mut it = blank(inventory.title(resource), inventory.text(resource.kind));
    it.title = inventory.title(resource).to_owned();
    push(&mut it.what, "ID", code(inventory.text(resource.id)));
    push(&mut it.what, "ARN", code(inventory.arn(resource)));
    push(
        &mut it.what,
        "Account",
        text(inventory.text(resource.account)),
    );
    push(
        &mut it.what,
        "Region",
        text(inventory.text(resource.region)),
    );
    push(&mut it.what, "State", text(newest.status.label()));
    push(
        &mut it.what,
        "Captures",
        Cell::Number(resource.captures.len() as u64),
    );
    let own = (inventory.text(resource.kind), inventory.text(resource.id));
    let overall = upkeep(case).flat_map(|told| &told.overall);
    for one in overall.filter(|one| (one.resource.0.as_str(), one.resource.1.as_str()) == own) {
        let failing = one
            .failing
            .map_or(String::new(), |(count, _)| format!(", {count} rules"));
        push(
            &mut it.what,
            "AWS says",
            text(&format!("{}{failing}", one.result)),
        );
    }
    for &(tag, value) in &newest.tags {
        push(
            &mut it.what,
            &format!("Tag {}", inventory.text(tag)),
            text(inventory.text(value)),
        );
    }
    it.history = Some(key(inventory, resource));
    for &capture in resource.captures.iter().rev().take(20) {
        let at = inventory.capture(capture).and_then(|capture| capture.at);
        let label = at.map_or("Captured at an unknown time".to_owned(), |at| {
            format!("Captured {at}")
        });
        it.related.push((label, Subject::Capture(capture)));
    }
    it.why.push(UNSIGNED.to_owned());
    add_file(case, newest.file, &mut it);
    it.raw = raw(case, newest);
    Some(it)
}

pub(super) fn inspect_capture(case: &Case, at: u32) -> Option<Inspection> {
    let inventory = &case.inventory;
    let capture = inventory.capture(at)?;
    let resource = inventory.resource(capture.resource)?;
    let place = resource.captures.iter().position(|&one| one == at);
    let mut it = blank(inventory.title(resource), "Configuration item");
    it.title = inventory.title(resource).to_owned();
    push(&mut it.what, "Type", text(inventory.text(resource.kind)));
    push(
        &mut it.what,
        "Captured",
        capture.at.map_or(Cell::Empty, Cell::Time),
    );
    push(&mut it.what, "State", text(capture.status.label()));
    if let Some(place) = place.filter(|&place| place > 0) {
        push(
            &mut it.what,
            "Changed",
            text(&inventory.changed(resource, place).words()),
        );
    }
    it.history = Some(key(inventory, resource));
    match stream::signed(case, capture.file, capture.place.0) {
        Some(signed) => {
            it.status = Some(stream::cell(signed));
            it.why.push(signed.message().to_owned());
            it.todo = Some(signed.recommendation().to_owned());
        }
        None => it.why.push(UNSIGNED.to_owned()),
    }
    if !capture.carries.configuration && !capture.status.is_deleted() {
        it.why.push("The item came without its configuration: it was too large for its message, or a query asked for some of it.".to_owned());
    }
    if capture.conflict {
        it.why.push("Another item in the evidence tells this capture with another configuration: one of them was edited.".to_owned());
        it.todo =
            Some("Fetch both files from the bucket again and compare their hashes.".to_owned());
    }
    add_file(case, capture.file, &mut it);
    push(
        &mut it.proof,
        "Offset",
        Cell::Number(u64::from(capture.place.0)),
    );
    push(
        &mut it.proof,
        "Length",
        Cell::Size(u64::from(capture.place.1)),
    );
    for other in capture
        .also
        .iter()
        .filter_map(|&other| inventory.capture(other))
    {
        let file = case.register.file(other.file);
        push(
            &mut it.proof,
            "Also in",
            code(file.map_or("", |file| &file.path)),
        );
    }
    it.raw = raw(case, capture);
    it.related.push((
        "Its resource".to_owned(),
        Subject::Resource(capture.resource),
    ));
    it.related
        .push(("Its file".to_owned(), Subject::File(capture.file)));
    Some(it)
}
