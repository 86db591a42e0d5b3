//! What a person may ask of held and denied objects.
//!
//! A decision is written to the ledger, with its audit row, before anything moves. Carrying it out is
//! the run's: [`Gate::decide`] only rings for it.

use crate::error::{Error, Result};
use crate::gate::Gate;
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::object::{OWN_TAGS, Zone};
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_ledger::{DecisionResult, NewDecision, Passage, PassageQuery, PendingDelete, Place};
use lakegate_store::SourceAfter;

/// A reason may be at most this long.
pub const REASON_CHARACTERS_MAX: usize = 2_000;

/// Passages looked at together when a whole run is decided.
const PASSAGES_MAX: u32 = 1_000;

/// One object's decision, as asked.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The object's passage.
    pub passage: PassageId,
    /// The hash of the bytes that the decider saw; `None` takes those that the ledger has now.
    pub content_hash: Option<ContentHash>,
}

/// What became of one asked decision.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The passage.
    pub passage: PassageId,
    /// Its key, where there is such a passage.
    pub key: Option<String>,
    /// What the ledger said.
    pub result: DecisionResult,
}

impl Gate {
    /// Records decisions and has them carried out by whoever drives the runs.
    ///
    /// # Errors
    /// [`Error::Refused`] without a reason, and for `redact`, which this version can not do.
    pub async fn decide(
        &self,
        asks: &[Ask],
        kind: DecisionKind,
        actor: &str,
        reason: &str,
    ) -> Result<Vec<Answer>> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Error::Refused("a decision needs a reason".into()));
        }
        if reason.chars().count() > REASON_CHARACTERS_MAX {
            let text = format!("a reason may have at most {REASON_CHARACTERS_MAX} characters");
            return Err(Error::Refused(text));
        }
        if kind == DecisionKind::Redact {
            return Err(Error::Refused("this version can not redact yet".into()));
        }
        let now_ms = self.clock().now_ms();
        let (mut decisions, mut passages) = (Vec::new(), Vec::new());
        for ask in asks {
            let passage = self.ledger().passage(&ask.passage).await?;
            let current = passage.as_ref().and_then(|p| p.content_hash.clone());
            decisions.push(NewDecision {
                id: self.entropy().id("dec", now_ms),
                passage: ask.passage.clone(),
                kind,
                content_hash: ask.content_hash.clone().or(current),
                actor: actor.to_owned(),
                reason: reason.to_owned(),
                at_ms: now_ms,
            });
            passages.push(passage);
        }
        let results = self.ledger().decide(&decisions).await?;
        let mut answers = Vec::with_capacity(results.len());
        let mut rung: Vec<RunId> = Vec::new();
        for ((ask, passage), result) in asks.iter().zip(passages).zip(results) {
            if let (Some(passage), DecisionResult::Recorded) = (&passage, &result)
                && !rung.contains(&passage.run)
            {
                rung.push(passage.run.clone());
            }
            let key = passage.map(|p| p.key);
            answers.push(Answer { passage: ask.passage.clone(), key, result });
        }
        rung.iter().for_each(|run| self.ring(run));
        Ok(answers)
    }

    /// The passage that a person means: by its id, or by a key that just one held object bears.
    ///
    /// # Errors
    /// [`Error::NoSuchObject`] when none or more than one fits.
    pub async fn held_object(&self, name: &str) -> Result<Passage> {
        if let Some(passage) = self.ledger().passage(&PassageId::new(name)).await? {
            return Ok(passage);
        }
        let mut held = self.ledger().held_by_key(name).await?;
        match (held.pop(), held.len()) {
            (Some(passage), 0) => Ok(passage),
            (None, _) => Err(Error::NoSuchObject {
                name: name.to_owned(),
                problem: "no object has this id, and no held object has this key".to_owned(),
            }),
            (Some(_), more) => Err(Error::NoSuchObject {
                name: name.to_owned(),
                problem: format!("{} held objects have this key; give an id", more + 1),
            }),
        }
    }

    /// All objects of a run on which a decision is possible.
    ///
    /// # Errors
    /// [`Error::NoSuchRun`].
    pub async fn undecided(&self, run: &RunId) -> Result<Vec<Ask>> {
        if self.ledger().run(run).await?.is_none() {
            return Err(Error::NoSuchRun(run.clone()));
        }
        let mut query = PassageQuery {
            run: Some(run.clone()),
            states: vec![PassageState::Held, PassageState::Expired],
            limit: PASSAGES_MAX,
            ..PassageQuery::default()
        };
        let mut asks = Vec::new();
        loop {
            let page = self.ledger().passages(&query).await?;
            let full = page.len() == PASSAGES_MAX as usize;
            query.after = page.last().map(|p| p.id.clone());
            asks.extend(
                page.into_iter().map(|p| Ask { passage: p.id, content_hash: p.content_hash }),
            );
            if !full {
                return Ok(asks);
            }
        }
    }

    /// Takes a denied object out of the trash and back to `raw`, where the next run inspects it anew.
    /// There is no way from the trash to `scanned-data` but through a new verdict.
    ///
    /// # Errors
    /// [`Error::Refused`] when the object is not in the trash; the bucket's when `raw` holds another
    /// object under the key.
    pub async fn restore(&self, passage: &PassageId, actor: &str) -> Result<Passage> {
        let found = self.ledger().passage(passage).await?;
        let found = found.ok_or_else(|| Error::NoSuchObject {
            name: passage.to_string(),
            problem: "no object has this id".to_owned(),
        })?;
        let place = match (&found.state, &found.place) {
            (PassageState::Denied, Some(place)) if place.zone == Zone::ManualReview => place,
            _ => {
                return Err(Error::Refused(format!(
                    "object {passage} is not in the trash, its state is `{}`",
                    found.state
                )));
            }
        };
        let zones = &self.flow(&found.flow)?.zones;
        // The tag of the denied run goes along, so that a repeated restore knows its own result; the
        // next run replaces it.
        let mut tags = found.producer_tags.clone();
        tags.insert(OWN_TAGS[0].to_owned(), found.run.to_string());
        let source = &zones.manual_review;
        let transferred =
            source.transfer(&place.object, zones.raw.as_ref(), &found.key, &tags).await?;
        zones.raw.sync().await?;
        let restored =
            Place { zone: Zone::Raw, key: found.key.clone(), object: transferred.object };
        let now_ms = self.clock().now_ms();
        let left = (transferred.source == SourceAfter::Remains)
            .then(|| PendingDelete { zone: place.zone, object: place.object.clone() });
        self.ledger().mark_restored(passage, &restored, left.as_ref(), actor, now_ms).await?;
        if left.is_some() {
            self.sweep_sources().await?;
        }
        Ok(found)
    }
}
