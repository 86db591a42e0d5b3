//! A channel for notices that keeps what it gets, and fails when told to.

use lakegate_notify::{Error, Message, Notifier, Receipt};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug, Default)]
pub struct Mailbox {
    received: Mutex<Vec<Message>>,
    failures_left: AtomicU32,
}

impl Mailbox {
    /// The next `times` messages do not arrive.
    pub fn fail(&self, times: u32) {
        self.failures_left.store(times, Ordering::SeqCst);
    }

    pub fn received(&self) -> Vec<Message> {
        self.received.lock().unwrap().clone()
    }

    /// What was received, as the subject lines.
    pub fn subjects(&self) -> Vec<String> {
        self.received().iter().map(Message::subject_line).collect()
    }
}

#[async_trait::async_trait]
impl Notifier for Mailbox {
    async fn send(&self, message: &Message) -> Result<Receipt, Error> {
        let left = self.failures_left.load(Ordering::SeqCst);
        if left > 0 {
            self.failures_left.store(left - 1, Ordering::SeqCst);
            return Err(Error::Timeout { to: "a mailbox".into(), timeout_ms: 1 });
        }
        self.received.lock().unwrap().push(message.clone());
        Ok(Receipt { answer: "kept".into(), refused: Vec::new() })
    }

    fn describe(&self) -> String {
        "a mailbox in memory".to_owned()
    }
}
