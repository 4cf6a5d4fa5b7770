//! The risk of an object: the highest of what it is classified by.

use crate::object::{Object, Row, Way};

use super::{MOST, Rated, Values};

/// The risk of a row, as the user set it or as the model has it; 0 where it, or its way, is turned off.
pub fn of_row(way: Way, row: &Row, values: &Values) -> u8 {
    let is_on = values.is_on(Rated::Object(way), row.name) && !values.off.contains(&way);
    if is_on { value(way, row, values) } else { 0 }
}

/// The value of a row, as the user set it or as the model has it, whether it counts or not.
pub fn value(way: Way, row: &Row, values: &Values) -> u8 {
    let own = values.set_of(Rated::Object(way), row.name);
    own.unwrap_or(row.risk).min(MOST)
}

/// The rows that an object is classified by, with the matches of each.
pub fn rows(object: &Object, way: Way) -> Vec<(&'static Row, u32)> {
    let row = |at: usize, count: u32| way.rows().get(at).map(|row| (row, count));
    match way {
        Way::ContentType => row(usize::from(object.content_type), 1)
            .into_iter()
            .collect(),
        Way::Extension => one(way, object.extension),
        Way::Classifier => one(way, object.class),
        Way::Theme => object
            .themes
            .iter()
            .filter_map(|&at| row(at.into(), 1))
            .collect(),
        Way::Regex => object
            .regexes
            .iter()
            .filter_map(|&(at, count)| row(at.into(), count))
            .collect(),
    }
}

fn one(way: Way, at: Option<u8>) -> Vec<(&'static Row, u32)> {
    let row = at.and_then(|at| way.rows().get(usize::from(at)));
    row.into_iter().map(|row| (row, 1)).collect()
}

/// The risk of an object in each way, in the order of [`Way::ALL`], and of all.
pub fn risks(object: &Object, values: &Values) -> ([u8; 5], u8) {
    let of = |way: Way| {
        let risks = rows(object, way)
            .into_iter()
            .map(|(row, _)| of_row(way, row, values));
        risks.max().unwrap_or(0)
    };
    let each = Way::ALL.map(of);
    // An object is never without risk.
    (each, each.into_iter().max().unwrap_or(0).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_the_enabled_counts() {
        // The example that the model is described with: 2, 1, 1, 2, 5 make 5.
        let place = |way: Way, risk: u8| {
            way.rows()
                .iter()
                .position(|row| row.risk == risk)
                .expect("a row")
        };
        let object = Object {
            content_type: place(Way::ContentType, 1) as u16,
            extension: Some(place(Way::Extension, 1) as u8),
            themes: vec![place(Way::Theme, 2) as u8],
            regexes: vec![(
                Way::Regex
                    .rows()
                    .iter()
                    .position(|row| row.risk == 5)
                    .expect("a row") as u8,
                1,
            )],
            class: Some(7),
            ..Object::default()
        };
        let mut values = Values::default();
        values.set(
            Rated::Object(Way::Classifier),
            Way::Classifier.rows()[7].name,
            Some(2),
        );
        assert_eq!(risks(&object, &values), ([1, 1, 2, 5, 2], 5));
        values.off.insert(Way::Regex);
        assert_eq!(risks(&object, &values), ([1, 1, 2, 0, 2], 2));
        values.set(
            Rated::Object(Way::Theme),
            rows(&object, Way::Theme)[0].0.name,
            Some(9),
        );
        assert_eq!(risks(&object, &values).1, 9);
        let theme = rows(&object, Way::Theme)[0].0.name;
        values.turn(Rated::Object(Way::Theme), theme, false);
        assert_eq!(risks(&object, &values), ([1, 1, 0, 0, 2], 2));
        values.turn(Rated::Object(Way::Theme), theme, true);
        assert_eq!(risks(&object, &values).1, 9, "its value was kept");
    }
}
