//! Where values of mails and pages stand: on the lines on which a person finds them.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod dump;

use lakegate_core::detection::Location;
use lakegate_core::text::Block;
use lakegate_extract::{BlockSink, Limits};

/// Looks for a text in what is owned, and tells where it stands.
struct Places {
    what: &'static str,
    found: Vec<String>,
}

impl BlockSink for Places {
    fn block(&mut self, block: &Block<'_>) {
        for (at, _) in block.text.match_indices(self.what) {
            let segment = block.segments.iter().find(|s| (s.start..s.end).contains(&(at as u32)));
            if !(block.own_start..block.own_end).contains(&(at as u32)) {
                continue;
            }
            let place = match block.locate(segment.unwrap(), at, at + self.what.len()) {
                Location::LineRange { start, start_column, .. } => {
                    format!("{start}:{start_column}")
                }
                Location::Cell { row, column, .. } => format!("R{row}C{column}"),
                other => format!("{other:?}"),
            };
            let member = block.place.member;
            let colon = if member.is_empty() { "" } else { ": " };
            self.found.push(format!("{member}{colon}{place}"));
        }
    }
}

/// Where `what` is found in an object, in order.
fn check(object: &str, what: &'static str, expect: &[&str]) {
    let mut places = Places { what, found: Vec::new() };
    lakegate_extract::extract(&mut object.as_bytes(), &Limits::default(), &mut places).unwrap();
    places.found.sort();
    assert_eq!(places.found, expect, "{object}");
}

const MAIL: &str = "\
From: a@example.org
Received: from here
 by there
Subject: =?utf-8?B?Wm/Dqw==?= 318-49-3004
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"outer\"

preamble 318-49-3004
--outer
Content-Type: text/plain
Content-Transfer-Encoding: 7bit

one
two 318-49-3004
--outer
Content-Type: text/html
Content-Transfer-Encoding: 8bit

<html><body>
<p>318-49-3004</p></body></html>
--outer
Content-Type: text/plain
Content-Transfer-Encoding: quoted-printable

one=
 two
three 318-49-3004
--outer
Content-Type: text/csv
Content-Disposition: attachment; filename=\"a.csv\"

name,ssn
Ann,318-49-3004
--outer--
epilogue 318-49-3004
";

#[test]
fn lines_of_mails_are_those_of_the_file_unless_a_part_is_encoded() {
    let expect = ["14:5", "20:4", "35:10", "4:14", "8:10", "a.csv: R2C2", "part 3: 2:7"];
    check(MAIL, "318-49-3004", &expect);
    check(&MAIL.replace('\n', "\r\n"), "318-49-3004", &expect);
}

#[test]
fn the_date_of_a_mailbox_line_is_not_read_as_its_sender() {
    let mailbox = "From MAILER-DAEMON Thu Nov 26 03:24:47 2026\nSubject: s\n\nok\n";
    check(mailbox, "MAILER-DAEMON", &["mail 1: 1:11"]);
    check(mailbox, "Nov 26", &[]);
    let odd = "From Thu Thu Nov 26 03:24:47 2026 318-49-3004\nSubject: s\n\nok\n";
    check(odd, "Nov 26", &["mail 1: 1:19"]);
}

#[test]
fn what_markup_interrupts_is_read_whole_too() {
    let page = "<!DOCTYPE html>\n<html><body>\n<p>ssn 318-<b>49</b>-3004\n\
        <a href=\"mailto:ann%40example.org\">x</a></body></html>\n";
    check(page, "318-49-3004", &["3:8"]);
    check(page, "ann@example.org", &["4:17"]);
    let head = "From: a@example.org\nTo: b@example.org\nSubject: s\nMIME-Version: 1.0\n";
    let mail = format!("{head}Content-Type: text/html\n\n{page}");
    check(&mail, "318-49-3004", &["9:8"]);
}
