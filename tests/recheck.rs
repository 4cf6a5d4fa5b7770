//! What is dropped now, held against an earlier report or a saved case.

mod support;

use exhibit::case::{Answer, Earlier, Export, Question, Settings};
use exhibit::moment::Moment;

use support::{exported, judged};

#[test]
fn an_earlier_report_says_which_file_was_changed() {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let before = [
        file("a.txt", "one"),
        file("b.txt", "two"),
        file("c.txt", "three"),
    ];
    let mut case = judged(&before, Settings::default());
    let report = exported(
        &mut case,
        &Export::Report {
            generated: Moment::MIN,
        },
    );
    let saved = exported(&mut case, &Export::Case);
    let compare =
        |now: &[(String, Vec<u8>)], earlier: &Earlier| match judged(now, Settings::default())
            .answer(&Question::Recheck(earlier.clone()))
        {
            Answer::Recheck(recheck) => recheck,
            other => panic!("{other:?}"),
        };
    let earlier = exhibit::case::recheck::parse("report.json", &report).expect("a report");
    let same = compare(&before, &earlier);
    assert_eq!(
        (
            same.held,
            same.changed.len(),
            same.missing.1,
            same.added.1,
            same.verdict
        ),
        (3, 0, 0, 0, None)
    );
    // One byte, a file gone, one renamed, one new.
    let now = [
        file("a.txt", "onf"),
        file("d.txt", "three"),
        file("e.txt", "four"),
    ];
    let other = compare(&now, &earlier);
    assert_eq!(
        (other.held, other.changed, other.missing.0, other.added.0),
        (
            1,
            vec!["a.txt".to_owned()],
            vec!["b.txt".to_owned()],
            vec!["e.txt".to_owned()]
        )
    );
    let (_, files) = exhibit::case::saved::parse(&saved).expect("a case");
    let earlier = Earlier {
        files,
        ..Earlier::default()
    };
    assert_eq!(compare(&now, &earlier).changed, ["a.txt"]);
    assert!(exhibit::case::recheck::parse("x", b"{}").is_err());
}

#[test]
fn a_file_that_was_changed_is_not_held_by_its_twin() {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let compared = |before: &[(String, Vec<u8>)], now: &[(String, Vec<u8>)]| {
        let mut case = judged(before, Settings::default());
        let saved = exported(&mut case, &Export::Case);
        let (_, files) = exhibit::case::saved::parse(&saved).expect("a case");
        let earlier = Earlier {
            files,
            ..Earlier::default()
        };
        let mut now = judged(now, Settings::default());
        match now.answer(&Question::Recheck(earlier)) {
            Answer::Recheck(recheck) => (
                recheck.held,
                recheck.changed.join(","),
                recheck.missing.0.join(","),
                recheck.added.0.join(","),
            ),
            other => panic!("{other:?}"),
        }
    };
    let same = |held, changed: &str, missing: &str, added: &str| {
        (held, changed.into(), missing.into(), added.into())
    };
    let twins = [file("a/d.txt", "twin"), file("b/d.txt", "twin")];
    let edited = [file("a/d.txt", "edited"), file("b/d.txt", "twin")];
    assert_eq!(compared(&twins, &edited), same(1, "a/d.txt", "", ""));
    // One of two that were alike is gone; both were renamed; a third came.
    assert_eq!(compared(&twins, &twins[..1]), same(1, "", "b/d.txt", ""));
    let renamed = [file("c/d.txt", "twin"), file("e/d.txt", "twin")];
    assert_eq!(compared(&twins, &renamed), same(2, "", "", ""));
    assert_eq!(compared(&twins, &renamed[..1]), same(1, "", "b/d.txt", ""));
    assert_eq!(compared(&twins[..1], &twins), same(1, "", "", "b/d.txt"));
}
