//! Messages of the configuration stream: the table of them, what they say, and whether Amazon SNS signed them.

use std::collections::HashMap;

use crate::config::inventory::Capture;
use crate::config::sns::{self, Signed, Signer};
use crate::config::{Body, Message};
use crate::integrity::State;
use crate::sum::Sum;

use super::super::Case;
use super::super::inspect::{add_file, blank, code, push, raw, text};
use super::super::question::{Inspection, Subject};
use super::super::rows;
use super::super::table::{Cell, Row};
use super::view::CertificateView;

/// What is known of the signatures of messages.
#[derive(Default)]
pub(in crate::case) struct Signatures {
    /// Certificates of the evidence, with their files.
    signers: Vec<(u32, Signer)>,
    /// For each message, in their order.
    of: Vec<(Signed, Option<usize>)>,
    /// Messages of each file: place, length, and which.
    places: HashMap<u32, Vec<(u64, u64, u32)>>,
    /// Verdicts that hold as long as the certificates are the same.
    known: HashMap<Sum, (Signed, Option<usize>)>,
}

impl Signatures {
    /// What is known of a message.
    pub(in crate::case) fn of(&self, message: usize) -> Signed {
        self.of.get(message).map_or(Signed::Unsigned, |one| one.0)
    }

    /// The message that an item came in, by the item's place.
    fn around(&self, file: u32, at: u32) -> Option<usize> {
        let at = u64::from(at);
        let holds = |&&(from, length, _): &&(u64, u64, u32)| (from..from + length).contains(&at);
        let found = self.places.get(&file)?.iter().find(holds)?;
        Some(found.2 as usize)
    }
}

/// Judges the signatures of all messages.
pub(super) fn judge(case: &mut Case) {
    let inventory = &case.inventory;
    let mut found: Vec<(u32, Signer)> = Vec::new();
    for (file, certificate) in &inventory.certificates {
        if let Some(entry) = case.register.file(*file) {
            found.push((*file, Signer::new(&entry.path, certificate.clone())));
        }
    }
    let key = |of: &(u32, Signer)| (of.1.certificate.sha256, of.1.name.clone());
    let mut signers = crate::order::sorted(found, |a, b| key(a).cmp(&key(b)));
    signers.dedup_by(|a, b| key(a) == key(b));
    let old = &mut case.resources.signatures;
    let is_same = old.signers.iter().map(key).eq(signers.iter().map(key));
    let mut known = if is_same {
        std::mem::take(&mut old.known)
    } else {
        HashMap::new()
    };
    let mut places: HashMap<u32, Vec<(u64, u64, u32)>> = HashMap::new();
    let mut of = Vec::with_capacity(inventory.messages.len());
    let (files, only): (Vec<u32>, Vec<Signer>) = signers.into_iter().unzip();
    for (at, (file, message)) in inventory.messages.iter().enumerate() {
        let list = places.entry(*file).or_default();
        list.push((message.at, u64::from(message.length), at as u32));
        let Some(seal) = &message.seal else {
            of.push((Signed::Unsigned, None));
            continue;
        };
        let named = inventory.text(seal.certificate);
        let verdict = known.entry(sns::id(seal, named));
        of.push(*verdict.or_insert_with(|| sns::judge(seal, named, &only)));
    }
    case.resources.signatures = Signatures {
        signers: files.into_iter().zip(only).collect(),
        of,
        places,
        known,
    };
}

/// What is known of the signature of the message that an item came in; `None` where it came in a file.
pub(in crate::case) fn signed(case: &Case, file: u32, at: u32) -> Option<Signed> {
    let signatures = &case.resources.signatures;
    signatures
        .around(file, at)
        .map(|message| signatures.of(message))
}

/// The same of whichever item that tells a capture came in a message; the best where several did.
pub(super) fn signed_of(case: &Case, capture: &Capture) -> Option<Signed> {
    let also = capture
        .also
        .iter()
        .filter_map(|&at| case.inventory.capture(at));
    let all = std::iter::once(capture).chain(also);
    all.filter_map(|one| signed(case, one.file, one.place.0))
        .min()
}

/// The certificates of the evidence, and how many messages each signed.
pub(in crate::case) fn certificates(case: &Case) -> Vec<CertificateView> {
    let signatures = &case.resources.signatures;
    let one = |(at, (file, signer)): (usize, &(u32, Signer))| {
        let is_its = |one: &&(Signed, Option<usize>)| one.0.is_valid() && one.1 == Some(at);
        CertificateView {
            path: case
                .register
                .file(*file)
                .map_or(String::new(), |file| file.path.to_string()),
            subject: signer.certificate.subject.clone(),
            issuer: signer.certificate.issuer.clone(),
            from: signer.certificate.from,
            to: signer.certificate.to,
            sha256: signer.certificate.sha256.to_string(),
            serves: signer.serves(),
            signed: signatures.of.iter().filter(is_its).count() as u64,
        }
    };
    signatures.signers.iter().enumerate().map(one).collect()
}

/// How many messages there are of each verdict on their signature.
pub(in crate::case) fn counts(case: &Case) -> Vec<(Signed, u64)> {
    let count = |&word: &Signed| {
        let all = case.resources.signatures.of.iter();
        (word, all.filter(|one| one.0 == word).count() as u64)
    };
    let counts = Signed::ALL.iter().map(count);
    counts.filter(|(_, count)| *count > 0).collect()
}

/// The cell of a verdict.
pub(in crate::case) fn cell(signed: Signed) -> Cell {
    Cell::State {
        state: match signed {
            Signed::Valid => State::Proven,
            Signed::Invalid => State::Altered,
            Signed::ValidOutside | Signed::NoCertificate | Signed::Foreign => State::Unproven,
            Signed::Unsigned => State::NotCovered,
        },
        hatched: false,
        word: signed.name().to_owned(),
    }
}

/// What a message is about, and what it says of it.
fn about(case: &Case, message: &Message) -> (String, String) {
    let inventory = &case.inventory;
    let text = |text| inventory.text(text).to_owned();
    match &message.body {
        Body::Item { kind, id } => (
            format!("{} {}", inventory.text(*kind), inventory.text(*id)),
            String::new(),
        ),
        Body::Oversized {
            kind,
            id,
            place,
            error,
            ..
        } => (
            format!("{} {}", inventory.text(*kind), inventory.text(*id)),
            match (*place, *error) {
                (place, 0) => format!("too large; put to {}", inventory.text(place)),
                (_, error) => format!("too large; {}", inventory.text(error)),
            },
        ),
        Body::Delivered { key, bucket, .. } => (text(*key), text(*bucket)),
        Body::Compliance {
            rule,
            kind,
            id,
            old,
            new,
            ..
        } => (
            format!("{} {}", inventory.text(*kind), inventory.text(*id)),
            match *old {
                0 => format!("{}: {}", inventory.text(*rule), inventory.text(*new)),
                old => format!(
                    "{}: {}, before {}",
                    inventory.text(*rule),
                    inventory.text(*new),
                    inventory.text(old)
                ),
            },
        ),
        Body::Other => (String::new(), String::new()),
    }
}

/// A row of the table of messages.
pub(in crate::case) fn row(case: &Case, at: u32) -> Row {
    let subject = Subject::Message(at);
    let Some((file, message)) = case.inventory.messages.get(at as usize) else {
        return Row {
            subject,
            cells: Vec::new(),
        };
    };
    let (what, says) = about(case, message);
    let path = case.register.file(*file).map_or("", |file| &*file.path);
    Row {
        subject,
        cells: vec![
            rows::time(message.created),
            cell(case.resources.signatures.of(at as usize)),
            rows::text(case.inventory.text(message.kind)),
            rows::code(&what),
            rows::text(&says),
            rows::text(case.inventory.text(message.account)),
            rows::text(case.inventory.text(message.region)),
            rows::code(path),
        ],
    }
}

/// A message, for the inspector.
pub(in crate::case) fn inspect(case: &Case, at: u32) -> Option<Inspection> {
    let inventory = &case.inventory;
    let (file, message) = inventory.messages.get(at as usize)?;
    let (what, says) = about(case, message);
    let mut it = blank(inventory.text(message.kind), "Message of the stream");
    let signatures = &case.resources.signatures;
    let signed = signatures.of(at as usize);
    it.status = Some(cell(signed));
    push(&mut it.what, "Created", rows::time(message.created));
    push(&mut it.what, "About", code(&what));
    push(&mut it.what, "Says", text(&says));
    push(
        &mut it.what,
        "Account",
        text(inventory.text(message.account)),
    );
    push(&mut it.what, "Region", text(inventory.text(message.region)));
    it.why.push(signed.message().to_owned());
    it.todo = Some(signed.recommendation().to_owned());
    add_file(case, *file, &mut it);
    push(&mut it.proof, "Offset", Cell::Number(message.at));
    push(
        &mut it.proof,
        "Length",
        Cell::Size(u64::from(message.length)),
    );
    if let Some(seal) = &message.seal {
        push(&mut it.proof, "Topic", code(inventory.text(seal.topic)));
        push(&mut it.proof, "Sent", rows::time(seal.at));
        let how = match seal.version {
            1 => "1: RSA with SHA-1",
            2 => "2: RSA with SHA-256",
            _ => "unknown",
        };
        push(&mut it.proof, "SignatureVersion", text(how));
        push(
            &mut it.proof,
            "Hash of the signed fields",
            code(&hex::encode(&seal.hash)),
        );
        push(
            &mut it.proof,
            "Certificate that it names",
            code(inventory.text(seal.certificate)),
        );
        let by = signatures.of.get(at as usize).and_then(|one| one.1);
        if let Some((file, signer)) = by.and_then(|by| signatures.signers.get(by)) {
            let one = &signer.certificate;
            push(&mut it.proof, "Checked with, subject", text(&one.subject));
            push(&mut it.proof, "Issuer", text(&one.issuer));
            push(&mut it.proof, "Holds from", rows::time(one.from));
            push(&mut it.proof, "Holds until", rows::time(one.to));
            push(
                &mut it.proof,
                "SHA-256 of the certificate",
                code(&one.sha256.to_string()),
            );
            it.related
                .push(("The certificate's file".to_owned(), Subject::File(*file)));
        }
    }
    let place = (u32::try_from(message.at).ok()?, message.length);
    it.raw = Some(raw(case, *file, Some(place))?);
    it.related
        .push(("Its file".to_owned(), Subject::File(*file)));
    Some(it)
}
