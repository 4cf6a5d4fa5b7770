//! The columns of each table.

use super::table::{Column, Shape, Table};

impl Table {
    /// Its columns.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Table::Files => FILES,
            Table::Digests => DIGESTS,
            Table::Logs => LOGS,
            Table::Gaps => GAPS,
            Table::Events => EVENTS,
            Table::Seen => SEEN,
            Table::Sessions => SESSIONS,
            Table::Resources => RESOURCES,
            Table::Messages => MESSAGES,
            Table::Findings => FINDINGS,
            Table::Rules => RULES,
            Table::Controls => CONTROLS,
            Table::Calls => CALLS,
            Table::Errors => ERRORS,
            Table::Alerts => ALERTS,
            Table::Conditions => CONDITIONS,
            Table::Users => USERS,
            Table::Windows => WINDOWS,
            Table::Unusual => UNUSUAL,
            Table::Objects => OBJECTS,
            Table::Accessed => ACCESSED,
            Table::Classifiers => CLASSIFIERS,
            Table::Reach => REACH,
            Table::Secrets => SECRETS,
            Table::Artifacts => ARTIFACTS,
            Table::Audit => AUDIT,
            Table::Scores => SCORES,
            Table::Changes => CHANGES,
            Table::Custody => CUSTODY,
            Table::Done => DONE,
        }
    }
}

const fn column(
    name: &'static str,
    title: &'static str,
    shape: Shape,
    width: u16,
    facet: bool,
) -> Column {
    Column {
        name,
        title,
        shape,
        width,
        facet,
    }
}

const FILES: &[Column] = &[
    column("path", "Path", Shape::Path, 300, false),
    column("kind", "Kind", Shape::Text, 150, true),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("size", "Size", Shape::Size, 80, false),
    column("sha256", "SHA-256", Shape::Code, 164, false),
    column("problem", "Problem", Shape::Text, 140, true),
];

const DIGESTS: &[Column] = &[
    column("status", "Status", Shape::State, 150, true),
    column("from", "From", Shape::Time, 170, false),
    column("to", "To", Shape::Time, 170, false),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("trail", "Trail", Shape::Text, 150, true),
    column("logs", "Logs", Shape::Number, 70, false),
    column("proof", "Proven by", Shape::Text, 130, true),
    column("key", "Key", Shape::Path, 300, false),
];

const LOGS: &[Column] = &[
    column("status", "Status", Shape::State, 150, true),
    column("delivered", "Delivered", Shape::Time, 170, false),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("events", "Events", Shape::Number, 80, false),
    column("sha256", "SHA-256", Shape::Code, 164, false),
    column("key", "Key", Shape::Path, 300, false),
];

const GAPS: &[Column] = &[
    column("kind", "Gap", Shape::State, 180, true),
    column("from", "From", Shape::Time, 170, false),
    column("to", "To", Shape::Time, 170, false),
    column("digests", "Digests", Shape::Number, 80, false),
    column("explainedBy", "Explained by", Shape::Text, 250, false),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("trail", "Trail", Shape::Text, 150, true),
];

const EVENTS: &[Column] = &[
    column("time", "Time (UTC)", Shape::Time, 170, false),
    column("proof", "Proof", Shape::State, 120, false),
    column("name", "Event", Shape::Text, 170, false),
    column("source", "Service", Shape::Text, 110, false),
    column("actor", "Actor", Shape::Path, 210, false),
    column("ip", "Source IP", Shape::Text, 120, false),
    column("region", "Region", Shape::Text, 100, false),
    column("account", "Account", Shape::Text, 128, false),
    column("error", "Outcome", Shape::Text, 130, false),
    column("resources", "Resources", Shape::Path, 220, false),
    column("id", "Event ID", Shape::Code, 130, false),
];

const SEEN: &[Column] = &[
    column("kind", "Kind", Shape::Text, 110, true),
    column("value", "Value", Shape::Path, 320, false),
    column("events", "Events", Shape::Number, 80, false),
    column("errors", "Errors", Shape::Number, 80, false),
    column("sessions", "Sessions", Shape::Number, 84, false),
    column("first", "First seen", Shape::Time, 170, false),
    column("last", "Last seen", Shape::Time, 170, false),
];

const SESSIONS: &[Column] = &[
    column("from", "From (UTC)", Shape::Time, 170, false),
    column("actor", "Actor", Shape::Path, 320, false),
    column("seconds", "Seconds", Shape::Number, 80, false),
    column("events", "Events", Shape::Number, 80, false),
    column("errors", "Errors", Shape::Number, 80, false),
    column("risky", "Risky", Shape::Number, 80, false),
    column("calls", "Distinct calls", Shape::Number, 128, false),
    column("addresses", "Addresses", Shape::Number, 92, false),
];

const RESOURCES: &[Column] = &[
    column("type", "Type", Shape::Text, 190, true),
    column("name", "Name or ID", Shape::Path, 220, false),
    column("status", "State", Shape::Text, 110, true),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("captured", "As captured (UTC)", Shape::Time, 170, false),
    column("ageDays", "Age in days", Shape::Number, 106, false),
    column("captures", "Captures", Shape::Number, 84, false),
    column("change", "Since then", Shape::Text, 150, true),
    column("tags", "Tags", Shape::Text, 200, false),
    column("id", "Resource ID", Shape::Code, 170, false),
];

const MESSAGES: &[Column] = &[
    column("created", "Created (UTC)", Shape::Time, 170, false),
    column("signature", "Signature", Shape::State, 190, true),
    column("type", "Message", Shape::Text, 290, true),
    column("about", "About", Shape::Path, 300, false),
    column("says", "Says", Shape::Text, 260, false),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("path", "Path", Shape::Path, 220, false),
];

const FINDINGS: &[Column] = &[
    column("evaluated", "Evaluated here", Shape::Text, 140, true),
    column("recorded", "Recorded by AWS", Shape::Text, 140, true),
    column("agreement", "Both", Shape::Text, 90, true),
    column("stale", "AWS's is", Shape::Text, 84, true),
    column("muted", "Muted", Shape::Text, 80, true),
    column("rule", "Rule", Shape::Text, 230, true),
    column("type", "Type", Shape::Text, 150, true),
    column("resource", "Resource", Shape::Path, 190, false),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 100, true),
    column("path", "Path", Shape::Path, 220, false),
    column("value", "Value", Shape::Path, 140, false),
    column("recordedAt", "Recorded (UTC)", Shape::Time, 170, false),
    column("tags", "Tags", Shape::Text, 180, false),
];

const RULES: &[Column] = &[
    column("rule", "Rule", Shape::Text, 260, false),
    column("decided", "Decided", Shape::Text, 120, true),
    column("noncompliant", "Failing", Shape::Number, 80, false),
    column("compliant", "Passing", Shape::Number, 80, false),
    column("insufficientData", "Not told", Shape::Number, 84, false),
    column("disagreements", "Disagree", Shape::Number, 84, false),
    column("type", "Type", Shape::Text, 180, true),
    column("overall", "AWS says", Shape::Text, 170, false),
    column("evaluated", "AWS evaluated (UTC)", Shape::Time, 170, false),
    column("parameters", "Parameters", Shape::Text, 200, false),
    column("from", "Parameters from", Shape::Text, 150, true),
    column("identifier", "Identifier", Shape::Path, 260, false),
];

const CONTROLS: &[Column] = &[
    column("status", "Status", Shape::Text, 100, true),
    column("control", "Control", Shape::Path, 240, false),
    column("rules", "Rules", Shape::Number, 70, false),
    column("failing", "Failing", Shape::Number, 78, false),
    column("untested", "Not tested", Shape::Number, 98, false),
    column("failingRules", "Failing rules", Shape::Text, 420, false),
];

const CALLS: &[Column] = &[
    column("risk", "Risk", Shape::Risk, 92, true),
    column("enabled", "Counts", Shape::Text, 76, true),
    column("name", "Call", Shape::Text, 220, false),
    column("source", "Service", Shape::Text, 120, true),
    column("description", "What it does", Shape::Text, 240, false),
    column("class", "About", Shape::Text, 170, true),
    column("count", "Events", Shape::Number, 80, false),
    column("inEvidence", "In the evidence", Shape::Text, 134, true),
    column("value", "Value", Shape::Text, 150, true),
    column("reason", "Why", Shape::Text, 320, false),
];

const ERRORS: &[Column] = &[
    column("risk", "Risk", Shape::Risk, 92, true),
    column("enabled", "Counts", Shape::Text, 76, true),
    column("code", "Error", Shape::Text, 260, false),
    column("description", "What happened", Shape::Text, 320, false),
    column("class", "About", Shape::Text, 150, true),
    column("count", "Events", Shape::Number, 80, false),
    column("inEvidence", "In the evidence", Shape::Text, 134, true),
    column("value", "Value", Shape::Text, 150, true),
    column("reason", "Why", Shape::Text, 280, false),
];

const ALERTS: &[Column] = &[
    column("severity", "Severity", Shape::Text, 104, true),
    column("risk", "Risk", Shape::Risk, 66, false),
    column("title", "Alert", Shape::Text, 330, false),
    column("category", "Category", Shape::Text, 170, true),
    column("from", "From", Shape::Text, 80, true),
    column("count", "Events", Shape::Number, 80, false),
    column("first", "First", Shape::Time, 170, false),
    column("last", "Last", Shape::Time, 170, false),
    column("actors", "Actors", Shape::Path, 280, false),
    column("author", "Author", Shape::Text, 160, false),
    column("licence", "Licence of the rule", Shape::Text, 200, false),
];

const CONDITIONS: &[Column] = &[
    column("state", "State", Shape::Text, 140, true),
    column("enabled", "Looked for", Shape::Text, 106, true),
    column("severity", "Severity", Shape::Text, 104, true),
    column("title", "Alert", Shape::Text, 320, false),
    column("category", "Category", Shape::Text, 170, true),
    column("from", "From", Shape::Text, 80, true),
    column("count", "Events", Shape::Number, 80, false),
    column("threshold", "Threshold", Shape::Text, 220, false),
    column("condition", "Condition", Shape::Path, 320, false),
    column("problem", "Why not", Shape::Text, 260, false),
    column("author", "Author", Shape::Text, 160, false),
];

const USERS: &[Column] = &[
    column("tier", "Tier", Shape::Text, 84, true),
    column("did", "By what it did", Shape::Text, 130, true),
    column("can", "By what it can do", Shape::Text, 156, true),
    column("user", "User", Shape::Path, 260, false),
    column("events", "Events", Shape::Number, 80, false),
    column("errors", "Errors", Shape::Number, 70, false),
    column("changes", "Changes", Shape::Number, 92, false),
    column("highRisk", "Risk 8-10", Shape::Number, 92, false),
    column("topRisk", "Highest", Shape::Risk, 84, false),
    column("topCall", "Riskiest call", Shape::Text, 180, false),
    column("sessions", "Sessions", Shape::Number, 84, false),
    column("unusual", "Unusual", Shape::Number, 80, false),
    column("first", "First", Shape::Time, 170, false),
    column("last", "Last", Shape::Time, 170, false),
];

const WINDOWS: &[Column] = &[
    column("from", "Five minutes from", Shape::Time, 170, false),
    column("user", "User", Shape::Path, 280, true),
    column("topRisk", "Highest risk", Shape::Risk, 114, true),
    column("topCall", "Riskiest call", Shape::Text, 200, false),
    column("events", "Events", Shape::Number, 80, false),
    column("errors", "Errors", Shape::Number, 80, false),
    column("calls", "Different calls", Shape::Number, 134, false),
    column("addresses", "Addresses", Shape::Number, 92, false),
];

const UNUSUAL: &[Column] = &[
    column("time", "Time (UTC)", Shape::Time, 170, false),
    column("kind", "New", Shape::Text, 110, true),
    column("value", "Value", Shape::Text, 220, false),
    column("user", "User", Shape::Path, 280, true),
    column("risk", "Risk", Shape::Risk, 66, true),
    column("call", "Call", Shape::Text, 180, false),
    column("pastEvents", "Events before", Shape::Number, 120, false),
    column("pastDays", "Days before", Shape::Number, 106, false),
];

const OBJECTS: &[Column] = &[
    column("risk", "Risk", Shape::Number, 60, true),
    column("path", "Path", Shape::Path, 260, false),
    column("contentType", "Content type", Shape::Text, 190, true),
    column("piiImpact", "Personal data", Shape::Text, 130, true),
    column("piiTypes", "What of it", Shape::Text, 220, false),
    column("regexes", "Regexes", Shape::Text, 200, false),
    column("themes", "Themes", Shape::Text, 200, false),
    column("classifier", "Class (a guess)", Shape::Text, 160, true),
    column("fileExtension", "Extension", Shape::Text, 92, true),
    column("size", "Size", Shape::Size, 80, false),
    column("class", "Class of content", Shape::Text, 180, true),
];

const ACCESSED: &[Column] = &[
    column("risk", "Risk by key", Shape::Number, 110, true),
    column("bucket", "Bucket", Shape::Text, 180, true),
    column("key", "Key", Shape::Path, 260, false),
    column("size", "Size", Shape::Size, 80, false),
    column("reads", "Reads", Shape::Number, 80, false),
    column("readBy", "Read by", Shape::Path, 200, false),
    column("writes", "Writes", Shape::Number, 80, false),
    column("writtenBy", "Written by", Shape::Path, 200, false),
    column("deletes", "Deletes", Shape::Number, 88, false),
    column("deletedBy", "Deleted by", Shape::Path, 200, false),
    column("failed", "Failed", Shape::Number, 80, false),
    column("from", "From", Shape::Path, 160, false),
    column("fileExtension", "Extension", Shape::Text, 92, true),
    column("themes", "Themes", Shape::Text, 180, false),
    column("dropped", "Dropped too", Shape::Text, 110, true),
    column("first", "First", Shape::Time, 170, false),
    column("last", "Last", Shape::Time, 170, false),
];

const REACH: &[Column] = &[
    column("at", "Time (UTC)", Shape::Time, 170, false),
    column("bucket", "Bucket", Shape::Text, 200, true),
    column("call", "Change", Shape::Text, 250, true),
    column("outcome", "Outcome", Shape::Text, 120, true),
    column("actor", "Actor", Shape::Path, 220, false),
    column("publicBefore", "Everyone, before", Shape::Text, 170, true),
    column("publicAfter", "Everyone, after", Shape::Text, 170, true),
    column(
        "before",
        "Who may reach it, before",
        Shape::Text,
        320,
        false,
    ),
    column("after", "Who may reach it, after", Shape::Text, 320, false),
    column("account", "Account", Shape::Text, 128, true),
];

const SECRETS: &[Column] = &[
    column("kind", "Kind", Shape::Text, 220, true),
    column("masked", "Value, covered", Shape::Code, 250, false),
    column("in", "Stands in", Shape::Text, 140, true),
    column("name", "Name", Shape::Text, 190, true),
    column("fields", "Path", Shape::Path, 330, false),
    column("first", "Seen (UTC)", Shape::Time, 170, false),
    column("times", "Captures", Shape::Number, 84, false),
    column("path", "File", Shape::Path, 260, false),
    column("offset", "Offset", Shape::Number, 90, false),
];

const CLASSIFIERS: &[Column] = &[
    column("risk", "Risk", Shape::Number, 60, true),
    column("enabled", "Enabled", Shape::Text, 95, true),
    column("name", "Name", Shape::Text, 260, false),
    column("description", "Description", Shape::Text, 320, false),
    column("way", "Classified by", Shape::Text, 120, true),
    column("class", "Classification", Shape::Text, 150, true),
    column("objects", "Objects", Shape::Number, 80, false),
    column("from", "Value from", Shape::Text, 120, true),
];

const ARTIFACTS: &[Column] = &[
    column("state", "State", Shape::Text, 90, true),
    column("type", "Type", Shape::Text, 112, true),
    column("program", "Program", Shape::Text, 110, true),
    column("certifications", "Names", Shape::Text, 150, false),
    column("title", "Title", Shape::Text, 300, false),
    column("periodFrom", "Covers from", Shape::Time, 170, false),
    column("periodTo", "Covers to", Shape::Time, 170, false),
    column("expires", "Ends", Shape::Time, 170, false),
    column("account", "Account", Shape::Text, 128, true),
    column("confidential", "Confidential", Shape::Text, 114, true),
    column("nda", "NDA", Shape::Text, 150, false),
    column("warning", "What to do", Shape::Text, 320, false),
    column("knownBy", "Known by", Shape::Text, 150, true),
    column("path", "Path", Shape::Path, 260, false),
    column("sha256", "SHA-256", Shape::Code, 164, false),
];

const AUDIT: &[Column] = &[
    column("status", "Concluded", Shape::Text, 100, true),
    column("proposed", "Proposed", Shape::Text, 100, true),
    column("id", "Control", Shape::Text, 250, false),
    column("title", "Asks", Shape::Text, 380, false),
    column("source", "From", Shape::Text, 150, true),
    column("evidence", "Evidence", Shape::Number, 84, false),
    column("conclusion", "Why", Shape::Text, 260, false),
    column("by", "By", Shape::Text, 110, true),
    column("at", "When", Shape::Time, 170, false),
];

const SCORES: &[Column] = &[
    column("by", "By", Shape::Text, 220, true),
    column("group", "Group", Shape::Text, 380, false),
    column("score", "Score in %", Shape::Number, 98, false),
    column("failing", "Failing", Shape::Number, 80, false),
    column("passing", "Passing", Shape::Number, 80, false),
    column("notTold", "Not told", Shape::Number, 84, false),
    column("accepted", "Accepted", Shape::Number, 84, false),
    column("result", "Result of the pack", Shape::Text, 160, true),
    column("recorded", "AWS recorded", Shape::Text, 150, true),
];

const CHANGES: &[Column] = &[
    column("approval", "Approval", Shape::Text, 120, true),
    column("ticket", "Ticket", Shape::Text, 110, true),
    column("why", "Why", Shape::Text, 260, true),
    column("time", "Time (UTC)", Shape::Time, 170, false),
    column("kind", "Kind", Shape::Text, 110, true),
    column("what", "What", Shape::Text, 180, false),
    column("resource", "Resource", Shape::Path, 240, false),
    column("actor", "Actor", Shape::Path, 220, false),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("title", "What the ticket is for", Shape::Text, 240, false),
];

const CUSTODY: &[Column] = &[
    column("path", "Path", Shape::Path, 320, false),
    column("added", "Added (UTC)", Shape::Time, 170, false),
    column("size", "Size", Shape::Size, 80, false),
    column("sha256", "SHA-256", Shape::Code, 164, false),
    column("origin", "Origin, as far as known", Shape::Path, 420, false),
    column("kind", "Kind", Shape::Text, 150, true),
    column("account", "Account", Shape::Text, 128, true),
    column("region", "Region", Shape::Text, 110, true),
    column("problem", "Problem", Shape::Text, 140, true),
];

const DONE: &[Column] = &[
    column("at", "When (UTC)", Shape::Time, 170, false),
    column("what", "What", Shape::Text, 240, true),
    column("detail", "To what", Shape::Text, 600, false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_fits_its_column() {
        for column in Table::ALL.iter().flat_map(|table| table.columns()) {
            // Pixels of a character of a head, and what stands around it.
            let needs = 7.2 * column.title.chars().count() as f64 + 26.0;
            assert!(f64::from(column.width) >= needs, "{}", column.title);
        }
    }
}
