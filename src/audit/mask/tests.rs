//! What is found and masked, in whatever way it is written.

use super::*;

fn mask(sharing: Sharing) -> Mask {
    let sharing = Sharing {
        on: true,
        key: "k".to_owned(),
        ..sharing
    };
    let mask = Mask::of(&Case::default(), &sharing);
    mask.expect("not too much").expect("a mask")
}

#[test]
fn patterns_find_values_in_longer_texts_and_leave_the_rest() {
    let mask = mask(Sharing {
        accounts: true,
        addresses: true,
        personal: true,
        actors: true,
        also: vec!["Project Dove".to_owned()],
        except: vec!["198.51.100.1".to_owned()],
        ..Sharing::default()
    });
    let hash = "a123456789012b0".repeat(4);
    for same in [
        "0.0.0.0/0 and ::/0",
        "12:34:56 on 2026-03-01T12:34:56Z",
        "1.2.3",
        "version 1.2.3.400",
        hash.as_str(),
        "1234567890123",
        "198.51.100.1",
        "AKIA",
        "4539 1488 0343 6468",
    ] {
        assert_eq!(mask.text(same), same);
    }
    let one = mask.text("111122223333").into_owned();
    assert!(one.starts_with("account-"), "{one}");
    assert_eq!(
        mask.text("AWSLogs/111122223333/x/111122223333_CloudTrail_us-east-1.json.gz"),
        format!("AWSLogs/{one}/x/{one}_CloudTrail_us-east-1.json.gz")
    );
    assert_eq!(
        mask.text("111122223333,111122223333"),
        format!("{one},{one}")
    );
    let ip = mask.text("203.0.113.7").into_owned();
    assert_eq!(
        mask.text("from 203.0.113.7, ip-203-0-113-7.ec2.internal"),
        format!("from {ip}, {ip}.ec2.internal")
    );
    for gone in [
        "2001:db8::7",
        "AKIAIOSFODNN7EXAMPLE",
        "jo.doe@example.org",
        "+49 30 901820",
        "078-05-1120",
        "4539 1488 0343 6467",
        "DE89370400440532013000",
        "project dove",
    ] {
        let masked = mask.text(&format!("see ({gone}) there")).into_owned();
        assert!(!masked.contains(gone), "{masked}");
    }
    assert_eq!(
        mask.text("JO.DOE@example.org"),
        mask.text("jo.doe@example.org")
    );
}

#[test]
fn arns_are_masked_whole_and_alike() {
    let mask = mask(Sharing {
        arns: true,
        ..Sharing::default()
    });
    let arn = "arn:aws:iam::111122223333:user/alice";
    let one = mask.text(arn).into_owned();
    assert!(one.starts_with("arn-") && one.len() == 14);
    assert_eq!(
        mask.text(&format!("by {arn}, and {arn}.")),
        format!("by {one}, and {one}.")
    );
    for encoded in ["%3A", "%3a"] {
        assert_eq!(mask.text(&arn.replace(':', encoded)), one);
    }
}

#[test]
fn listed_values_are_found_however_they_are_written() {
    let mask = mask(Sharing {
        also: vec!["Zoë \"Z\" Roe".to_owned()],
        ..Sharing::default()
    });
    let one = mask.text("Zoë \"Z\" Roe").into_owned();
    for written in [
        "Zo%C3%AB%20%22Z%22%20Roe",
        "zo%c3%ab+%22z%22+roe",
        r#"Zoë \"Z\" Roe"#,
        r#"Zo\u00eb \"Z\" Roe"#,
        r#"Zo\u00EB \"Z\" Roe"#,
    ] {
        assert_eq!(mask.text(&format!("by {written}.")), format!("by {one}."));
    }
}

#[test]
fn what_hides_in_a_value_is_found_as_documents_show_it() {
    let mask = mask(Sharing {
        also: vec!["Dove\u{ad}cote".to_owned()],
        ..Sharing::default()
    });
    let html = super::super::html::escape("the Dove\u{ad}cote");
    assert!(html.contains("[U+00AD]"));
    assert_eq!(mask.text(&html), mask.text("the Dove\u{ad}cote"));
}

#[test]
fn nothing_is_masked_where_not_all_can_be() {
    let sharing = Sharing {
        on: true,
        also: (0..=values::MOST).map(|at| format!("name {at}")).collect(),
        ..Sharing::default()
    };
    assert_eq!(Mask::of(&Case::default(), &sharing).err(), Some(TOO_MUCH));
}

#[test]
fn without_the_key_pseudonyms_differ() {
    let with = |key: &str| {
        let sharing = Sharing {
            on: true,
            accounts: true,
            key: key.to_owned(),
            ..Sharing::default()
        };
        let mask = Mask::of(&Case::default(), &sharing).expect("not too much");
        let mask = mask.expect("a mask");
        mask.text("111122223333").into_owned()
    };
    assert_ne!(with("a"), with("b"));
    assert_eq!(with("a"), with("a"));
}
