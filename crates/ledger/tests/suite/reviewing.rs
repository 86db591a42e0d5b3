//! Reviews and the outbox.

use crate::fixture::*;
use lakegate_core::ids::{ReviewId, RunId};
use lakegate_ledger::{Ledger, MessageStatus, NewMessage, NewReview};

fn review_id() -> ReviewId {
    ReviewId::new("review-1")
}

fn new_review() -> NewReview {
    NewReview {
        id: review_id(),
        run: run_id(),
        flow: flow(),
        opened_ms: NOON,
        expires_ms: NOON + 432_000_000,
    }
}

fn message(id: &str, at_ms: i64) -> NewMessage {
    NewMessage {
        id: id.into(),
        kind: "review_opened".into(),
        run: Some(run_id()),
        review: Some(review_id()),
        payload: "{}".into(),
        at_ms,
    }
}

async fn opened() -> Ledger {
    let ledger = ledger_with(1).await;
    assert!(ledger.open_review(new_review(), Some(message("m1", NOON))).await.unwrap());
    ledger
}

#[tokio::test]
async fn a_run_has_one_review_and_one_message() {
    let ledger = opened().await;
    let rows = whole(&ledger).await;
    let mut second = new_review();
    second.id = ReviewId::new("review-2");
    for again in [new_review(), second] {
        assert!(!ledger.open_review(again, Some(message("m2", NOON))).await.unwrap());
    }
    assert_eq!(whole(&ledger).await, rows);
    let review = ledger.review_of_run(&run_id()).await.unwrap().unwrap();
    assert_eq!((&review.id, review.closed_ms), (&review_id(), None));
    assert_eq!(ledger.review(&review_id()).await.unwrap(), Some(review));
    assert_eq!(ledger.review(&ReviewId::new("review-2")).await.unwrap(), None);
    assert_eq!(ledger.review_of_run(&RunId::new("none")).await.unwrap(), None);
    assert_eq!(ledger.messages_of_run(&run_id()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_review_closes_once() {
    let ledger = opened().await;
    assert_eq!(ledger.reviews(true, 9).await.unwrap().len(), 1);
    assert!(ledger.close_review(&review_id(), NOON + 5).await.unwrap());
    let rows = whole(&ledger).await;
    assert!(!ledger.close_review(&review_id(), NOON + 6).await.unwrap());
    assert_eq!(whole(&ledger).await, rows);
    assert!(ledger.reviews(true, 9).await.unwrap().is_empty());
    assert_eq!(ledger.reviews(false, 9).await.unwrap()[0].closed_ms, Some(NOON + 5));
}

#[tokio::test]
async fn a_message_is_put_in_once_and_sent_once() {
    let ledger = opened().await;
    assert!(!ledger.enqueue(message("m1", NOON)).await.unwrap());
    assert!(ledger.enqueue(message("m2", NOON + 1)).await.unwrap());
    let due = async |now_ms| {
        let due = ledger.due_messages(now_ms, 9).await.unwrap();
        due.into_iter().map(|message| message.id).collect::<Vec<_>>()
    };
    assert_eq!(due(NOON - 1).await.len(), 0);
    assert_eq!(due(NOON + 1).await, ["m1", "m2"]);
    assert!(ledger.message_sent("m1", NOON + 2).await.unwrap());
    assert!(!ledger.message_sent("m1", NOON + 3).await.unwrap());
    assert!(!ledger.message_failed("m1", "late", None).await.unwrap());
    assert_eq!(due(NOON + 1).await, ["m2"]);
    let messages = ledger.messages_of_review(&review_id()).await.unwrap();
    assert_eq!(messages[0].status, MessageStatus::Sent { at_ms: NOON + 2 });
}

#[tokio::test]
async fn a_failed_message_is_tried_again_until_given_up() {
    let ledger = opened().await;
    assert!(ledger.message_failed("m1", "no answer", Some(NOON + 60)).await.unwrap());
    assert!(ledger.due_messages(NOON + 59, 9).await.unwrap().is_empty());
    let again = ledger.due_messages(NOON + 60, 9).await.unwrap().pop().unwrap();
    assert_eq!((again.attempts, again.last_error.as_deref()), (1, Some("no answer")));
    assert!(ledger.message_failed("m1", "refused", None).await.unwrap());
    assert!(ledger.due_messages(i64::MAX, 9).await.unwrap().is_empty());
    let given_up = ledger.messages_of_review(&review_id()).await.unwrap().pop().unwrap();
    assert_eq!((given_up.status, given_up.attempts), (MessageStatus::GaveUp, 2));
    assert!(!ledger.message_sent("m1", NOON + 99).await.unwrap());
}
