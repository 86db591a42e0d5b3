//! One object of a review, as a card: what it is, what was found, where, and what was decided.

use super::panel::FormState;
use super::review::Desk;
use super::words::{
    actor, ago, archived_chip, category, count, decided, number, place, sentence, severity_chip,
    size, state_chip, verdict_chip, verdict_means, visible,
};
use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::detection::{Detection, Occurrence};
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::PassageId;
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::Verdict;
use lakegate_ledger::{Decision, DecisionOutcome, Ledger, Passage};
use maud::{Markup, html};

/// Occurrences shown of each detection on a card; the object's own page has more.
const OCCURRENCES_SHOWN: usize = 3;

/// Detections whose occurrences are shown.
const DETECTIONS_SHOWN: usize = 50;

/// An object of a review.
pub(crate) struct Card {
    pub(crate) passage: Passage,
    pub(crate) detections: Vec<Detection>,
    pub(crate) decisions: Vec<Decision>,
}

impl Card {
    /// The decision that stands, if one does.
    pub(crate) fn standing(&self) -> Option<&Decision> {
        self.decisions
            .iter()
            .find(|decision| matches!(decision.outcome, None | Some(DecisionOutcome::Applied)))
    }

    /// Whether it can be decided on.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.passage.state, PassageState::Held | PassageState::Expired)
            && self.standing().is_none()
    }
}

/// Cards for passages, in their order.
pub(crate) async fn load(
    ledger: &Ledger,
    passages: Vec<Passage>,
) -> lakegate_ledger::Result<Vec<Card>> {
    let ids: Vec<PassageId> = passages.iter().map(|passage| passage.id.clone()).collect();
    let mut decisions = ledger.decisions_on(&ids).await?;
    let mut cards = Vec::with_capacity(passages.len());
    for passage in passages {
        let mut detections = ledger.detections(&passage.id).await?;
        // The gravest and most frequent first.
        detections.sort_by_key(|d| std::cmp::Reverse((d.severity, d.count)));
        let decisions = decisions.remove(&passage.id).unwrap_or_default();
        cards.push(Card { passage, detections, decisions });
    }
    Ok(cards)
}

/// What the form sends for a selected object: which one, and which content was shown.
pub(crate) fn selection(passage: &Passage) -> String {
    let hash = passage.content_hash.as_ref().map_or("-", ContentHash::as_str);
    format!("{}.{hash}", passage.id)
}

pub(crate) fn render(card: &Card, desk: &Desk, form: &FormState) -> Markup {
    let passage = &card.passage;
    let value = selection(passage);
    let selected = form.selected.contains(&value) || desk.filter.select_page;
    let severity = passage.severity.map_or("none", |severity| severity.as_str());
    html! {
        li.card #{ "o-" (passage.id) } data-severity=(severity) {
            div.card-head {
                @if card.is_waiting() {
                    label.pick {
                        input type="checkbox" name="object" value=(value) checked[selected];
                        span.unseen { "Select " (visible(&passage.key)) }
                    }
                } @else {
                    span.pick.done aria-hidden="true" { "✓" }
                }
                div.card-title {
                    h3.key { (visible(&passage.key)) }
                    p.meta {
                        @if let Some(verdict) = passage.verdict { (verdict_chip(verdict)) }
                        (archived_chip(passage.archived_by.as_deref()))
                        @if !card.is_waiting() { (state_chip(passage.state)) }
                        span { (size(passage.source.size_bytes)) }
                        @if let Some(coverage) = &passage.coverage { span { (coverage.mime_type) } }
                        span { "landed " (ago(passage.source.modified_ms, desk.now_ms)) }
                    }
                }
                @if let Some(severity) = passage.severity { (severity_chip(severity)) }
            }
            (found(&card.detections, passage.coverage.as_ref()))
            (why_held(passage))
            (earlier_decisions(card, desk.now_ms))
            @if card.detections.iter().any(|detection| detection.count > 1) {
                details.where {
                    summary { "More places" }
                    (places(&card.detections, passage.coverage.as_ref(), OCCURRENCES_SHOWN))
                }
            }
            p.card-foot {
                code title="The object's id" { (passage.id) }
                a href={ "/r/" (desk.token) "/objects/" (passage.id) } { "Its whole story" }
            }
        }
    }
}

/// What was found, as a list, each with the first place where it stands.
pub(crate) fn found(detections: &[Detection], coverage: Option<&Coverage>) -> Markup {
    html! {
        @if !detections.is_empty() {
            ul.found {
                @for detection in detections {
                    li {
                        (severity_chip(detection.severity))
                        div {
                            p {
                                b { (detection.name) } " "
                                span.times { "× " (number(detection.count)) } " "
                                span.muted { (category(detection.category)) }
                            }
                            @if let Some(first) = detection.occurrences.first() {
                                p.first {
                                    @if detection.count > 1 { "first at " } @else { "at " }
                                    (place(first, coverage)) " "
                                    code.masked { (visible(&first.masked)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where it was found: the first places of each detection.
pub(crate) fn places(
    detections: &[Detection],
    coverage: Option<&Coverage>,
    shown: usize,
) -> Markup {
    html! {
        div.scroll {
            table.places {
                thead {
                    tr {
                        th scope="col" { "What" }
                        th scope="col" { "Where" }
                        th scope="col" { "Looks like" }
                    }
                }
                @for detection in detections.iter().take(DETECTIONS_SHOWN) {
                    @let rows = detection.occurrences.len().min(shown);
                    @let more = detection.count.saturating_sub(rows as u64);
                    tbody {
                        @for (at, occurrence) in detection.occurrences.iter().take(rows).enumerate() {
                            tr {
                                @if at == 0 {
                                    th scope="rowgroup" rowspan=(rows + usize::from(more > 0)) {
                                        (detection.name)
                                    }
                                }
                                (occurrence_cells(occurrence, coverage))
                            }
                        }
                        @if more > 0 {
                            tr {
                                @if rows == 0 { th scope="rowgroup" { (detection.name) } }
                                td.muted colspan="2" { "and " (count(more, "more", "more")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn occurrence_cells(occurrence: &Occurrence, coverage: Option<&Coverage>) -> Markup {
    html! {
        td { (place(occurrence, coverage)) }
        td { code.masked { (visible(&occurrence.masked)) } }
    }
}

/// Why an object is held that has no findings, or was not read whole.
pub(crate) fn why_held(passage: &Passage) -> Markup {
    let coverage = passage.coverage.as_ref();
    let partial = coverage.filter(|coverage| coverage.status != CoverageStatus::Complete);
    let plain = passage.verdict.filter(|verdict| *verdict != Verdict::Findings);
    let ruling = passage.ruling.as_ref().filter(|ruling| ruling.rule != "default");
    let archived_by = passage.archived_by.as_ref();
    let says_more = passage.reason.is_some() || ruling.is_some() || archived_by.is_some();
    html! {
        @if partial.is_some() || plain.is_some() || says_more {
            div.why {
                @if let Some(verdict) = plain { p { (verdict_means(verdict)) } }
                @if let Some(coverage) = partial.filter(|c| c.bytes_inspected > 0) {
                    (coverage_bar(coverage))
                }
                @for gap in coverage.iter().flat_map(|coverage| &coverage.gaps) {
                    p { (visible(&sentence(&gap.detail))) " " code { (gap.code) } }
                }
                @if let Some(reason) = &passage.reason {
                    p { (visible(&sentence(&reason.message))) " " code { (reason.code) } }
                }
                @if let Some(rule) = archived_by {
                    p { "Suppression rule " code { (visible(rule)) } " archives its finding." }
                }
                @if let Some(ruling) = ruling {
                    p { "Policy rule " code { (visible(&ruling.rule)) } " says " (ruling.action) "." }
                }
            }
        }
    }
}

fn coverage_bar(coverage: &Coverage) -> Markup {
    let (done, total) = (coverage.bytes_inspected, coverage.bytes_total);
    let percent = done.min(total).saturating_mul(100).checked_div(total).unwrap_or(0);
    html! {
        p.coverage {
            progress max="100" value=(percent) aria-label="Inspected" { (percent) " %" }
            span { (size(done)) " of " (size(total)) " inspected" }
        }
    }
}

/// What was decided so far, refused decisions included.
pub(crate) fn earlier_decisions(card: &Card, now_ms: i64) -> Markup {
    html! {
        @if !card.decisions.is_empty() {
            ul.decisions {
                @for decision in card.decisions.iter().rev() {
                    li {
                        p {
                            b { (decided(decision.kind)) } " by " (actor(&decision.actor)) ", "
                            (ago(decision.at_ms, now_ms))
                        }
                        blockquote { (visible(&decision.reason)) }
                        p.came-of-it { (came_of_it(decision)) }
                    }
                }
            }
        }
    }
}

fn came_of_it(decision: &Decision) -> Markup {
    html! {
        @match &decision.outcome {
            None => { "Being carried out." },
            Some(DecisionOutcome::Applied) => { "Done." },
            Some(DecisionOutcome::Refused { code, message }) => {
                b { "Refused. " } (visible(&sentence(message))) " " code { (code) } " It can be decided again."
            },
            Some(DecisionOutcome::Failed { code, message }) => {
                b { "Failed. " } (visible(&sentence(message))) " " code { (code) } " It can be decided again."
            },
        }
    }
}
