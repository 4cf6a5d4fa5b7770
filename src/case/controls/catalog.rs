//! Lists of controls that users bring: a catalog of OSCAL (NIST, catalog model 1.x), or CSV.

use serde::Deserialize;

use super::Control;
use crate::evidence::{Problem, ProblemCode, json};

/// Controls of one list that are taken.
const MOST: usize = 20_000;

#[derive(Deserialize)]
struct File {
    catalog: Group,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group {
    id: String,
    title: String,
    groups: Vec<Group>,
    controls: Vec<Group>,
}

/// Reads a list. `name` is what the controls are said to come from where the list does not tell.
///
/// # Errors
/// What is neither, or holds no control.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Vec<Control>, Problem> {
    let mut all = Vec::new();
    if bytes.trim_ascii_start().starts_with(b"{") {
        let file: File = json::read(bytes)?;
        take(&file.catalog, name, &mut all);
    } else {
        read_csv(bytes, name, &mut all)?;
    }
    if all.is_empty() {
        return Err(Problem::new(
            ProblemCode::JsonShape,
            "no control is in it; expected a catalog of OSCAL, or CSV with the columns id and title",
        ));
    }
    all.truncate(MOST);
    Ok(all)
}

/// Groups nest as deep as the parser of JSON allows, which is bounded.
fn take(group: &Group, source: &str, all: &mut Vec<Control>) {
    for one in &group.controls {
        all.push(control(&one.id, &one.title, source));
        take(one, source, all);
    }
    group.groups.iter().for_each(|one| take(one, source, all));
}

fn control(id: &str, title: &str, source: &str) -> Control {
    Control {
        id: id.trim().chars().take(200).collect(),
        title: title.trim().chars().take(2_000).collect(),
        source: source.to_owned(),
        ..Control::default()
    }
}

fn read_csv(bytes: &[u8], name: &str, all: &mut Vec<Control>) -> Result<(), Problem> {
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let (mut id, mut title) = (0, 1);
    for (at, row) in reader.records().take(MOST + 1).enumerate() {
        let row = row.map_err(|error| {
            let place = error.position().map_or(0, csv::Position::byte);
            Problem::new(ProblemCode::TextEncoding, error.to_string()).at(place)
        })?;
        let find = |words: &[&str]| {
            row.iter()
                .position(|cell| words.contains(&cell.trim().to_ascii_lowercase().as_str()))
        };
        if at == 0
            && let Some(place) = find(&["id", "control", "control id", "control_id", "controlid"])
        {
            id = place;
            title = find(&["title", "name", "description", "control title"]).unwrap_or(place + 1);
            continue;
        }
        let cell = |place: usize| row.get(place).unwrap_or_default();
        if !cell(id).trim().is_empty() {
            all.push(control(cell(id), cell(title), name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogs_and_tables() {
        let ids = |text: &str| {
            parse("x", text.as_bytes()).map(|all| {
                all.into_iter()
                    .map(|one| (one.id, one.title))
                    .collect::<Vec<_>>()
            })
        };
        let oscal = r#"{"catalog":{"uuid":"u","groups":[{"id":"ac","title":"Access","controls":[{"id":"ac-1","title":"Policy","controls":[{"id":"ac-1.1","title":"More"}]}]}]}}"#;
        assert_eq!(
            ids(oscal),
            Ok(vec![
                ("ac-1".into(), "Policy".into()),
                ("ac-1.1".into(), "More".into())
            ])
        );
        assert_eq!(
            ids("Control ID,Owner,Title\nA.1,me,\"Keep, safe\"\n,,\n"),
            Ok(vec![("A.1".into(), "Keep, safe".into())])
        );
        assert_eq!(
            ids("A.1,First\nA.2\n"),
            Ok(vec![
                ("A.1".into(), "First".into()),
                ("A.2".into(), String::new())
            ])
        );
        assert!(ids("").is_err() && ids("{}").is_err() && ids("{\"catalog\":{}}").is_err());
    }
}
