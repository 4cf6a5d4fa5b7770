//! Change tickets beside the changes that they approve.

mod support;

use exhibit::case::{Answer, Case, Export, Filter, Mapped, Question, Settings, Table};
use exhibit::moment::Moment;
use exhibit::sum::Sum;
use exhibit::ticket::Columns;
use serde_json::json;

use support::{exported, judged, report};

const CALLS: &str = r#"{"Records":[
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000001","eventTime":"2026-03-01T02:30:00Z","eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"},"requestParameters":{"groupId":"sg-0001"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000002","eventTime":"2026-03-01T02:40:00Z","eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/bob","userName":"bob"},"requestParameters":{"groupId":"sg-0002"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000003","eventTime":"2026-03-01T02:45:00Z","eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/bob","userName":"bob"},"requestParameters":{"groupId":"sg-0001"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000004","eventTime":"2026-03-05T09:00:00Z","eventName":"DeleteTrail","eventSource":"cloudtrail.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000005","eventTime":"2026-03-01T02:31:00Z","eventName":"DescribeInstances","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":true,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000006","eventTime":"2026-03-01T02:32:00Z","eventName":"DeleteBucket","eventSource":"s3.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"errorCode":"AccessDenied","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000007","eventTime":"2026-03-10T12:00:00Z","eventName":"CreateUser","eventSource":"iam.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"},"requestParameters":{"userName":"carol"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000008","eventTime":"2026-03-20T12:00:00Z","eventName":"CreateUser","eventSource":"iam.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"},"requestParameters":{"userName":"dave"}}
]}"#;

const TICKETS: &str = "Number,Short description,State,Planned start date,Planned end date,Assigned to,Configuration item\r\nCHG1,Open the port,Approved,2026-03-01 02:00:00,2026-03-01 04:00:00,alice,sg-0001\r\nCHG2,New colleague,Approved,2026-03-10,2026-03-10,,\r\nCHG3,Another,Rejected,2026-03-20,2026-03-20,alice,\r\nCHG4,Without a time,Approved,next week,,alice,\r\nCHG5,Never done,Approved,2026-04-01,2026-04-02,alice,\r\n";

fn rows(case: &mut Case) -> Vec<(String, String, String, String)> {
    let question = Question::Rows {
        table: Table::Changes,
        filter: Filter::default(),
        sort: None,
        first: 0,
        count: 100,
    };
    let Answer::Rows(rows) = case.answer(&question) else {
        panic!("no rows");
    };
    let text = |row: &exhibit::case::Row, at: usize| row.cells[at].shown();
    rows.rows
        .iter()
        .map(|row| (text(row, 5), text(row, 0), text(row, 1), text(row, 2)))
        .collect()
}

#[test]
fn changes_are_matched_to_their_tickets() {
    let files = vec![
        ("log.json".to_owned(), CALLS.as_bytes().to_vec()),
        ("tickets.csv".to_owned(), TICKETS.as_bytes().to_vec()),
    ];
    let mut case = judged(&files, Settings::default());
    let all = rows(&mut case);
    let short: Vec<(&str, &str, &str)> = all
        .iter()
        .map(|(what, approval, ticket, _)| (what.as_str(), approval.as_str(), ticket.as_str()))
        .collect();
    assert_eq!(
        short,
        [
            ("AuthorizeSecurityGroupIngress", "approved", "CHG1"),
            ("AuthorizeSecurityGroupIngress", "unapproved", ""),
            ("AuthorizeSecurityGroupIngress", "partly", "CHG1"),
            ("DeleteTrail", "unapproved", ""),
            ("CreateUser", "time only", "CHG2"),
            ("CreateUser", "unapproved", "CHG3"),
        ]
    );
    assert!(all[5].3.contains("Rejected"), "{}", all[5].3);
    let Answer::Changes(summary) = case.answer(&Question::Changes) else {
        panic!("no summary");
    };
    assert_eq!(
        (
            summary.tickets,
            summary.timeless,
            summary.unused,
            summary.counts
        ),
        (5, 1, 2, [3, 1, 1, 1])
    );
    assert!(summary.sheets[0].counts && !summary.sheets[0].by_hand);
    let report = report(&files);
    assert_eq!(report["audit"]["changes"]["unapproved"], 3);
    let kinds: Vec<&str> = report["evidence"]["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| file["kind"].as_str().expect("kind"))
        .collect();
    assert_eq!(kinds, ["cloudtrail-log", "change-tickets"]);
    let html = String::from_utf8(exported(
        &mut case,
        &Export::Html {
            generated: Moment::MIN,
        },
    ))
    .expect("text");
    assert!(html.contains("Changes that no ticket approves") && html.contains("3 are unapproved"));
    // What lies outside the period under audit is not asked for.
    let mut settings = Settings::default();
    settings.audit.to = Moment::parse("2026-03-04T00:00:00Z");
    assert_eq!(rows(&mut judged(&files, settings)).len(), 3);
}

#[test]
fn a_standing_ticket_is_found_behind_thousands_that_are_over() {
    let mut tickets =
        "Ticket,Planned start,Planned end,Resource\nSTANDING,2026-01-01,2026-12-31,sg-0001\n"
            .to_owned();
    for at in 0..2_500 {
        let day = 1 + at % 27;
        tickets += &format!("T{at},2026-02-{day:02} 01:00,2026-02-{day:02} 02:00,sg-0002\n");
    }
    let files = [
        ("log.json".to_owned(), CALLS.as_bytes().to_vec()),
        ("tickets.csv".to_owned(), tickets.into_bytes()),
    ];
    let mut case = judged(&files, Settings::default());
    let changes = rows(&mut case);
    let standing = changes
        .iter()
        .filter(|row| row.2 == "STANDING" && row.1 == "approved");
    assert_eq!(standing.count(), 2, "{changes:?}");
    // That no column tells a state is said.
    let report = support::report_of(&mut case);
    assert_eq!(
        report["audit"]["changes"]["withoutState"],
        json!(["tickets.csv"])
    );
}

#[test]
fn columns_that_no_heading_tells_are_mapped_by_hand() {
    let tickets = "Kennung;Beginn;Ende;Objekt\nA-1;2026-03-01 03:00;2026-03-01 05:00;sg-0001\n";
    let files = vec![
        ("log.json".to_owned(), CALLS.as_bytes().to_vec()),
        ("liste.csv".to_owned(), tickets.as_bytes().to_vec()),
    ];
    let mut case = judged(&files, Settings::default());
    assert!(
        rows(&mut case)
            .iter()
            .all(|(_, approval, ..)| approval == "unapproved")
    );
    let mut settings = Settings::default();
    settings.audit.tickets.push(Mapped {
        file: Some(Sum::of(tickets.as_bytes())),
        columns: Columns {
            places: [Some(0), None, Some(1), Some(2), Some(3), None, None],
            hours: 1,
            ..Columns::default()
        },
    });
    let mut case = judged(&files, settings);
    let all = rows(&mut case);
    assert_eq!((all[0].1.as_str(), all[0].2.as_str()), ("approved", "A-1"));
    assert_eq!(all[1].1, "unapproved");
}
