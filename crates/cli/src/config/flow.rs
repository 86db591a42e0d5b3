//! `[flows.NAME]`: one configured gate.

use super::custom::CustomRules;
use super::problem::ProblemKind;
use super::reader::{ANY_NAME, Section};
use super::s3;
use super::schedule::Schedule;
use super::setting::{Given, Setting};
use super::zones::{self, ZoneLocations};
use lakegate_core::ids::FlowName;
use lakegate_core::machine::OnExpiry;
use lakegate_core::policy::{Action, Policy, Rule};
use lakegate_core::suppression::{Suppression, SuppressionRule};
use lakegate_detect::{Base, Error, Ruleset, Selection};
use lakegate_store::S3Options;
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::Duration;

/// A flow's name is at most this long.
const NAME_BYTES_MAX: usize = 64;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// When reviewers are reminded by default, in percent of the time that they have.
const REMINDERS_PERCENT: [u32; 3] = [50, 80, 95];

/// One configured gate.
#[derive(Debug)]
pub struct Flow {
    /// Its name.
    pub name: FlowName,
    /// When its runs start by themselves.
    pub schedule: Schedule,
    /// Whether a run starts soon after something lands in a folder.
    pub watch: bool,
    /// How long an object must have been unchanged to have landed.
    pub settle: Duration,
    /// Whether files are copied out of `raw` instead of being renamed.
    pub copy_always: bool,
    /// What is looked for: managed and custom identifiers, and what is allowed.
    pub rules: Ruleset,
    /// Its four places.
    pub zones: ZoneLocations,
    /// How their S3 stores are reached.
    pub s3: S3Options,
    /// How its reviews go.
    pub review: Review,
    /// Which findings are archived.
    pub suppression: Suppression,
    /// What verdicts lead to.
    pub policy: Policy,
}

/// How a flow's reviews go.
#[derive(Clone, Debug)]
pub struct Review {
    /// How long a review may take.
    pub expires_after: Duration,
    /// When to remind, after the review opened, in rising order.
    pub remind_after: Vec<Duration>,
    /// How many reminders follow after expiry, each after as much time again.
    pub reminders_after_expiry: u32,
    /// What happens to what nobody decided on.
    pub on_expiry: OnExpiry,
    /// How long denied objects are kept; nothing deletes them at once.
    pub trash_retention: Duration,
}

impl Flow {
    pub(super) fn read(
        name: &str,
        section: &mut Section<'_, '_>,
        common_s3: &S3Options,
        custom: &CustomRules,
    ) -> Option<Self> {
        check_name(name, section);
        let schedule = section.value("schedule", Schedule::Every(6 * HOUR));
        let watch = section.value("watch", true);
        let settle = section.value("settle", Duration::from_secs(1));
        let copy_always = section.value("copy_always", false);
        let rules = rules(section, custom);
        let zones = section.section("zones", zones::read);
        let s3 = section.optional_section("s3", |s3| Some(s3::read(s3, common_s3)));
        let review = section.section("review", Review::read);
        let suppression = suppression(section);
        let policy = policy(section);
        Some(Self {
            name: FlowName::new(name),
            schedule,
            watch,
            settle,
            copy_always,
            rules: rules?,
            zones: zones?,
            s3: s3.unwrap_or_else(|| common_s3.clone()),
            review,
            suppression,
            policy,
        })
    }
}

fn check_name(name: &str, section: &mut Section<'_, '_>) {
    let usable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && !name.starts_with('-')
        && name.chars().all(usable);
    if !good && name != ANY_NAME {
        let message = format!("{name:?} can not be a flow's name");
        let hint = format!(
            "a name has at most {NAME_BYTES_MAX} lower-case letters, digits and dashes, and no dash first"
        );
        section.refuse(None, ProblemKind::Value, message, Some(hint));
    }
}

fn rules(section: &mut Section<'_, '_>, custom: &CustomRules) -> Option<Ruleset> {
    let IdentifierBase(base) = section.value("identifiers", IdentifierBase(Base::All));
    let exclude: Vec<IdentifierId> = section.value("exclude", Vec::new());
    let excluded: Vec<String> = exclude.into_iter().map(|id| id.0).collect();
    let selection = Selection { base, excluded };
    let CustomRules { identifiers, allow_lists } = custom.chosen(section);
    match Ruleset::new(&selection, &identifiers, allow_lists) {
        Ok(rules) => Some(rules),
        Err(error) => {
            let message = format!("`{}`: {error}", section.path("identifiers"));
            section.refuse(Some("identifiers"), ProblemKind::Conflict, message, None);
            None
        }
    }
}

/// Where a selection starts: `all`, `recommended`, `none` or ids.
struct IdentifierBase(Base);

impl Setting for IdentifierBase {
    const KIND: &'static str = "all, recommended, none or an array of ids";

    fn read(given: Given<'_>, base: &Path) -> Result<Self, String> {
        match given.text() {
            Ok("all") => Ok(Self(Base::All)),
            Ok("recommended") => Ok(Self(Base::Recommended)),
            Ok("none") => Ok(Self(Base::None)),
            _ => {
                let ids: Vec<IdentifierId> = Setting::read(given, base)?;
                Ok(Self(Base::Only(ids.into_iter().map(|id| id.0).collect())))
            }
        }
    }

    fn show(&self) -> Json {
        match &self.0 {
            Base::All => json!("all"),
            Base::Recommended => json!("recommended"),
            Base::None => json!("none"),
            Base::Only(ids) => json!(ids),
        }
    }
}

/// The id of an identifier that exists.
struct IdentifierId(String);

impl Setting for IdentifierId {
    const KIND: &'static str = "an identifier's id";

    fn read(given: Given<'_>, _: &Path) -> Result<Self, String> {
        let id = given.text()?;
        match Selection::parse(id, "") {
            Ok(Selection { base: Base::Only(_), .. }) => Ok(Self(id.to_owned())),
            Ok(_) => Err(format!("{id:?} stands alone, not in an array")),
            Err(error @ Error::UnknownIdentifier { .. }) => {
                Err(format!("{error} Custom ones are named under `custom_identifiers`"))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn show(&self) -> Json {
        json!(self.0)
    }
}

impl Review {
    fn read(section: &mut Section<'_, '_>) -> Self {
        let expires_after = section.value_where("expires_after", 5 * DAY, |time: &Duration| {
            if *time < Duration::from_secs(1) { Err("is less than 1s".to_owned()) } else { Ok(()) }
        });
        let usual = REMINDERS_PERCENT
            .map(|percent| Duration::from_secs(expires_after.as_secs() * u64::from(percent) / 100));
        let remind_after = section.value_where("remind_after", usual.to_vec(), |times| {
            if !times.is_sorted_by(|a, b| a < b) {
                return Err("does not rise from each time to the next".to_owned());
            }
            match times.last() {
                Some(last) if *last >= expires_after => {
                    Err("ends no earlier than the review expires".to_owned())
                }
                _ => Ok(()),
            }
        });
        let reminders = section.number("reminders_after_expiry", 10, (0, 1_000));
        Self {
            expires_after,
            remind_after,
            reminders_after_expiry: u32::try_from(reminders).unwrap_or(u32::MAX),
            on_expiry: section.choice(
                "on_expiry",
                OnExpiry::Hold,
                &[("hold", OnExpiry::Hold), ("deny", OnExpiry::Deny)],
            ),
            trash_retention: section.value("trash_retention", 7 * DAY),
        }
    }
}

fn suppression(section: &mut Section<'_, '_>) -> Suppression {
    let rules = section.list_of_sections("suppression", |rule| {
        let name = rule.required("name", "test data");
        let when = rule.required("when", "key.startsWith('test/')");
        Some(SuppressionRule { name: name?, when: when? })
    });
    match Suppression::compile(&rules) {
        Ok(suppression) => suppression,
        Err(error) => {
            section.refuse(Some("suppression"), ProblemKind::Value, error.to_string(), None);
            Suppression::default()
        }
    }
}

fn policy(section: &mut Section<'_, '_>) -> Policy {
    let rules = section.list_of_sections("policy", |rule| {
        let name = rule.required("name", "low severity");
        let when = rule.required("when", "verdict == 'FINDINGS' && severity == 'Low'");
        let action: Option<String> = rule.required("action", "release");
        let action = action.and_then(|word| {
            let action = Action::parse(&word);
            if action.is_none() {
                let message = format!(
                    "`{}` is {word:?}; there are \"release\", \"hold\", \"deny\"",
                    rule.path("action")
                );
                rule.refuse(Some("action"), ProblemKind::Value, message, None);
            }
            action
        });
        let release_uninspected = rule.value("release_uninspected", false);
        Some(Rule { name: name?, when: when?, action: action?, release_uninspected })
    });
    match Policy::compile(rules) {
        Ok(policy) => policy,
        Err(error) => {
            section.refuse(Some("policy"), ProblemKind::Value, error.to_string(), None);
            Policy::default()
        }
    }
}
