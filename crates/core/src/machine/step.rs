//! The rules: what each event leads to.

use super::*;

impl Machine {
    /// Takes one event and answers with what to do next. Events that no longer matter lead to nothing.
    pub fn step(&mut self, event: Event) -> Vec<Command> {
        let mut commands = Vec::new();
        if self.phase == Phase::Closed {
            return commands;
        }
        match event {
            Event::Start if self.phase == Phase::New => {
                self.phase = Phase::Passing;
                self.advance(&mut commands);
            }
            Event::Start => {}
            Event::Done { id, out } => {
                if let Some(call) = self.open.remove(&id) {
                    self.done(call, out, &mut commands);
                }
            }
            Event::Failed { id, .. } => {
                if let Some(call) = self.open.remove(&id) {
                    self.outcome.calls_failed += 1;
                    self.failed(call, &mut commands);
                }
            }
            Event::Decided => {
                self.decisions_waiting = true;
                self.apply_if_due(&mut commands);
            }
            Event::TimerFired { id } => {
                if let Some(kind) = self.timers.remove(&id) {
                    self.timer_fired(kind, &mut commands);
                }
            }
            Event::Cancelled => {
                self.claim_stopped = true;
                self.advance(&mut commands);
            }
        }
        commands
    }

    fn done(&mut self, call: Call, out: CallOut, commands: &mut Vec<Command>) {
        match (call, out) {
            (Call::Claim { .. }, CallOut::Claimed { shards, last, .. }) => {
                self.pages += 1;
                self.shards_made += shards;
                self.listing_ended |= last;
                self.outcome.listing_complete |= last;
                self.advance(commands);
            }
            (Call::Stage { shard }, CallOut::Passed) => self.call(Call::Scan { shard }, commands),
            (Call::Scan { shard }, CallOut::Passed) => self.call(Call::Route { shard }, commands),
            (Call::Route { .. }, CallOut::Moved { .. }) => self.advance(commands),
            (Call::OpenReview, CallOut::ReviewOpened { held }) => self.opened(held, commands),
            (Call::Apply | Call::Expire, CallOut::Moved { held, .. }) => {
                self.reviewed(held, commands);
            }
            (Call::Remind, CallOut::Noted) => {}
            (Call::Close, CallOut::Noted) => self.finish(commands),
            // An answer of the wrong kind is no answer.
            (call, _) => {
                self.outcome.calls_failed += 1;
                self.failed(call, commands);
            }
        }
    }

    /// A call that failed for good. Nothing here may lead further than holding.
    fn failed(&mut self, call: Call, commands: &mut Vec<Command>) {
        match call {
            Call::Claim { .. } => {
                self.listing_ended = true;
                self.advance(commands);
            }
            // What was not staged stays claimed, what was not scanned gets no verdict: the later
            // calls see that in the ledger and hold.
            Call::Stage { shard } => self.call(Call::Scan { shard }, commands),
            Call::Scan { shard } => self.call(Call::Route { shard }, commands),
            Call::Route { .. } => self.advance(commands),
            // Whatever is held stays held and can still be decided on.
            Call::OpenReview => self.opened(u64::MAX, commands),
            // What was decided, or is due, still waits: without this nobody would come back to it.
            Call::Apply => {
                self.decisions_waiting = true;
                self.move_again_later(commands);
            }
            Call::Expire => {
                self.expiry_waiting = true;
                self.move_again_later(commands);
            }
            Call::Remind => {}
            Call::Close => self.finish(commands),
        }
    }

    /// Starts what there is room for, or goes on when all shards are through.
    fn advance(&mut self, commands: &mut Vec<Command>) {
        if self.phase != Phase::Passing {
            return;
        }
        let lanes = self.params.lanes.max(1);
        while self.shards_started < self.shards_made && self.shards_open() < lanes {
            let shard = self.shards_started;
            self.shards_started += 1;
            self.call(Call::Stage { shard }, commands);
        }
        let claiming = self.open.values().any(|c| matches!(c, Call::Claim { .. }));
        let may_claim = !self.listing_ended && !self.claim_stopped;
        if may_claim && !claiming && self.shards_started == self.shards_made {
            let call = Call::Claim { page: self.pages, first_shard: self.shards_made };
            self.call(call, commands);
        }
        if self.open.is_empty() {
            self.phase = Phase::Opening;
            self.call(Call::OpenReview, commands);
        }
    }

    fn shards_open(&self) -> u32 {
        let open = self
            .open
            .values()
            .filter(|c| matches!(c, Call::Stage { .. } | Call::Scan { .. } | Call::Route { .. }))
            .count();
        u32::try_from(open).unwrap_or(u32::MAX)
    }

    fn opened(&mut self, held: u64, commands: &mut Vec<Command>) {
        if held == 0 {
            return self.close(commands);
        }
        self.phase = Phase::Reviewing;
        for after_s in self.params.remind_after_s.clone() {
            if after_s < self.params.review_expires_after_s {
                self.timer(TimerKind::Remind, after_s, commands);
            }
        }
        self.timer(TimerKind::Expire, self.params.review_expires_after_s, commands);
        self.apply_if_due(commands);
    }

    fn reviewed(&mut self, held: u64, commands: &mut Vec<Command>) {
        if held == 0 {
            return self.close(commands);
        }
        if self.expiry_waiting {
            self.expiry_waiting = false;
            return self.call(Call::Expire, commands);
        }
        self.apply_if_due(commands);
    }

    /// `Apply` and `Expire` both move held objects: only one of them is open at a time.
    fn apply_if_due(&mut self, commands: &mut Vec<Command>) {
        let due = self.phase == Phase::Reviewing && self.decisions_waiting && !self.moving_held();
        if due {
            self.decisions_waiting = false;
            self.call(Call::Apply, commands);
        }
    }

    fn moving_held(&self) -> bool {
        self.open.values().any(|c| matches!(c, Call::Apply | Call::Expire))
    }

    fn timer_fired(&mut self, kind: TimerKind, commands: &mut Vec<Command>) {
        if self.phase != Phase::Reviewing {
            return;
        }
        match kind {
            TimerKind::Remind => self.call(Call::Remind, commands),
            TimerKind::RemindAfterExpiry { nth } => {
                self.call(Call::Remind, commands);
                self.remind_after_expiry(nth + 1, commands);
            }
            TimerKind::Expire => {
                if self.moving_held() {
                    self.expiry_waiting = true;
                } else {
                    self.call(Call::Expire, commands);
                }
                self.remind_after_expiry(1, commands);
            }
            TimerKind::MoveAgain if self.moving_held() => {}
            TimerKind::MoveAgain if self.expiry_waiting => {
                self.expiry_waiting = false;
                self.call(Call::Expire, commands);
            }
            TimerKind::MoveAgain => self.apply_if_due(commands),
        }
    }

    fn move_again_later(&mut self, commands: &mut Vec<Command>) {
        if !self.timers.values().any(|kind| *kind == TimerKind::MoveAgain) {
            self.timer(TimerKind::MoveAgain, MOVE_AGAIN_AFTER_S, commands);
        }
    }

    fn remind_after_expiry(&mut self, nth: u32, commands: &mut Vec<Command>) {
        if nth <= self.params.reminders_after_expiry {
            let after_s = self.params.review_expires_after_s;
            self.timer(TimerKind::RemindAfterExpiry { nth }, after_s, commands);
        }
    }

    fn close(&mut self, commands: &mut Vec<Command>) {
        self.phase = Phase::Closing;
        for id in std::mem::take(&mut self.timers).into_keys() {
            commands.push(Command::CancelTimer { id });
        }
        self.call(Call::Close, commands);
    }

    fn finish(&mut self, commands: &mut Vec<Command>) {
        self.phase = Phase::Closed;
        commands.push(Command::Finish { outcome: self.outcome.clone() });
    }

    fn call(&mut self, call: Call, commands: &mut Vec<Command>) {
        let id = CallId(self.next_call);
        self.next_call += 1;
        self.open.insert(id, call.clone());
        commands.push(Command::Call { id, call });
    }

    fn timer(&mut self, kind: TimerKind, after_s: u64, commands: &mut Vec<Command>) {
        let id = TimerId(self.next_timer);
        self.next_timer += 1;
        self.timers.insert(id, kind);
        commands.push(Command::StartTimer { id, after_s });
    }
}
