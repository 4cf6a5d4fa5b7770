//! Lists of controls that users bring: a catalog of OSCAL (NIST, catalog model 1.x), or CSV.

use serde::Deserialize;

use super::Control;
use crate::evidence::{Problem, ProblemCode, json};
use crate::ticket;

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
    props: Vec<Property>,
    groups: Vec<Group>,
    controls: Vec<Group>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Property {
    name: String,
    class: String,
    value: String,
}

/// Reads a list, and tells whether it holds more than are taken. `name` is what the controls are said to come from.
///
/// # Errors
/// What is neither, or holds no control.
pub fn parse(name: &str, bytes: &[u8]) -> Result<(Vec<Control>, bool), Problem> {
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
    let is_cut = all.len() > MOST;
    all.truncate(MOST);
    Ok((all, is_cut))
}

/// Groups nest as deep as the parser of JSON allows, which is bounded.
fn take(group: &Group, source: &str, all: &mut Vec<Control>) {
    for one in &group.controls {
        let named = |name: &'static str| one.props.iter().filter(move |one| one.name == name);
        if !named("status").any(|one| one.value.eq_ignore_ascii_case("withdrawn")) {
            // The plain label before those of other writings. The id stays what others refer to.
            let label = named("label").min_by_key(|one| !one.class.is_empty());
            let title = label.map_or(one.title.clone(), |label| {
                format!("{} {}", label.value, one.title)
            });
            all.push(control(&one.id, &title, source));
        }
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
    let mut reader = ticket::table(bytes);
    let (mut id, mut title) = (0, 1);
    for (at, row) in reader.records().take(MOST + 2).enumerate() {
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
            parse("x", text.as_bytes()).map(|(all, _)| {
                all.into_iter()
                    .map(|one| (one.id, one.title))
                    .collect::<Vec<_>>()
            })
        };
        let oscal = r#"{"catalog":{"uuid":"u","groups":[{"id":"ac","title":"Access","controls":[{"id":"ac-1","title":"Policy","controls":[{"id":"ac-1.1","title":"More","props":[{"name":"label","class":"padded","value":"AC-01(01)"},{"name":"label","value":"AC-1(1)"}]},{"id":"ac-1.2","title":"Gone","props":[{"name":"status","value":"withdrawn"}]}]}]}]}}"#;
        assert_eq!(
            ids(oscal),
            Ok(vec![
                ("ac-1".into(), "Policy".into()),
                ("ac-1.1".into(), "AC-1(1) More".into())
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
        for text in [
            "Control ID;Title\nA.1;Keep, safe\n",
            "Control ID\tTitle\nA.1\tKeep, safe\n",
        ] {
            assert_eq!(ids(text), Ok(vec![("A.1".into(), "Keep, safe".into())]));
        }
        let many: String = (0..=MOST).map(|at| format!("A.{at},x\n")).collect();
        let (all, is_cut) = parse("x", many.as_bytes()).expect("a list");
        assert!(all.len() == MOST && is_cut);
        assert!(ids("").is_err() && ids("{}").is_err() && ids("{\"catalog\":{}}").is_err());
    }
}
