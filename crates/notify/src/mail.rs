//! A message in the form of a mail (RFC 5322, MIME): a text and an HTML part.

use crate::{Error, Message, render};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
use std::time::{Duration, SystemTime};

/// The mail's bytes. Everything is ASCII, and the same message gives the same bytes.
pub(crate) fn compose(message: &Message, from: &Mailbox, to: &[Mailbox]) -> Result<Vec<u8>, Error> {
    let domain = from.email.domain();
    let id = message.id.as_str();
    let created_ms = u64::try_from(message.created_ms)
        .map_err(|_| Error::message("it was created before 1970"))?;
    let date = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(created_ms))
        .filter(|_| render::words::moment(message.created_ms).is_ok())
        .ok_or_else(|| Error::message("its time of creation cannot be written"))?;

    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .subject(message.subject_line())
        .date(date)
        .message_id(Some(format!("<{id}@{domain}>")))
        // All messages of one review refer to the same id, so that mail programs show them as one
        // conversation.
        .references(format!("<{}@{domain}>", atom(message.facts.review.as_str())))
        // RFC 3834: no vacation notices in answer to a machine.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    for recipient in to {
        builder = builder.to(recipient.clone());
    }
    // `=_` occurs in no quoted-printable or base64 text (RFC 2045, section 6.7), and with the
    // message's own id in it the boundary is the same at every attempt.
    let parts = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("=_lakegate_{id}"))
        .singlepart(SinglePart::plain(render::text(message)?))
        .singlepart(SinglePart::html(render::html(message)?));
    let mail = builder.multipart(parts).map_err(Error::message)?;
    Ok(mail.formatted())
}

/// The text with everything replaced that may not stand within a message id.
fn atom(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.chars().take(100).map(|c| if plain(c) { c } else { '_' }).collect()
}
