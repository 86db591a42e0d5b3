//! `lakegate reviews list|show`

use super::load_config;
use crate::arguments::{Format, Global, Reviews};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Row};
use crate::session::{ObjectFilter, Session, block_on};
use lakegate_server::view::{ObjectView, ReviewView};

/// Objects of a review that are shown.
const OBJECTS_MAX: u32 = 1_000;

pub(super) fn run(
    command: &Reviews,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    match command {
        Reviews::List { all, limit } => {
            let reviews =
                block_on(async { Session::open(config).await?.reviews(*all, *limit).await })?;
            output.rows(&reviews)?;
        }
        Reviews::Show { id } => {
            let (review, objects) = block_on(async {
                let session = Session::open(config).await?;
                let review = session.review(id).await?;
                let filter = ObjectFilter {
                    run: Some(review.run.clone()),
                    limit: OBJECTS_MAX,
                    ..ObjectFilter::default()
                };
                let mut objects = session.objects(&filter).await?.objects;
                objects.retain(|object| object.zone.as_deref() == Some("manual-review"));
                Ok((review, objects))
            })?;
            let whole = serde_json::json!({ "review": review, "objects": objects });
            match output.format() {
                Format::Json => output.json(&whole)?,
                Format::Jsonl => output.json_line(&whole)?,
                _ => {
                    output.text(&text(&review))?;
                    output.rows::<ObjectView>(&objects)?;
                }
            }
        }
    }
    Ok(Exit::Done)
}

impl Row for ReviewView {
    const HEADS: &'static [&'static str] =
        &["REVIEW", "RUN", "FLOW", "OPEN", "WAITING", "DECIDED", "EXPIRES"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.review.clone(),
            self.run.clone(),
            self.flow.clone(),
            if self.open { "yes" } else { "no" }.to_owned(),
            self.waiting.to_string(),
            self.decided.to_string(),
            self.expires.clone(),
        ]
    }
}

fn text(review: &ReviewView) -> String {
    format!(
        "Review   {}\nRun      {}\nFlow     {}\nOpened   {}\nExpires  {}\nWaiting  {}\nPage     {}\n\n",
        review.review,
        review.run,
        review.flow,
        review.opened,
        review.expires,
        review.waiting,
        review.link
    )
}
