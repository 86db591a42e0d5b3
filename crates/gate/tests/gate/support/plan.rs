//! What goes wrong: one plan for all buckets of a gate, with the points counted over all of them.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lakegate_store::{Fault, FaultPlan, FaultPoint};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

type Rule = Box<dyn FnMut(u64, &FaultPoint<'_>) -> Fault + Send>;

/// Decides, by a rule that a test sets and changes, what happens at each point.
#[derive(Default)]
pub struct Plan {
    state: Mutex<State>,
    crash: Arc<Crash>,
}

#[derive(Default)]
struct State {
    points: u64,
    rule: Option<Rule>,
}

#[derive(Default)]
struct Crash {
    happened: Mutex<bool>,
    bell: Notify,
}

impl Plan {
    /// From now on `rule` decides. It is given the point's number over all buckets, from 1.
    pub fn set(&self, rule: impl FnMut(u64, &FaultPoint<'_>) -> Fault + Send + 'static) {
        let mut state = self.state.lock().unwrap();
        *state = State { points: 0, rule: Some(Box::new(rule)) };
    }

    /// From now on nothing goes wrong.
    pub fn calm(&self) {
        self.state.lock().unwrap().rule = None;
    }

    /// Points passed since the rule was set.
    pub fn points(&self) -> u64 {
        self.state.lock().unwrap().points
    }

    /// Resolves when the process has died.
    pub async fn crashed(&self) {
        loop {
            let bell = self.crash.bell.notified();
            if *self.crash.happened.lock().unwrap() {
                return;
            }
            bell.await;
        }
    }

    /// The process lives again.
    pub fn revive(&self) {
        *self.crash.happened.lock().unwrap() = false;
    }
}

impl FaultPlan for Plan {
    fn decide(&self, point: &FaultPoint<'_>) -> Fault {
        let mut state = self.state.lock().unwrap();
        state.points += 1;
        let number = state.points;
        match state.rule.as_mut() {
            Some(rule) => rule(number, point),
            None => Fault::Proceed,
        }
    }

    fn crash(&self) -> BoxFuture<'static, ()> {
        let crash = self.crash.clone();
        async move {
            *crash.happened.lock().unwrap() = true;
            crash.bell.notify_one();
            std::future::pending().await
        }
        .boxed()
    }
}
