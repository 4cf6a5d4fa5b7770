//! The case: all evidence of one audit, judged, and the answers to the page's questions.
//!
//! May use every other module. Runs in the case worker; the page asks and never writes.

pub(crate) mod accessed;
mod activity;
mod addenda;
mod approval;
pub(crate) mod artifacts;
mod asked;
pub mod bundle;
pub(crate) mod changes;
mod columns;
pub(crate) mod compliance;
pub mod controls;
pub(crate) mod custody;
mod glance;
pub mod inspect;
mod inspection;
pub(crate) mod objects;
pub mod overview;
pub mod population;
pub mod protection;
pub mod question;
pub(crate) mod reach;
pub mod recheck;
pub mod register;
pub(crate) mod resources;
pub(crate) mod risk;
pub mod rows;
pub mod saved;
mod scan;
pub(crate) mod secrets;
pub mod sharing;
pub mod table;

use crate::activity::Store;
use crate::artifact::Artifact;
use crate::audit;
use crate::audit::mask::Mask;
use crate::config::Inventory;
use crate::config::recorder::Coverage;
use crate::config::sns::Signed;
use crate::intake::{Entry, Facts};
use crate::integrity::{Check, CheckId, Checks, Holdings, Judgement, judge, proofs};
use crate::moment::Moment;

pub(crate) use addenda::without_addendum;
pub use addenda::{ADDENDUM_UNTOLD, NO_ADDENDUM, addendum_words};
pub use approval::Approval;
pub use artifacts::Correction;
pub use asked::Asked;
pub use changes::{ChangesSummary, Mapped, SheetView};
pub use compliance::Decided;
pub use controls::{Audit, Control, Link};
pub use custody::{Custody, Done};
pub use population::{Draw, Frozen, Item, Population, Sample};
pub use question::{
    Activity, Answer, ArtifactSummary, AsOf, Ask, CallView, CaptureView, CertificateView,
    Completions, ComplianceSummary, ConfigSummary, CustomRule, Export, Facet, Facets, FileRecords,
    Filter, Form, GapView, Graph, Histogram, Inspection, KeySummary, Need, OverTime, Overview,
    Pieces, Progress, ProtectionView, QueryError, Question, Raw, RecorderView, RelationView,
    ResourceView, RiskSummary, Rows, RuleVerdict, Scope, Segment, Settings, Sort, Step, Subject,
    Suspects, TrailSummary, Trial, Values,
};
pub use recheck::{Earlier, Hashed, Recheck};
pub use register::{Register, Registered};
pub(crate) use rows::{Wanted, each_row};
pub use saved::{Exception, SavedView};
pub use sharing::{Masked, Masks, Sharing};
pub use table::{Cell, Column, Row, Shape, Switched, Table};

/// All evidence of one audit and what is known of it.
#[derive(Default)]
pub struct Case {
    register: Register,
    holdings: Holdings,
    checks: Checks,
    settings: Settings,
    judgement: Judgement,
    /// Judgements that had to wait for signature checks since evidence last came.
    rounds: u32,
    /// Counts judgements: what was asked of an older one is asked anew.
    epoch: u32,
    /// Counts judgements alone.
    judgements: u32,
    view: scan::View,
    activity: Store,
    found: activity::Found,
    inventory: Inventory,
    resources: resources::State,
    compliance: compliance::State,
    risk: risk::State,
    objects: objects::State,
    changes: changes::State,
    custody: custody::State,
    accessed: accessed::State,
    reach: reach::State,
    secrets: secrets::State,
    /// Reports and agreements as they were read.
    read_artifacts: Vec<(u32, Vec<Artifact>)>,
    /// The same as they count.
    artifacts: Vec<artifacts::Held>,
    /// Controls of the audit with what is proposed; made when they are asked for.
    lines: Option<Vec<controls::Line>>,
    /// How populations stand; made for each document.
    populations: Vec<Frozen>,
}

impl Case {
    /// Adds a file. `source` is the number of the dropped file; an archive's members share it.
    pub fn add(&mut self, source: u32, mut entry: Entry) {
        let file = self.register.next_place();
        match &entry.facts {
            Facts::Log(log) => {
                let first = self.activity.len();
                self.accessed.take(first, log);
                self.reach.take(first, log);
                self.secrets
                    .take(file, secrets::Of::Event, first, &log.secrets);
                self.activity.add(file, log);
            }
            Facts::Config(config) => {
                let first = self.inventory.next();
                self.secrets
                    .take(file, secrets::Of::Item, first, &config.secrets);
                self.inventory.add(file, config);
            }
            Facts::Compliance(recorded) => {
                self.compliance.recorded.push((file, (**recorded).clone()));
            }
            Facts::Artifacts(all) => self.read_artifacts.push((file, all.clone())),
            Facts::Sheet(both) => {
                self.objects.held.push((file, both.0.clone()));
                self.changes.sheets.push((file, both.1.clone()));
            }
            Facts::Collection(one) => self.custody.collections.push((file, (**one).clone())),
            Facts::Object(object) => self.objects.held.push((file, (**object).clone())),
            Facts::Sigma(rules) => {
                let rules = rules.iter().cloned().map(|rule| (file, rule));
                self.risk.sigma.held.extend(rules);
            }
            _ => {}
        }
        self.risk.sigma.touch();
        self.holdings.add(file, &mut entry);
        self.register.add(source, entry);
        self.rounds = 0;
    }

    /// Forgets all that came from a dropped file, whose reader died; it will be read again.
    pub fn forget(&mut self, source: u32) {
        if self.register.forget(source) {
            self.checks.forget_wanted();
            self.holdings.forget(|file| self.register.is_gone(file));
            self.activity.forget(|file| self.register.is_gone(file));
            self.inventory.forget(|file| self.register.is_gone(file));
            self.compliance
                .recorded
                .retain(|(file, _)| !self.register.is_gone(*file));
            let register = &self.register;
            self.read_artifacts
                .retain(|(file, _)| !register.is_gone(*file));
            self.objects
                .held
                .retain(|(file, _)| !register.is_gone(*file));
            self.changes
                .sheets
                .retain(|(file, _)| !register.is_gone(*file));
            self.custody
                .collections
                .retain(|(file, _)| !register.is_gone(*file));
            self.risk
                .sigma
                .held
                .retain(|(file, _)| !register.is_gone(*file));
            self.risk.sigma.touch();
        }
    }

    /// What the user decided.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the auditor fetched every key of the evidence himself: any other could have signed anything.
    pub fn keys_confirmed(&self) -> bool {
        let is_confirmed = |sum: String| self.settings.confirmed_keys.contains(&sum);
        let mut keys = self.holdings.keys.iter();
        !self.holdings.keys.is_empty() && keys.all(|key| is_confirmed(key.sum.to_string()))
    }

    /// Takes what the user decided; the next judgement is made by it. Says whether it would be another one.
    pub fn set(&mut self, settings: Settings) -> bool {
        let old = std::mem::replace(&mut self.settings, settings);
        if self.settings.verify_twice && !old.verify_twice {
            // What is known was checked once.
            self.checks.forget_known();
        }
        // What no judgement rests on.
        let judged = |of: &Settings| {
            let mut of = of.clone();
            of.views.clear();
            of.log.clear();
            of.audit.populations.clear();
            of.sharing = Sharing::default();
            of
        };
        judged(&old) != judged(&self.settings)
    }

    /// Files that come from now on are added at this moment.
    pub fn begin(&mut self, now: Moment) {
        self.register.now = Some(now);
    }

    /// Judges all evidence. Returns the signature checks whose outcome is needed first; when there are
    /// none, the judgement is final. Until then the last one stays on show.
    pub fn judge(&mut self) -> Vec<Check> {
        self.checks.so_far = false;
        self.judge_all()
    }

    /// The same while more evidence is coming: no signature is tried on digests that it does not name.
    pub fn judge_so_far(&mut self) -> Vec<Check> {
        self.checks.so_far = true;
        self.judge_all()
    }

    fn judge_all(&mut self) -> Vec<Check> {
        self.register.sort();
        // The first round asks only for what the hash chain cannot replace; whatever fails there makes
        // the others worth asking for all at once, so that no chain takes a round for each digest.
        let eager = self.rounds > 1;
        match proofs(&self.holdings, &self.register, &mut self.checks, eager) {
            Some(proofs) => {
                // What was judged before makes room first.
                self.judgement = Judgement::default();
                self.judgement = judge(
                    &self.holdings,
                    &self.register,
                    proofs,
                    &self.settings.scope,
                    self.keys_confirmed(),
                );
                activity::arrange(self);
                resources::arrange(self);
                self.compliance.reset();
                self.risk.reset();
                risk::sigma::arrange(self);
                objects::arrange(self);
                self.accessed.reset();
                self.reach.reset();
                secrets::arrange(self);
                artifacts::arrange(self);
                self.changes.reset();
                self.custody.reset();
                self.lines = None;
                self.view = scan::View::default();
                self.epoch += 1;
                self.judgements += 1;
                self.rounds = 0;
                Vec::new()
            }
            None => {
                self.rounds += 1;
                self.checks.take_wanted(&self.holdings)
            }
        }
    }

    /// More of the checks that the last judgement wants; none when all were handed out, and it is time to judge
    /// again.
    pub fn more_checks(&mut self) -> Vec<Check> {
        self.checks.take_wanted(&self.holdings)
    }

    /// Takes outcomes of checks; then judge again.
    pub fn resolve(&mut self, outcomes: &[(CheckId, bool)]) {
        outcomes
            .iter()
            .for_each(|&(id, verifies)| self.checks.resolve(id, verifies));
    }

    /// Takes what records of one ID are by their content: the next judgement tells copies from contradictions by it.
    pub fn settle(&mut self, contents: &[(u32, u64)]) {
        self.activity.settle(contents);
    }

    /// Takes what a deep search found: the query `found:yes` shows it.
    pub fn mark(&mut self, events: &[u32]) {
        self.activity.marked = events.iter().copied().collect();
        self.found = activity::Found::default();
        self.view = scan::View::default();
        self.epoch += 1;
    }

    /// Takes the resources whose configuration an expression found.
    pub fn mark_resources(&mut self, resources: &[u32]) {
        self.resources.found = resources.iter().copied().collect();
        self.view = scan::View::default();
        self.epoch += 1;
    }

    /// Takes what rules of the user's own say of the resources as of a moment.
    pub fn decide(&mut self, decided: Decided) {
        self.compliance.decide(decided);
        self.lines = None;
        self.view = scan::View::default();
        self.epoch += 1;
    }

    /// Takes what readers found of Sigma rules; says whether it is of this evidence.
    pub fn suspect(&mut self, stamp: u32, hits: &[(u32, u32)]) -> bool {
        let is_taken = self.risk.sigma.take(stamp, hits);
        if is_taken {
            self.risk.reset();
            self.found = activity::Found::default();
            self.view = scan::View::default();
            self.epoch += 1;
        }
        is_taken
    }

    /// Works out what documents tell and no view asked for yet.
    fn work_out(&mut self) {
        compliance::results(self, None);
        risk::results(self);
        accessed::list(self);
        reach::list(self);
        risk::users::known(self);
        controls::arrange(self);
        changes::work_out(self);
        custody::work_out(self);
        population::work_out(self);
    }

    /// Writes a document in parts, masked where the user chose so.
    ///
    /// # Errors
    /// Why it cannot be masked; nothing is written then.
    pub fn export(
        &mut self,
        export: &Export,
        write: &mut dyn FnMut(&[u8]),
    ) -> Result<(), &'static str> {
        let Some(form) = export.shared() else {
            self.write(export, write);
            return Ok(());
        };
        match Mask::of(self, &self.settings.sharing)? {
            Some(mask) => self.write(export, &mut |part| write(&mask.part(form, part))),
            None => self.write(export, write),
        }
        Ok(())
    }

    fn write(&mut self, export: &Export, write: &mut dyn FnMut(&[u8])) {
        match export {
            Export::Report { generated } => {
                self.work_out();
                audit::report::write(self, *generated, write);
            }
            Export::Html { generated } => {
                self.work_out();
                audit::html::write(self, *generated, write);
            }
            Export::Oscal { generated } => {
                self.work_out();
                write(audit::oscal::document(self, *generated).as_bytes());
            }
            Export::Case => write(saved::write(&self.settings, recheck::files(self)).as_bytes()),
            Export::Population { table, filter } => population::write(self, *table, filter, write),
            Export::RiskSettings => {
                write(crate::risk::values::write(&self.settings.risk).as_bytes())
            }
            Export::Manifest => audit::manifest::write(self, write),
            Export::Script => write(audit::script::script(self).as_bytes()),
            Export::ValidateLogs => audit::validate_logs::write(self, write),
            Export::Rows {
                form,
                table,
                filter,
                sort,
                generated,
            } => {
                let wanted = (*table, filter, *sort);
                match form {
                    Form::Csv => rows::csv(self, wanted, write),
                    Form::Json => rows::json(self, wanted, write),
                    Form::Html => audit::html::rows(self, wanted, *generated, write),
                    Form::Ocsf => audit::ocsf::write(self, wanted, *generated, write),
                }
            }
        }
    }

    /// How far reading and checking are.
    pub fn progress(&self) -> Progress {
        let (files, bytes) = self.register.totals();
        Progress {
            files,
            bytes,
            checks: self.checks.pending() as u64,
        }
    }

    /// All files.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The evidence as integrity sees it.
    pub fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    /// The events.
    pub fn activity(&self) -> &Store {
        &self.activity
    }

    /// The resources of AWS Config.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// What S3's own checksum, as a listing has it, says of a file of AWS Config.
    pub fn bucket_checksum(&self, file: u32) -> Option<&'static str> {
        self.resources.checksums.get(&file).map(|one| one.name())
    }

    /// What was recorded of each account and region.
    pub fn recorders(&self) -> &[Coverage] {
        &self.resources.recorders
    }

    /// The same for people.
    pub fn recorder_views(&self) -> Vec<RecorderView> {
        resources::recorder_views(self)
    }

    /// How many messages of the stream there are of each verdict on their signature.
    pub fn signatures(&self) -> Vec<(Signed, u64)> {
        resources::stream::counts(self)
    }

    /// Certificates that messages of the stream are signed with.
    pub fn certificates(&self) -> Vec<CertificateView> {
        resources::stream::certificates(self)
    }

    /// The last judgement.
    pub fn judgement(&self) -> &Judgement {
        &self.judgement
    }
}
