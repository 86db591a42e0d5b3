//! What of a review is shown: all of it stands in the URL, so that a view can be passed on.

use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_ledger::{ReviewObjectsQuery, ReviewPosition, Standing};

/// Objects on one page.
pub(crate) const PAGE_OBJECTS: u32 = 25;

/// A search text is at most this long.
const SEARCH_CHARACTERS_MAX: usize = 200;

/// Which objects of a review are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) standing: Standing,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) severities: Vec<Severity>,
    pub(crate) archived: Option<bool>,
    pub(crate) identifier: Option<String>,
    pub(crate) search: Option<String>,
    pub(crate) after: Option<ReviewPosition>,
    /// The outcome to show above the list.
    pub(crate) outcome: Option<String>,
    /// Whether all objects of the page are selected to begin with.
    pub(crate) select_page: bool,
}

pub(crate) const SEVERITIES: [Severity; 3] = [Severity::High, Severity::Medium, Severity::Low];

impl Filter {
    /// From a URL's query. What is unknown or malformed does not narrow.
    pub(crate) fn parse(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "show" => filter.standing = parse_standing(&value),
                "verdict" => push_new(&mut filter.verdicts, Verdict::parse(&value)),
                "severity" => push_new(&mut filter.severities, parse_severity(&value)),
                "archived" => filter.archived = parse_archived(&value),
                "type" if !value.is_empty() => filter.identifier = Some(value.into_owned()),
                "key" if !value.is_empty() => {
                    filter.search = Some(value.chars().take(SEARCH_CHARACTERS_MAX).collect());
                }
                "after" => filter.after = parse_position(&value),
                "outcome" => filter.outcome = Some(value.into_owned()),
                "select" => filter.select_page = value == "page",
                _ => {}
            }
        }
        filter
    }

    /// As a URL's query with its question mark; empty for the plain view.
    pub(crate) fn query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        if self.standing != Standing::Waiting {
            out.append_pair("show", standing_name(self.standing));
        }
        for verdict in &self.verdicts {
            out.append_pair("verdict", verdict.as_str());
        }
        for severity in &self.severities {
            out.append_pair("severity", severity.as_str());
        }
        if let Some(archived) = self.archived {
            out.append_pair("archived", if archived { "yes" } else { "no" });
        }
        if let Some(identifier) = &self.identifier {
            out.append_pair("type", identifier);
        }
        if let Some(search) = &self.search {
            out.append_pair("key", search);
        }
        if let Some(after) = &self.after {
            out.append_pair("after", &position_text(after));
        }
        if let Some(outcome) = &self.outcome {
            out.append_pair("outcome", outcome);
        }
        if self.select_page {
            out.append_pair("select", "page");
        }
        let query = out.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    /// The same view from its first page, with nothing selected and no outcome.
    pub(crate) fn first_page(&self) -> Self {
        Self { after: None, outcome: None, select_page: false, ..self.clone() }
    }

    pub(crate) fn with_standing(&self, standing: Standing) -> Self {
        Self { standing, ..self.first_page() }
    }

    pub(crate) fn toggling_verdict(&self, verdict: Verdict) -> Self {
        let mut filter = self.first_page();
        toggle(&mut filter.verdicts, verdict);
        filter
    }

    pub(crate) fn toggling_severity(&self, severity: Severity) -> Self {
        let mut filter = self.first_page();
        toggle(&mut filter.severities, severity);
        filter
    }

    pub(crate) fn toggling_archived(&self, archived: bool) -> Self {
        let chosen = (self.archived != Some(archived)).then_some(archived);
        Self { archived: chosen, ..self.first_page() }
    }

    pub(crate) fn with_identifier(&self, identifier: Option<&str>) -> Self {
        Self { identifier: identifier.map(str::to_owned), ..self.first_page() }
    }

    pub(crate) fn after_position(&self, after: ReviewPosition) -> Self {
        Self { after: Some(after), ..self.first_page() }
    }

    pub(crate) fn selecting_page(&self) -> Self {
        Self { select_page: true, outcome: None, ..self.clone() }
    }

    /// Whether anything but the standing narrows the view.
    pub(crate) fn narrows(&self) -> bool {
        !self.verdicts.is_empty()
            || !self.severities.is_empty()
            || self.archived.is_some()
            || self.identifier.is_some()
            || self.search.is_some()
    }

    /// Nothing but the standing.
    pub(crate) fn widened(&self) -> Self {
        Self { standing: self.standing, ..Self::default() }
    }

    /// The ledger's question for one page of the view, and one object more.
    pub(crate) fn objects(&self, run: &RunId) -> ReviewObjectsQuery {
        ReviewObjectsQuery {
            run: run.clone(),
            standing: self.standing,
            verdicts: self.verdicts.clone(),
            severities: self.severities.clone(),
            archived: self.archived,
            identifier: self.identifier.clone(),
            key_part: self.search.clone(),
            after: self.after.clone(),
            limit: PAGE_OBJECTS + 1,
        }
    }

    /// The ledger's question for all that waits in the view, whatever the page.
    pub(crate) fn waiting(&self, run: &RunId) -> ReviewObjectsQuery {
        ReviewObjectsQuery { standing: Standing::Waiting, after: None, ..self.objects(run) }
    }
}

fn toggle<T: PartialEq>(values: &mut Vec<T>, value: T) {
    match values.iter().position(|v| *v == value) {
        Some(at) => {
            values.remove(at);
        }
        None => values.push(value),
    }
}

fn push_new<T: PartialEq>(values: &mut Vec<T>, value: Option<T>) {
    values.extend(value.filter(|value| !values.contains(value)));
}

fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Waiting => "waiting",
        Standing::Decided => "decided",
        Standing::Any => "all",
    }
}

fn parse_standing(text: &str) -> Standing {
    match text {
        "decided" => Standing::Decided,
        "all" => Standing::Any,
        _ => Standing::Waiting,
    }
}

fn parse_severity(text: &str) -> Option<Severity> {
    SEVERITIES.into_iter().find(|s| s.as_str() == text)
}

fn parse_archived(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn position_text(position: &ReviewPosition) -> String {
    let severity = position.severity.map_or("none", Severity::as_str);
    format!("{severity}.{}", position.passage)
}

fn parse_position(text: &str) -> Option<ReviewPosition> {
    let (severity, passage) = text.split_once('.')?;
    let passage = PassageId::new(passage);
    Some(ReviewPosition { severity: parse_severity(severity), passage })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_survives_its_url() {
        let query = "?show=all&verdict=FINDINGS&verdict=PARTIAL&severity=High&archived=no&type=A%26B\
                     &key=x+y&after=High.pas-1&select=page";
        let filter = Filter::parse(&query[1..]);
        assert_eq!(filter.query(), query);
        assert_eq!(filter.verdicts, [Verdict::Findings, Verdict::Partial]);
        assert_eq!(filter.identifier.as_deref(), Some("A&B"));
    }

    #[test]
    fn what_is_malformed_does_not_narrow() {
        let filter =
            Filter::parse("show=x&verdict=x&severity=x&archived=x&after=x&type=&key=&%ff=%ff");
        assert_eq!(filter, Filter::default());
        assert_eq!(filter.query(), "");
    }
}
