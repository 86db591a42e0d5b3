//! Dumps of databases as SQL.

use crate::{CARD, Case, NAME, PHONE};

const OF_MYSQL: &str = "\
-- MySQL dump 10.13
CREATE TABLE `people` (
  `id` int NOT NULL,
  `name` varchar(10) DEFAULT 'a,b',
  PRIMARY KEY (`id`)
);
INSERT INTO `people` VALUES (1,'Zoë \\'M\\' Müller'),(2,NULL),
(3,'(\\\\');
/* between */ -- it's
INSERT INTO `people` VALUES (4,'x');
INSERT IGNORE INTO `cards` (`who`, `card`) VALUES
  (1, '4111 1111 1111 1111') ON DUPLICATE KEY UPDATE x = 1;
";

const OF_POSTGRES: &str = "\
-- PostgreSQL database dump
COPY public.people (id, name, phone) FROM stdin;
1\tZoë Müller\t+49 761 555-0100
2\t\\N\ttab\\there
\\.
INSERT INTO s.paths (p) VALUES ('C:\\');
INSERT INTO s.paths (p) VALUES (lower('it''s, (x') || ')');
SELECT 'mail zoe@example.org';
INSERT INTO bin VALUES (0x5A6FC3AB, X'343131312031313131', '\\x5a6fc3ab', $$it's (a, b)$$, $q$+49 761$q$, 0xFF00);
COPY bin2 (b) FROM stdin;
\\\\x5a6fc3ab
\\.
";

pub fn cases() -> Vec<Case> {
    let wide: Vec<u8> = format!("\u{feff}INSERT [dbo].[t] ([a b]) VALUES (N'{NAME}')\r\nGO\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let long = "y".repeat(200_000);
    let long = format!("insert into t (a, b) values ('{long}', '{PHONE}'), ('{CARD}', 2);\n");
    let cases = [
        Case::complete(
            "dump of MySQL",
            OF_MYSQL.as_bytes().to_vec(),
            &[
                "people R1C1 id = 1",
                "people R1C2 name = Zoë 'M' Müller",
                "people R3C2 name = (\\",
                "people R4C2 name = x",
                "cards R1C2 card = 4111 1111 1111 1111",
                "text = /* between */ -- it's",
                "text = ON DUPLICATE KEY UPDATE x = 1;",
            ],
        ),
        Case::complete(
            "dump of PostgreSQL",
            OF_POSTGRES.as_bytes().to_vec(),
            &[
                "people R1C2 name = Zoë Müller",
                "people R1C3 phone = +49 761 555-0100",
                "people R2C3 phone = tab\there",
                "paths R1C1 p = C:\\",
                "paths R2C1 p = lower('it''s, (x') || ')'",
                "text = SELECT 'mail zoe@example.org';",
                "bin R1C1  = Zoë",
                "bin R1C2  = 4111 1111",
                "bin R1C3  = Zoë",
                "bin R1C4  = it's (a, b)",
                "bin R1C5  = +49 761",
                "bin R1C6  = 0xFF00",
                "bin2 R1C1 b = Zoë",
            ],
        ),
        Case::complete("dump of SQL Server", wide, &["t R1C1 a b = Zoë Müller", "text = GO\r"]),
        Case::complete(
            "dump with a long value",
            long.into_bytes(),
            &["t R1C2 b = +49 761 555-0100", "t R2C1 a = 4111 1111 1111 1111"],
        ),
    ];
    // A dump that ends after a statement is one.
    cases.into_iter().map(|case| Case { tells_cuts: false, ..case }).collect()
}
