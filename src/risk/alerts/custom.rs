//! Alerts of the user's own: a query of Activity, from how many events on, and whom it leaves alone.

use serde::{Deserialize, Serialize};

use super::super::Values;
use super::{Raised, Scene, Severity, Source};
use crate::activity::complete::term;
use crate::activity::{Bits, Field, Query, QueryError};

/// An alert of the user's own, with the fields that custom alerts of Macie Classic had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CustomAlert {
    /// What it says; also its name.
    pub title: String,
    /// Why it is there, and what to do.
    pub description: String,
    /// Its category.
    pub category: String,
    /// The events, in the language of Activity.
    pub query: String,
    /// Events from which on it is raised.
    pub least: u32,
    /// How grave.
    pub severity: Severity,
    /// Users, roles or ARNs whose events do not count; `*` stands for anything.
    pub allowed_users: Vec<String>,
    /// Buckets whose events do not count.
    pub allowed_buckets: Vec<String>,
}

impl Default for CustomAlert {
    fn default() -> Self {
        CustomAlert {
            title: String::new(),
            description: String::new(),
            category: super::Category::SuspiciousAccess.name().to_owned(),
            query: String::new(),
            least: 1,
            severity: Severity::default(),
            allowed_users: Vec::new(),
            allowed_buckets: Vec::new(),
        }
    }
}

impl CustomAlert {
    /// Its id: what `alert:` asks for.
    pub fn id(&self) -> String {
        let mut id = String::from("own-");
        for c in self.title.chars() {
            let c = if c.is_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            };
            if c != '-' || !id.ends_with('-') {
                id.push(c);
            }
        }
        id.trim_end_matches('-').to_owned()
    }

    /// The query of its events, with whom it leaves alone.
    ///
    /// # Errors
    /// Where the query cannot be understood, asks for everything, or for alerts.
    pub fn parse(&self) -> Result<Query, QueryError> {
        let wrong = |at: u32, message: &str| {
            let message = message.to_owned();
            Err(QueryError { at, message })
        };
        let query = Query::parse(&self.query)?;
        if query == Query::All {
            return wrong(0, "An alert needs a query, as name:DeleteTrail.");
        }
        if asks_for_alerts(&query) {
            let at = self.query.to_lowercase().find("alert").unwrap_or(0);
            let at = self
                .query
                .get(..at)
                .map_or(0, |before| before.chars().count());
            return wrong(
                at as u32,
                "An alert cannot ask for alerts: write what it looks for itself.",
            );
        }
        let mut all = vec![query];
        // What is allowed is quoted as a value, unless it has a star, so that nothing in it has a meaning of its own.
        for (field, values) in [
            ("user", &self.allowed_users),
            ("bucket", &self.allowed_buckets),
        ] {
            for value in values
                .iter()
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
            {
                let fields: &[&str] = if field == "user" {
                    &["user", "actor"]
                } else {
                    &["bucket"]
                };
                for field in fields {
                    let term = if value.contains('*') && !value.contains(['"', ' ', '(', ')']) {
                        format!("{field}:{value}")
                    } else {
                        term(field, value)
                    };
                    all.push(Query::Not(Box::new(Query::parse(&term)?)));
                }
            }
        }
        Ok(Query::And(all))
    }

    /// Its events, however few; none where it cannot be understood.
    pub fn events(&self, scene: &Scene<'_>) -> Bits {
        self.parse().map_or_else(
            |_| Bits::default(),
            |query| crate::activity::Search::new(scene.store, scene.path).find(&query),
        )
    }
}

fn asks_for_alerts(query: &Query) -> bool {
    match query {
        Query::And(all) | Query::Or(all) => all.iter().any(asks_for_alerts),
        Query::Not(inner) => asks_for_alerts(inner),
        Query::Has(field, _) => *field == Field::Alert,
        _ => false,
    }
}

/// Runs the user's own alerts over the events; those that are raised.
pub fn raised(scene: &Scene<'_>, values: &Values) -> Vec<Raised> {
    let mut found = Vec::new();
    let is_on = |alert: &CustomAlert| !values.disabled.alerts.contains(&alert.id());
    let all = values.alerts.iter().enumerate();
    for (at, alert) in all.filter(|(_, alert)| is_on(alert)) {
        let events = alert.events(scene);
        if events.is_empty() || events.len() < u64::from(alert.least) {
            continue;
        }
        found.push(Raised::new(
            scene.store,
            Source::Custom(at as u32),
            (&alert.id(), &alert.title, &alert.category),
            (alert.severity, alert.severity.risk()),
            events.iter().collect(),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use super::*;
    use roaring::RoaringBitmap;

    use crate::activity::store::tests::store;

    #[test]
    fn counts_from_the_least_on_and_leaves_the_allowed_alone() {
        let by = |user: &str| {
            format!(
                r#""userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::1:user/{user}","userName":"{user}"}}"#
            )
        };
        let text = lines(&[
            ("DeleteTrail", &by("alice"), 1, 1),
            ("DeleteTrail", &by("bob (ops)"), 2, 1),
            (
                "PutObject",
                r#""requestParameters":{"bucketName":"scratch"}"#,
                1,
                1,
            ),
        ]);
        let store = store(&[&text]);
        let scene = Scene {
            store: &store,
            path: &|_| "",
            log_buckets: &[],
            narrowed: &RoaringBitmap::new(),
        };
        let own = |query: &str, least: u32, users: &[&str], buckets: &[&str]| CustomAlert {
            title: "Trails (mine)".to_owned(),
            query: query.to_owned(),
            least,
            allowed_users: users.iter().map(|&one| one.to_owned()).collect(),
            allowed_buckets: buckets.iter().map(|&one| one.to_owned()).collect(),
            ..CustomAlert::default()
        };
        let count = |alert: CustomAlert| {
            raised(
                &scene,
                &Values {
                    alerts: vec![alert],
                    ..Values::default()
                },
            )
            .first()
            .map_or(0, |one| one.events.len())
        };
        assert_eq!(count(own("name:DeleteTrail", 1, &[], &[])), 3);
        assert_eq!(count(own("name:DeleteTrail", 4, &[], &[])), 0);
        assert_eq!(count(own("name:DeleteTrail", 1, &["bob (ops)"], &[])), 1);
        assert_eq!(
            count(own("name:DeleteTrail", 1, &["arn:aws:iam::1:user/*"], &[])),
            0
        );
        assert_eq!(count(own("name:PutObject", 1, &[], &["scratch"])), 0);
        assert_eq!(own("x", 1, &[], &[]).id(), "own-trails-mine");
        let error = |query: &str| own(query, 1, &[], &[]).parse().expect_err("an error").at;
        assert_eq!(
            (error(""), error("name:A (error:*"), error("name:A alert:x")),
            (0, 7, 7)
        );
    }
}
