//! What must hold when all is quiet, whatever went wrong before. See the ten invariants of the design.
//!
//! The check believes neither the gate nor the ledger alone: it compares what producers put with what
//! stands in the zones, and both with what the ledger tells.

use super::world::{Upload, World, hash_of};
use super::{Content, Standing};
use lakegate_core::hash::ContentHash;
use lakegate_core::machine::Phase;
use lakegate_core::object::{
    OWN_TAGS, TAG_SENSITIVE_DATA_FOUND, TAG_VERDICT, TAG_WORKFLOW_ID, Tags, Zone,
};
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::verdict::Verdict;
use lakegate_gate::places;
use lakegate_ledger::{Decision, DecisionOutcome, Passage};
use std::collections::BTreeMap;

/// Fails with all that does not hold.
pub async fn assert_hold(world: &World) {
    let broken = broken(world).await;
    assert!(broken.is_empty(), "the invariants do not hold:\n  {}", broken.join("\n  "));
}

/// What does not hold.
pub async fn broken(world: &World) -> Vec<String> {
    let passages = world.passages().await;
    let mut decisions = BTreeMap::new();
    for passage in &passages {
        let made = world.ledger().decisions_of(&passage.id).await.unwrap();
        decisions.insert(passage.id.to_string(), made);
    }
    let check = Check {
        world,
        standing: world.lake.contents().await,
        passages: &passages,
        decisions,
        broken: Vec::new(),
    };
    check.all().await
}

struct Check<'w> {
    world: &'w World,
    standing: Vec<Standing>,
    passages: &'w [Passage],
    decisions: BTreeMap<String, Vec<Decision>>,
    broken: Vec<String>,
}

/// Uploads that can not be told apart: the same bytes under the same key.
type Group = (String, ContentHash);

#[derive(Default)]
struct Account {
    put: usize,
    withdrawn: usize,
    standing: Vec<String>,
    purged: usize,
    /// Copies that a step left behind whose outcome the gate never learnt; its passage is `failed`,
    /// or its restoring was cut short and stands in the trash as well until its time is over.
    stray: usize,
}

impl Check<'_> {
    async fn all(mut self) -> Vec<String> {
        self.accounts();
        self.released_objects();
        self.places();
        self.labels();
        self.states();
        self.decisions();
        self.runs_and_reviews().await;
        let report = self.world.ledger().verify_audit().await.unwrap();
        if let Some(problem) = report.problem {
            self.broken.push(format!("audit row {}: {}", problem.seq, problem.what));
        }
        self.broken
    }

    /// The passage whose place this is.
    fn owner(&self, standing: &Standing) -> Option<&Passage> {
        self.passages.iter().find(|passage| {
            passage.place.as_ref().is_some_and(|place| {
                place.zone == standing.zone
                    && place.key == standing.key
                    && place.object.etag == standing.object.etag
            })
        })
    }

    /// The passage that may have left this behind: it failed, or the decision on it did, after the
    /// effect and before the reply, at the last attempt.
    fn stray_of(&self, standing: &Standing) -> Option<&Passage> {
        self.passages.iter().find(|passage| {
            let (run, key) = (&passage.run, passage.key.as_str());
            let headings = [
                (Zone::ScanStage, places::under_run(run, key)),
                (Zone::ManualReview, places::under_run(run, key)),
                (Zone::ManualReview, places::in_trash(run, key)),
                (Zone::ScannedData, key.to_owned()),
            ];
            let undecided = matches!(passage.state, PassageState::Held | PassageState::Expired);
            let failed = passage.state == PassageState::Failed
                || undecided
                    && self.decisions[passage.id.as_str()]
                        .iter()
                        .any(|d| matches!(d.outcome, Some(DecisionOutcome::Failed { .. })));
            failed
                && passage.source.size_bytes == standing.object.size_bytes
                && headings.contains(&(standing.zone, standing.key.clone()))
        })
    }

    /// Nothing lost, nothing twice, nothing overwritten, nothing from nowhere.
    fn accounts(&mut self) {
        let mut accounts: BTreeMap<Group, Account> = BTreeMap::new();
        for upload in &self.world.uploads {
            let account = accounts.entry((upload.key.clone(), upload.hash.clone())).or_default();
            account.put += 1;
            account.withdrawn += usize::from(upload.withdrawn);
        }
        let mut broken = Vec::new();
        for standing in &self.standing {
            let owner = self.owner(standing);
            let stray = self.stray_of(standing);
            let key = match (standing.zone, owner, stray) {
                (Zone::Raw, ..) => standing.key.clone(),
                (_, Some(passage), _) | (_, None, Some(passage)) => passage.key.clone(),
                (zone, None, None) => {
                    broken.push(format!("{zone}/{} is nobody's", standing.key));
                    continue;
                }
            };
            let account = accounts.entry((key, hash_of(&standing.bytes))).or_default();
            account.standing.push(format!("{}/{}", standing.zone, standing.key));
            let cut_short = owner.is_some_and(|passage| {
                passage.state == PassageState::Denied && self.world.restoring.contains(&passage.id)
            });
            let is_stray = (standing.zone != Zone::Raw && owner.is_none()) || cut_short;
            account.stray += usize::from(is_stray);
        }
        let mut purged_unread: BTreeMap<&str, usize> = BTreeMap::new();
        for passage in self.passages {
            if passage.state == PassageState::Denied && passage.place.is_none() {
                match &passage.content_hash {
                    Some(hash) => {
                        let group = (passage.key.clone(), hash.clone());
                        accounts.entry(group).or_default().purged += 1;
                    }
                    None => *purged_unread.entry(passage.key.as_str()).or_default() += 1,
                }
            }
        }
        for ((key, hash), account) in accounts {
            let found = account.standing.len() + account.purged;
            let unread = purged_unread.get(key.as_str()).copied().unwrap_or(0);
            let least = account.put.saturating_sub(account.withdrawn + unread);
            let most = account.put + account.stray;
            if found < least || found > most {
                let (put, places) = (account.put, &account.standing);
                broken.push(format!(
                    "`{key}` {:.8} was put {put} times ({} withdrawn); it stands in {places:?}, \
                     {} purged",
                    hash.as_str(),
                    account.withdrawn,
                    account.purged
                ));
            }
        }
        self.broken.extend(broken);
    }

    /// Nothing is in `scanned-data` unjudged.
    fn released_objects(&mut self) {
        let mut broken = Vec::new();
        for standing in self.standing.iter().filter(|s| s.zone == Zone::ScannedData) {
            let hash = hash_of(&standing.bytes);
            let of_these_bytes = |passage: &&Passage| {
                passage.key == standing.key && passage.content_hash.as_ref() == Some(&hash)
            };
            let allowed = self.passages.iter().filter(of_these_bytes).any(|passage| {
                let ruled = passage.ruling.as_ref().filter(|ruling| ruling.action == "release");
                let by_verdict = passage.verdict == Some(Verdict::Clean) && ruled.is_some();
                let by_rule = ruled.is_some_and(|ruling| ruling.rule != "default");
                by_verdict || by_rule || self.approved(passage, &hash)
            });
            if !allowed {
                broken.push(format!("scanned-data/{} was never allowed there", standing.key));
            }
            // What the test knows of the bytes, whatever the ledger says.
            let deserved = self.upload_of(&standing.key, &hash).and_then(|upload| upload.content);
            if deserved.map(Content::verdict).is_some_and(|verdict| verdict != Verdict::Clean) {
                let ruled_or_approved = self.passages.iter().filter(of_these_bytes).any(|p| {
                    p.ruling.as_ref().is_some_and(|r| r.rule != "default" && r.action == "release")
                        || self.approved(p, &hash)
                });
                if !ruled_or_approved {
                    broken.push(format!("scanned-data/{} is not clean", standing.key));
                }
            }
        }
        self.broken.extend(broken);
    }

    fn approved(&self, passage: &Passage, hash: &ContentHash) -> bool {
        self.decisions[passage.id.as_str()].iter().any(|decision| {
            decision.kind == DecisionKind::Approve && decision.content_hash.as_ref() == Some(hash)
        })
    }

    fn upload_of(&self, key: &str, hash: &ContentHash) -> Option<&Upload> {
        self.world.uploads.iter().find(|upload| upload.key == key && upload.hash == *hash)
    }

    /// What the ledger says of a place is so.
    fn places(&mut self) {
        let mut broken = Vec::new();
        for passage in self.passages {
            let Some(place) = &passage.place else {
                if passage.state != PassageState::Denied {
                    broken.push(format!("{} is {} and has no place", passage.key, passage.state));
                }
                continue;
            };
            // What is back in `raw` lands anew; what failed may have got further than is known.
            if place.zone == Zone::Raw || passage.state == PassageState::Failed {
                continue;
            }
            let expected = match passage.state {
                PassageState::Released => (Zone::ScannedData, passage.key.clone()),
                PassageState::Denied => {
                    (Zone::ManualReview, places::in_trash(&passage.run, &passage.key))
                }
                _ => (Zone::ManualReview, places::under_run(&passage.run, &passage.key)),
            };
            if (place.zone, place.key.clone()) != expected {
                broken.push(format!(
                    "{} is {} at {}/{}",
                    passage.key, passage.state, place.zone, place.key
                ));
            }
            let there = self.standing.iter().find(|s| s.zone == place.zone && s.key == place.key);
            match there {
                None => broken.push(format!("{}/{} is not there", place.zone, place.key)),
                Some(there) if there.object.etag != place.object.etag => {
                    broken.push(format!("{}/{} is another object", place.zone, place.key));
                }
                Some(there) => {
                    let hash = hash_of(&there.bytes);
                    if passage.content_hash.as_ref().is_some_and(|judged| *judged != hash) {
                        broken.push(format!("{}/{} has other bytes", place.zone, place.key));
                    }
                }
            }
        }
        self.broken.extend(broken);
    }

    /// Tags and metadata: the producer's are kept, ours say what the ledger says.
    fn labels(&mut self) {
        let mut broken = Vec::new();
        for standing in &self.standing {
            let Some(passage) = self.owner(standing) else { continue };
            let hash = hash_of(&standing.bytes);
            let Some(upload) = self.upload_of(&passage.key, &hash) else { continue };
            // The same bytes under the same key may have been put with other tags.
            let put_with = |tags: &Tags| {
                self.world
                    .uploads
                    .iter()
                    .any(|u| u.key == upload.key && u.hash == hash && producers(&u.tags) == *tags)
            };
            let name = format!("{}/{}", standing.zone, standing.key);
            if !put_with(&producers(&standing.tags)) {
                broken.push(format!("{name}: the producer's tags are {:?}", standing.tags));
            }
            if standing.metadata != upload.metadata {
                broken.push(format!("{name}: the metadata is {:?}", standing.metadata));
            }
            if standing.zone == Zone::Raw {
                continue;
            }
            let mut ours: Tags = standing.tags.clone();
            ours.retain(|tag, _| OWN_TAGS.contains(&tag.as_str()));
            let mut expected = Tags::new();
            expected.insert(TAG_WORKFLOW_ID.into(), passage.run.to_string());
            if standing.zone != Zone::ScanStage {
                let verdict = passage.verdict.unwrap_or(Verdict::Failed);
                expected.insert(TAG_VERDICT.into(), verdict.to_string());
                if verdict == Verdict::Findings {
                    expected.insert(TAG_SENSITIVE_DATA_FOUND.into(), "true".into());
                }
            }
            if ours != expected {
                broken.push(format!("{name}: our tags are {ours:?}, not {expected:?}"));
            }
        }
        self.broken.extend(broken);
    }

    /// No passage is on its way when nothing moves any more.
    fn states(&mut self) {
        for passage in self.passages {
            use PassageState::*;
            if !matches!(passage.state, Released | Held | Denied | Expired | Failed) {
                let (key, state) = (&passage.key, passage.state);
                self.broken.push(format!("`{key}` of {} is stuck as {state}", passage.run));
            }
            if let Some(pending) = &passage.source_pending {
                let place = format!("{}/{}", pending.zone, pending.object.key);
                self.broken.push(format!("{place} was moved and never deleted"));
            }
            if passage.state != Failed && passage.verdict.is_none() {
                self.broken
                    .push(format!("`{}` is {} without a verdict", passage.key, passage.state));
            }
        }
    }

    fn decisions(&mut self) {
        for passage in self.passages {
            let made = &self.decisions[passage.id.as_str()];
            let key = &passage.key;
            if made.iter().any(|decision| decision.outcome.is_none()) {
                self.broken.push(format!("a decision on `{key}` was never carried out"));
            }
            let applied: Vec<_> = made
                .iter()
                .filter(|decision| decision.outcome == Some(DecisionOutcome::Applied))
                .map(|decision| decision.kind)
                .collect();
            let fits = matches!(
                (applied.as_slice(), passage.state),
                ([], _)
                    | ([DecisionKind::Approve], PassageState::Released)
                    | ([DecisionKind::Deny], PassageState::Denied)
            );
            if !fits {
                self.broken.push(format!("`{key}` is {} after {applied:?}", passage.state));
            }
            let ruled_out = passage.ruling.as_ref().is_some_and(|ruling| ruling.action == "deny");
            if passage.state == PassageState::Denied && applied.is_empty() && !ruled_out {
                self.broken.push(format!("`{key}` was denied by nobody"));
            }
        }
    }

    async fn runs_and_reviews(&mut self) {
        let ledger = self.world.ledger();
        for run in ledger.runs(None, 1_000_000).await.unwrap() {
            let id = &run.params.run;
            let mut counted: BTreeMap<PassageState, u64> = BTreeMap::new();
            for passage in self.passages.iter().filter(|passage| passage.run == *id) {
                *counted.entry(passage.state).or_default() += 1;
            }
            if run.counts.by_state != counted {
                self.broken.push(format!("{id} counts {:?}, has {counted:?}", run.counts.by_state));
            }
            let undecided = run.counts.undecided();
            let review = ledger.review_of_run(id).await.unwrap();
            let open = review.as_ref().is_some_and(|review| review.closed_ms.is_none());
            match (run.phase, undecided, open) {
                (Phase::Closed, 0, false) => {}
                (Phase::Reviewing, 1.., true) => {}
                (phase, ..) => self.broken.push(format!(
                    "{id} is {phase:?} with {undecided} undecided and review open: {open}"
                )),
            }
            if let Some(review) = review {
                let messages = ledger.messages_of_review(&review.id).await.unwrap();
                let opened = messages.iter().filter(|m| m.kind == "review_opened").count();
                if opened != 1 {
                    self.broken.push(format!("{} was announced {opened} times", review.id));
                }
            }
        }
    }
}

/// A set of tags without ours.
fn producers(tags: &Tags) -> Tags {
    let mut tags = tags.clone();
    tags.retain(|tag, _| !OWN_TAGS.contains(&tag.as_str()));
    tags
}
