//! Mails, mailboxes and messages of Outlook.

use crate::{CARD, Case, NAME, PHONE};
use std::io::{Cursor, Write};

/// `Zoë Müller` and the rest in all encodings of mails, with a table and a mail attached.
const MAIL: &str = "\
Received: from here
 by there
From: =?utf-8?Q?Zo=C3=AB_M=C3=BCller?= <zoe@example.org>
To: =?iso-8859-1?B?Wm/rIE38bGxlcg==?= <ann@example.org>
Subject: =?utf-8?B?Wm/DqyBNw7xsbGVy?=
X-Card: 4111 1111 1111 1111
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"outer\"

A preamble with +49 761 555-0100.
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Zo=EB M=FCller, +49 761 555-=
0100
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGRpdj56b2UmIzY0O2V4YW1wbGUub3JnPC9kaXY+
--inner--
--outer
Content-Type: text/csv; name=\"people.csv\"
Content-Disposition: attachment; filename=\"people.csv\"
Content-Transfer-Encoding: base64

bmFtZSxwaG9uZQpab8OrIE3DvGxsZXIsKzQ5IDc2MSA1NTUtMDEwMApCb2IsNTU1LTAxMDEK
--outer
Content-Type: message/rfc822

From: bob@example.org
To: ann@example.org
Subject: nested
MIME-Version: 1.0
Content-Type: text/plain
Content-Transfer-Encoding: base64

NDExMSAxMTExIDExMTEgMTExMQ==
--outer--
An epilogue.
";

const EXPECT: &[&str] = &[
    "text = From: Zoë Müller <zoe@example.org>",
    "text = To: Zoë Müller <ann@example.org>",
    "text = Subject: Zoë Müller",
    "text = X-Card: 4111 1111 1111 1111",
    "text = A preamble with +49 761 555-0100.",
    "part 2: text = Zoë Müller, +49 761 555-0100",
    "part 3: text = <div>zoe@example.org</div>",
    "people.csv:  R2C1 name = Zoë Müller",
    "people.csv:  R2C2 phone = +49 761 555-0100",
    "part 5: text = Subject: nested",
    "part 5!part 0: text = 4111 1111 1111 1111",
    "text = An epilogue.",
];

fn mailbox() -> Vec<u8> {
    let simple = format!("Subject: two\n\n{NAME}\n>From here {PHONE}\n");
    format!(
        "From zoe@example.org Mon Jun 01 10:00:00 2009\n{MAIL}\nFrom b@example.org x\n{simple}\n"
    )
    .into_bytes()
}

fn outlook() -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut write = |path: &str, bytes: &[u8]| {
        let path = std::path::Path::new(path);
        file.create_storage_all(path.parent().unwrap()).unwrap();
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    };
    let mut properties = vec![0; 32];
    properties.extend([3, 0, 0xfd, 0x3f, 0, 0, 0, 0, 0xe4, 0x04, 0, 0, 0, 0, 0, 0]);
    write("/__properties_version1.0", &properties);
    write("/__substg1.0_0037001F", &wide(NAME));
    write("/__substg1.0_1000001E", b"call Zo\xeb M\xfcller");
    write("/__substg1.0_10130102", b"<html><b>4111 1111 1111 1111</b></html>");
    write("/__recip_version1.0_#00000000/__substg1.0_3001001F", &wide(PHONE));
    write("/__attach_version1.0_#00000000/__substg1.0_3707001F", &wide("people.csv"));
    let table = format!("name,phone\n{NAME},{PHONE}\nBob,555-0101\n");
    write("/__attach_version1.0_#00000000/__substg1.0_37010102", table.as_bytes());
    let nested = "/__attach_version1.0_#00000001/__substg1.0_3701000D";
    write("/__attach_version1.0_#00000001/__substg1.0_3001001F", &wide("inner"));
    write(&format!("{nested}/__properties_version1.0"), &[0; 24]);
    write(&format!("{nested}/__substg1.0_0037001F"), &wide(CARD));
    file.into_inner().into_inner()
}

/// The attachment that Outlook makes of all that other programs might not understand.
fn package() -> Vec<u8> {
    let attribute = |id: u16, kind: u16, data: &[u8]| {
        let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        let length = (data.len() as u32).to_le_bytes();
        [&[1], &id.to_le_bytes()[..], &kind.to_le_bytes(), &length, data, &sum.to_le_bytes()]
            .concat()
    };
    let long = |bytes: &[u8]| {
        let mut value =
            [&1_u32.to_le_bytes()[..], &(bytes.len() as u32).to_le_bytes(), bytes].concat();
        value.resize(value.len().next_multiple_of(4), 0);
        value
    };
    let wide: Vec<u8> = NAME.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let properties = [
        &3_u32.to_le_bytes()[..],
        &[0x1f, 0, 0x37, 0],
        &long(&wide),
        &[0x03, 0, 0x17, 0, 1, 0, 0, 0],
        &[0x1e, 0, 0x01, 0x80],
        &[0; 16],
        &[1, 0, 0, 0, 2, 0, 0, 0, b'x', 0, 0, 0],
        &long(CARD.as_bytes()),
    ]
    .concat();
    let table = format!("name,phone\n{NAME},{PHONE}\nBob,555-0101\n");
    [
        vec![0x78, 0x9f, 0x3e, 0x22, 1, 0],
        attribute(0x9007, 6, &1252_u64.to_le_bytes()),
        attribute(0x800c, 2, b"Zo\xeb M\xfcller\0"),
        attribute(0x9003, 6, &properties),
        attribute(0x9002, 6, &[0; 14]),
        attribute(0x8010, 1, b"people.csv\0"),
        attribute(0x800f, 6, table.as_bytes()),
    ]
    .concat()
}

pub fn cases() -> Vec<Case> {
    let boxed: Vec<String> = EXPECT
        .iter()
        .map(|line| {
            let place = if line.starts_with("text") { ": " } else { "!" };
            format!("mail 1{place}{line}")
        })
        .chain([
            "mail 1: text = Envelope: zoe@example.org".to_owned(),
            "mail 2: text = Envelope: b@example.org x".to_owned(),
            "mail 2: text = Zoë Müller".to_owned(),
            "mail 2: text = >From here +49 761 555-0100".to_owned(),
        ])
        .collect();
    let windows = MAIL.replace('\n', "\r\n").into_bytes();
    let mails = [
        Case::complete("mail", MAIL.as_bytes().to_vec(), EXPECT),
        Case { expect: Vec::new(), ..Case::complete("mail of Windows", windows, EXPECT) },
        Case { expect: boxed, ..Case::complete("mailbox", mailbox(), &[]) },
    ];
    let outlook = Case::complete(
        "message of Outlook",
        outlook(),
        &[
            "text = Subject: Zoë Müller",
            "text = Body: call Zoë Müller",
            "text = <html><b>4111 1111 1111 1111</b></html>",
            "text = Name: +49 761 555-0100",
            "people.csv:  R2C2 phone = +49 761 555-0100",
            "inner: text = Subject: 4111 1111 1111 1111",
        ],
    );
    // A text that ends early is a text.
    let mut cases: Vec<Case> =
        mails.into_iter().map(|case| Case { tells_cuts: false, ..case }).collect();
    cases.push(outlook);
    cases.push(Case::complete(
        "winmail.dat",
        package(),
        &[
            "text = Zoë Müller",
            "text = Subject: Zoë Müller",
            "text = 4111 1111 1111 1111",
            "people.csv:  R2C2 phone = +49 761 555-0100",
        ],
    ));
    cases
}
