//! Single behaviours of the machine, each told as a short story of events.

use super::*;

fn params(lanes: u32) -> RunParams {
    RunParams {
        run: RunId::new("run-1"),
        flow: FlowName::new("orders"),
        machine_version: MACHINE_VERSION,
        lanes,
        review_expires_after_s: 100,
        remind_after_s: vec![50, 80],
        reminders_after_expiry: 4,
        on_expiry: OnExpiry::Hold,
    }
}

fn calls(commands: &[Command]) -> Vec<(CallId, Call)> {
    commands
        .iter()
        .filter_map(|c| match c {
            Command::Call { id, call } => Some((*id, call.clone())),
            _ => None,
        })
        .collect()
}

fn only_call(commands: &[Command]) -> (CallId, Call) {
    let calls = calls(commands);
    assert_eq!(calls.len(), 1, "{commands:?}");
    calls[0].clone()
}

fn claimed(shards: u32, last: bool) -> CallOut {
    CallOut::Claimed { shards, objects: u64::from(shards), bytes: 0, last }
}

fn moved(held: u64) -> CallOut {
    CallOut::Moved { released: 0, held, denied: 0, failed: 0 }
}

/// Answers every open call well, `held` objects staying for review, until nothing is open.
fn settle(machine: &mut Machine, held: u64) -> Vec<Command> {
    let mut all = Vec::new();
    for _ in 0..1_000 {
        let Some((id, call)) = machine.open_calls().next().map(|(id, c)| (id, c.clone())) else {
            return all;
        };
        let out = match call {
            Call::Claim { page, .. } => claimed(2, page == 1),
            Call::Stage { .. } | Call::Scan { .. } => CallOut::Passed,
            Call::Route { .. } | Call::Apply | Call::Expire => moved(held),
            Call::OpenReview => CallOut::ReviewOpened { held },
            Call::Remind | Call::Close => CallOut::Noted,
        };
        all.extend(machine.step(Event::Done { id, out }));
    }
    panic!("the machine does not settle");
}

#[test]
fn an_empty_run_opens_no_review_wait_and_closes() {
    let mut machine = Machine::new(params(2));
    let (id, call) = only_call(&machine.step(Event::Start));
    assert_eq!(call, Call::Claim { page: 0, first_shard: 0 });
    let (id, call) = only_call(&machine.step(Event::Done { id, out: claimed(0, true) }));
    assert_eq!(call, Call::OpenReview);
    let out = CallOut::ReviewOpened { held: 0 };
    let (id, call) = only_call(&machine.step(Event::Done { id, out }));
    assert_eq!(call, Call::Close);
    let end = machine.step(Event::Done { id, out: CallOut::Noted });
    assert!(matches!(&end[..], [Command::Finish { outcome }] if outcome.listing_complete));
    assert_eq!(machine.phase(), Phase::Closed);
}

#[test]
fn lanes_bound_the_shards_in_flight_and_the_next_page_waits_for_room() {
    let mut machine = Machine::new(params(2));
    let (id, _) = only_call(&machine.step(Event::Start));
    let first = calls(&machine.step(Event::Done { id, out: claimed(5, false) }));
    assert_eq!(
        first.iter().map(|(_, c)| c.clone()).collect::<Vec<_>>(),
        [Call::Stage { shard: 0 }, Call::Stage { shard: 1 }]
    );
    assert_eq!(machine.open_calls().count(), 2, "no second page while shards wait");
}

#[test]
fn a_review_waits_with_reminders_and_expiry_and_closes_when_all_is_decided() {
    let mut machine = Machine::new(params(2));
    machine.step(Event::Start);
    let commands = settle(&mut machine, 3);
    let timers = commands.iter().filter(|c| matches!(c, Command::StartTimer { .. })).count();
    assert_eq!((machine.phase(), timers), (Phase::Reviewing, 3));
    let (id, call) = only_call(&machine.step(Event::Decided));
    assert_eq!(call, Call::Apply);
    assert!(machine.step(Event::Decided).is_empty(), "one Apply at a time");
    let (id, call) = only_call(&machine.step(Event::Done { id, out: moved(1) }));
    assert_eq!(call, Call::Apply, "the second decision is not forgotten");
    let commands = machine.step(Event::Done { id, out: moved(0) });
    assert_eq!(only_call(&commands).1, Call::Close);
    let cancelled = commands.iter().filter(|c| matches!(c, Command::CancelTimer { .. })).count();
    assert_eq!(cancelled, 3);
}

#[test]
fn a_decision_that_comes_before_the_review_is_kept() {
    let mut machine = Machine::new(params(1));
    machine.step(Event::Start);
    assert!(machine.step(Event::Decided).is_empty());
    for _ in 0..100 {
        let (id, call) = machine.open_calls().next().map(|(i, c)| (i, c.clone())).unwrap();
        let out = match call {
            Call::Claim { .. } => claimed(1, true),
            Call::Stage { .. } | Call::Scan { .. } => CallOut::Passed,
            Call::Route { .. } => moved(1),
            Call::OpenReview => CallOut::ReviewOpened { held: 1 },
            Call::Apply => return,
            other => panic!("unexpected {other:?}"),
        };
        machine.step(Event::Done { id, out });
    }
    panic!("the early decision was never applied");
}

#[test]
fn expiry_never_leads_to_apply_of_its_own_and_keeps_reminding_within_a_bound() {
    let mut machine = Machine::new(params(1));
    let mut due: Vec<TimerId> = Vec::new();
    machine.step(Event::Start);
    let mut commands = settle(&mut machine, 1);
    let mut reminders = 0;
    for _ in 0..1_000 {
        for command in &commands {
            match command {
                Command::StartTimer { id, .. } => due.push(*id),
                Command::Call { call: Call::Remind, .. } => reminders += 1,
                Command::Call { call: Call::Apply, .. } => panic!("nobody decided"),
                _ => {}
            }
        }
        if due.is_empty() {
            break;
        }
        commands = machine.step(Event::TimerFired { id: due.remove(0) });
        commands.extend(settle(&mut machine, 1));
    }
    assert_eq!(machine.phase(), Phase::Reviewing, "still held");
    assert_eq!(reminders, 2 + 4);
}

#[test]
fn failed_calls_lead_on_to_routing_and_are_counted() {
    let mut machine = Machine::new(params(1));
    let error = CallError { code: "STORE_UNAVAILABLE".into(), message: "no answer".into() };
    let (id, _) = only_call(&machine.step(Event::Start));
    let (id, stage) = only_call(&machine.step(Event::Done { id, out: claimed(1, true) }));
    assert_eq!(stage, Call::Stage { shard: 0 });
    let (id, scan) = only_call(&machine.step(Event::Failed { id, error: error.clone() }));
    assert_eq!(scan, Call::Scan { shard: 0 });
    let (id, route) = only_call(&machine.step(Event::Failed { id, error: error.clone() }));
    assert_eq!(route, Call::Route { shard: 0 });
    let (_, open) = only_call(&machine.step(Event::Failed { id, error }));
    assert_eq!(open, Call::OpenReview);
    assert_eq!(machine.outcome.calls_failed, 3);
}

#[test]
fn cancelling_stops_claiming_and_finishes_what_is_in_flight() {
    let mut machine = Machine::new(params(2));
    let (id, _) = only_call(&machine.step(Event::Start));
    machine.step(Event::Done { id, out: claimed(2, false) });
    machine.step(Event::Cancelled);
    let commands = settle(&mut machine, 0);
    let claims = commands
        .iter()
        .filter(|c| matches!(c, Command::Call { call: Call::Claim { .. }, .. }))
        .count();
    assert_eq!((claims, machine.phase()), (0, Phase::Closed));
}
