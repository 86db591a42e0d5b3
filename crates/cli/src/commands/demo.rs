//! `lakegate demo`: a small lake, one run over it, and the review's page.

use super::init;
use super::run::{begin_and_route, print as print_run};
use super::serve::{Serving, serve_until_stopped};
use crate::arguments::{Demo, Format, Init};
use crate::config::{Config, FlagValue};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::Output;
use crate::session::{Here, Session, block_on};
use lakegate_core::ids::FlowName;
use lakegate_server::Bound;
use lakegate_server::view::{self, ObjectQuery, RunView};
use std::fs;
use std::path::Path;
use tokio::sync::oneshot;

/// The configuration's name in the demo's folder.
const CONFIG: &str = "lakegate.toml";

/// The flow of the configuration that `init` writes.
const FLOW: &str = "default";

/// Objects of the sample lake that are told of.
const OBJECTS_MAX: u32 = 100;

/// What lands in the sample lake. Every value in it is made up, or reserved for examples.
const SAMPLES: [(&str, &[u8]); 9] = [
    ("orders/2026-11.csv", include_bytes!("../../samples/orders.csv")),
    ("orders/readme.txt", include_bytes!("../../samples/readme.txt")),
    ("events/clicks.jsonl", include_bytes!("../../samples/clicks.jsonl")),
    ("customers/export.csv", include_bytes!("../../samples/customers.csv")),
    ("support/tickets.jsonl", include_bytes!("../../samples/tickets.jsonl")),
    ("payroll/transfers.tsv", include_bytes!("../../samples/transfers.tsv")),
    ("services/config.env", include_bytes!("../../samples/config.env")),
    ("images/pixel.png", include_bytes!("../../samples/pixel.png")),
    ("inbox/empty.txt", b""),
];

/// Levels of a document that is nested too deeply to be read whole.
const NESTED_LEVELS: usize = 400;

pub(super) fn run(arguments: &Demo, output: &mut Output) -> Result<Exit, Failure> {
    let file = arguments.dir.join(CONFIG);
    let is_new = !file.exists();
    if is_new {
        init::write(&Init { dir: arguments.dir.clone() })?;
        land_samples(&arguments.dir.join("zones/raw"))?;
    }
    let flags = arguments.port.iter().map(|port| FlagValue {
        flag: "--port",
        key: "server.listen",
        text: format!("127.0.0.1:{port}"),
    });
    let config = Config::load(&file, flags.collect(), [])?;
    let serving = Serving::of(&config)?;
    block_on(async {
        let here = match Session::open(config).await? {
            Session::Here(here) => here,
            Session::There(client) => {
                let message = format!("this demo is already served at {}/", client.url());
                return Err(Failure::new(Exit::Failed, Report::new("SERVER_RUNS", message)));
            }
        };
        if is_new {
            output.note(&format!(
                "A sample lake stands in {}. One run over it:\n",
                arguments.dir.display()
            ));
        } else {
            output.note("Going on with the sample lake that is there.\n");
        }
        let run = begin_and_route(&here, &FlowName::new(FLOW), output).await?;
        let view = view::run(&here.gate, &run).await?;
        print(&here, &view, output).await?;
        if arguments.no_serve {
            return Ok(());
        }
        serve(&here, serving, &view, arguments, output).await
    })?;
    Ok(Exit::Done)
}

fn land_samples(raw: &Path) -> Result<(), Failure> {
    let nested = format!("{}1{}", "{\"a\":".repeat(NESTED_LEVELS), "}".repeat(NESTED_LEVELS));
    let deep = ("events/nested.json", nested.as_bytes());
    for (key, bytes) in SAMPLES.into_iter().chain([deep]) {
        let path = raw.join(key);
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| {
            let message = format!("{} can not be written", path.display());
            Failure::new(Exit::Failed, Report::new("DEMO", message).caused_by(&error))
        })?;
    }
    Ok(())
}

async fn print(here: &Here, run: &RunView, output: &mut Output) -> Result<(), Failure> {
    if output.format() == Format::Text {
        let query = ObjectQuery { limit: OBJECTS_MAX, ..ObjectQuery::default() };
        let page = view::objects(&here.gate, query).await?;
        output.rows(&page.objects)?;
        output.text("\n")?;
    }
    print_run(run, output)?;
    Ok(output.flush()?)
}

async fn serve(
    here: &Here,
    serving: Serving,
    run: &RunView,
    arguments: &Demo,
    output: &mut Output,
) -> Result<(), Failure> {
    let review = match &run.review {
        Some(id) => Some(view::review(&here.gate, &lakegate_core::ids::ReviewId::new(id)).await?),
        None => None,
    };
    let (bound, told) = oneshot::channel::<Bound>();
    let announce = async {
        if let Ok(bound) = told.await {
            let page = match &review {
                Some(review) => review.link.clone(),
                None => format!("{}/", bound.url),
            };
            output.note(&format!(
                "\nOpen this page to review what is held:\n  {page}\nAll runs: {}/\nDrop files into {} \
                 and see what becomes of them. Stop with Ctrl-C.",
                bound.url,
                arguments.dir.join("zones/raw").display()
            ));
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = serve_until_stopped(here, serving, bound) => served,
        () = announce => Ok(()),
    }
}
