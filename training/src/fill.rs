//! Fills templates, and puts texts together that need no template: forms, tables, headings.

use crate::dice::Dice;
use crate::draft::{Draft, Kind};
use crate::lists::Lists;
use crate::people::{People, capital, one, pick};
use crate::places::{Places, digits};
use crate::templates::{self, Language};
use crate::wordmaker;

/// Draws training texts.
pub struct Filler<'a> {
    /// Names of people.
    pub people: &'a People<'a>,
    /// Addresses and places.
    pub places: &'a Places<'a>,
    /// Lists of words.
    pub lists: &'a Lists,
    /// Templates by language.
    pub languages: &'a [Language],
}

impl Filler<'_> {
    /// One training text.
    pub fn document(&self, rng: &Dice) -> Draft {
        let share = rng.usize(..100);
        let index = if share < 30 { 0 } else { 1 + share % 7 };
        let language = &self.languages[index];
        let mut draft = match rng.u8(..100) {
            0..36 => self.sentences(rng, language),
            36..50 => self.narrative(rng, language),
            50..70 => self.form(rng, language),
            70..77 => self.table(rng, language),
            77..83 => self.headings(rng, language),
            83..96 => self.prose(rng, language),
            _ => self.noise(rng, language),
        };
        match rng.u8(..100) {
            0..5 => draft = draft.map(str::to_lowercase),
            5..8 => draft = draft.map(str::to_uppercase),
            _ => {}
        }
        draft
    }

    fn sentences(&self, rng: &Dice, language: &Language) -> Draft {
        let mut out = Draft::default();
        let gap = one(rng, &[" ", " ", "\n", "\n\n", " "]);
        for index in 0..one_to(rng, 4) {
            if index > 0 {
                out.push(gap);
            }
            let line = &language.lines[rng.usize(..language.lines.len())];
            out.append(&self.fill(rng, language, line));
        }
        out
    }

    /// A template with its slots filled.
    pub fn fill(&self, rng: &Dice, language: &Language, line: &str) -> Draft {
        let mut out = Draft::default();
        for (part, is_slot) in templates::parts(line) {
            if is_slot {
                self.slot(rng, language, part, &mut out);
            } else {
                out.push(part);
            }
        }
        out
    }

    fn slot(&self, rng: &Dice, language: &Language, slot: &str, out: &mut Draft) {
        let lang = language.lang;
        let origin = self.people.origin(rng, lang);
        match slot {
            "full" => out.mark(Kind::Person, &self.people.full(rng, lang)),
            "given" if rng.u8(..100) < 4 => out.mark(Kind::Person, &self.people.chinese_given(rng)),
            "given" => out.mark(Kind::Person, &self.people.given(rng, origin)),
            "family" => out.mark(Kind::Person, &self.people.family(rng, origin)),
            "families" => out.mark(Kind::Person, &self.people.families(rng, lang)),
            "lastfirst" => out.mark(Kind::Person, &self.people.last_first(rng, lang)),
            "chinese" => out.mark(Kind::Person, &self.people.chinese(rng)),
            "givenzh" => out.mark(Kind::Person, &self.people.chinese_given(rng)),
            "honor" => out.mark(Kind::Person, &self.people.honorific(rng)),
            "addr" => out.mark(Kind::Address, &self.places.block(rng, lang)),
            "street" => out.mark(Kind::Address, &self.places.street(rng, lang)),
            "bare" => out.mark(Kind::Address, &self.places.bare(rng, lang)),
            "city" => out.mark(Kind::Place, &self.places.city(rng, origin)),
            "country" => out.mark(Kind::Place, &self.places.country(rng, lang)),
            "region" => out.mark(Kind::Place, &self.places.region(rng, lang)),
            "org" => out.mark(Kind::Organisation, &self.organisation(rng, lang)),
            "product" | "cap" => {
                let text = self.product(rng, lang, slot == "cap");
                out.mark(Kind::Misc, &text);
            }
            "head" => out.push(&self.heading(rng, lang)),
            "acr" => out.mark(Kind::Misc, &wordmaker::acronym(rng)),
            "eponym" => {
                let name = self.people.family(rng, origin);
                let second = self.people.family(rng, lang);
                let text = if rng.u8(..3) == 0 { format!("{name}-{second}") } else { name };
                out.mark(Kind::Misc, &text);
            }
            "district" => {
                let text = self.places.chinese(rng);
                out.mark(Kind::Place, &text);
            }
            "nationality" | "month" | "weekday" => {
                out.mark(Kind::Misc, listed(rng, language, slot))
            }
            "code" => out.push(&self.places.postcode(rng, lang)),
            "title" | "job" => out.push(listed(rng, language, slot)),
            "okey" => out.push(listed(rng, language, "otherkey")),
            other => out.push(&self.plain(rng, lang, other)),
        }
    }

    fn plain(&self, rng: &Dice, lang: &str, slot: &str) -> String {
        match slot {
            "date" => {
                let (y, m, d) = (rng.u16(1930..2027), rng.u8(1..13), rng.u8(1..29));
                match rng.u8(..5) {
                    0 => format!("{y}-{m:02}-{d:02}"),
                    1 => format!("{d:02}/{m:02}/{y}"),
                    2 => format!("{m}/{d}/{y}"),
                    3 => format!("{d}.{m}.{y}"),
                    _ => format!("{d:02}-{m:02}-{y}"),
                }
            }
            "measure" => wordmaker::measure(rng),
            "time" => format!("{}:{:02}", rng.u8(0..24), rng.u8(0..60)),
            "num" => {
                digits(rng, one(rng, &["%", "%#", "%#", "%##", "%###", "#####", "2###", "19##"]))
            }
            "id" => digits(
                rng,
                one(
                    rng,
                    &[
                        "########",
                        "??####",
                        "#-####",
                        "INV-#####",
                        "?######",
                        "## ## #####",
                        "#####-####",
                        "??-##-###",
                        "########?",
                    ],
                ),
            ),
            "phone" => digits(
                rng,
                one(
                    rng,
                    &[
                        "(%##) 555-####",
                        "+## ### ### ###",
                        "0### ######",
                        "%## ## ## ##",
                        "+1-%##-555-####",
                        "## ## ## ## ##",
                        "0##/#######",
                    ],
                ),
            ),
            "money" => digits(
                rng,
                one(
                    rng,
                    &[
                        "$%,###",
                        "€ %##",
                        "%.### €",
                        "£%##",
                        "% million euros",
                        "%## EUR",
                        "R$ %.###,00",
                        "%##,## zł",
                        "CHF %##",
                    ],
                ),
            ),
            "email" => {
                let (given, family) = (self.people.given(rng, "en"), self.people.family(rng, "en"));
                let name = format!("{given}.{family}").replace([' ', '\''], "").to_lowercase();
                format!(
                    "{name}@{}",
                    one(
                        rng,
                        &[
                            "example.com",
                            "example.org",
                            "mail.example.net",
                            "firma.example",
                            "example.es"
                        ]
                    )
                )
            }
            _ => self.words(rng, lang),
        }
    }

    fn words(&self, rng: &Dice, lang: &str) -> String {
        let words: Vec<String> = (0..one_to(rng, 4)).map(|_| self.word(rng, lang)).collect();
        words.join(" ")
    }

    pub(crate) fn word(&self, rng: &Dice, lang: &str) -> String {
        let words = self.lists.of("word", lang);
        let words = if words.is_empty() { self.lists.of("word", "es") } else { words };
        let word = pick(rng, words);
        if rng.u8(..100) < 33 {
            let unknown = wordmaker::unknown(rng, word, pick(rng, words));
            let noun = lang == "de" && rng.bool();
            return if noun { capital(&unknown) } else { unknown };
        }
        word.to_owned()
    }

    pub(crate) fn caps(&self, rng: &Dice, lang: &str, most: usize) -> String {
        let words: Vec<String> =
            (0..one_to(rng, most)).map(|_| capital(&self.word(rng, lang))).collect();
        words.join(" ")
    }

    /// A form: names of fields and their values.
    fn form(&self, rng: &Dice, language: &Language) -> Draft {
        let lang = language.lang;
        let mut out = Draft::default();
        let colon = one(
            rng,
            &[
                ": ", ": ", ": ", ":", " : ", ":  ", " = ", "\t", ":\n", ": \"", "\": \"", "=",
                " - ",
            ],
        );
        let quote = if colon.ends_with('"') { "\"" } else { "" };
        let end = one(rng, &["\n", "\n", "\n", ".\n", "; ", ", ", ". ", " | "]);
        for _ in 0..1 + one_to(rng, 6) {
            let (keys, slot) = match rng.u8(..100) {
                0..25 => ("namekey", one(rng, &["full", "full", "full", "lastfirst", "given"])),
                25..34 => ("givenkey", "given"),
                34..43 => ("familykey", "families"),
                43..58 => ("addresskey", one(rng, &["addr", "street", "street"])),
                _ => (
                    "otherkey",
                    one(
                        rng,
                        &[
                            "city", "id", "num", "date", "head", "org", "product", "words", "cap",
                            "country", "phone", "email", "month", "money", "job", "region",
                            "measure", "acr",
                        ],
                    ),
                ),
            };
            if quote == "\"" && colon.starts_with('"') {
                out.push("\"");
            }
            out.push(listed(rng, language, keys));
            out.push(colon);
            if slot == "families" {
                out.mark(Kind::Person, &self.people.families(rng, lang));
            } else {
                if slot == "full" && rng.u8(..6) == 0 {
                    out.push(listed(rng, language, "title"));
                    out.push(" ");
                }
                self.slot(rng, language, slot, &mut out);
            }
            out.push(quote);
            out.push(end);
        }
        out
    }

    /// A table: rows of the same columns.
    fn table(&self, rng: &Dice, language: &Language) -> Draft {
        let mut out = Draft::default();
        let gap = one(rng, &[",", ";", "\t", " | ", ", ", ","]);
        let slots: Vec<&str> = (0..2 + one_to(rng, 4))
            .map(|_| {
                one(
                    rng,
                    &[
                        "full",
                        "full",
                        "given",
                        "family",
                        "lastfirst",
                        "street",
                        "addr",
                        "city",
                        "id",
                        "num",
                        "date",
                        "org",
                        "product",
                        "words",
                        "cap",
                        "country",
                        "phone",
                        "email",
                        "money",
                        "job",
                        "head",
                        "month",
                    ],
                )
            })
            .collect();
        for _ in 0..one_to(rng, 5) {
            for (index, slot) in slots.iter().enumerate() {
                if index > 0 {
                    out.push(gap);
                }
                self.slot(rng, language, slot, &mut out);
            }
            out.push("\n");
        }
        out
    }

    /// Headings, menus and the like: capitals that are no names.
    fn headings(&self, rng: &Dice, language: &Language) -> Draft {
        let mut out = Draft::default();
        let gap = one(rng, &["\n", "\n\n", ". ", ", ", " > ", " / ", ": ", "\n- ", "; "]);
        for _ in 0..one_to(rng, 5) {
            let slot = one(
                rng,
                &["head", "head", "head", "words", "num", "city", "org", "product", "job"],
            );
            self.slot(rng, language, slot, &mut out);
            out.push(gap);
        }
        out
    }

    /// Sentences of who does what with whom and where.
    fn narrative(&self, rng: &Dice, language: &Language) -> Draft {
        const ACTORS: [&str; 12] = [
            "given", "given", "given", "full", "full", "family", "job", "org", "city", "words",
            "honor", "chinese",
        ];
        let mut out = Draft::default();
        for _ in 0..one_to(rng, 3) {
            self.slot(rng, language, one(rng, &ACTORS), &mut out);
            out.push(one(rng, &[" ", " ", " ", ", ", " - "]));
            for _ in 0..one_to(rng, 3) {
                out.push(listed(rng, language, "verb"));
                out.push(" ");
                match rng.u8(..8) {
                    0..3 => self.slot(rng, language, one(rng, &ACTORS), &mut out),
                    3 => out.push(&self.words(rng, language.lang)),
                    4 => out.push(&wordmaker::measure(rng)),
                    _ => {
                        out.push(listed(rng, language, "link"));
                        out.push(" ");
                        let last = [
                            "city", "city", "given", "full", "org", "country", "weekday", "month",
                            "street", "product", "words", "words", "num", "family", "district",
                            "region",
                        ];
                        self.slot(rng, language, one(rng, &last), &mut out);
                    }
                }
                out.push(one(rng, &[" ", " ", ", ", " - ", "; "]));
            }
            let last = one(rng, &["words", "words", "city", "given", "num", "product", "org"]);
            self.slot(rng, language, last, &mut out);
            out.push(one(rng, &[".", ".", "!", "?", ":", ".\n", "\n", "...", "\"", "'s "]));
            out.push(" ");
        }
        out
    }

    /// Sentences of words at random, as they look to who does not know the language.
    fn prose(&self, rng: &Dice, language: &Language) -> Draft {
        let mut out = Draft::default();
        for _ in 0..one_to(rng, 3) {
            let count = 3 + one_to(rng, 12);
            for index in 0..count {
                match rng.u8(..40) {
                    _ if index == 0 => out.push(&capital(&self.word(rng, language.lang))),
                    0..2 => out.push(&wordmaker::measure(rng)),
                    2 => out.push(&format!("({})", wordmaker::measure(rng))),
                    3 => out.push(&wordmaker::acronym(rng)),
                    4 => out.push(&format!("({})", wordmaker::acronym(rng))),
                    5 => out.push(&format!("({})", self.words(rng, language.lang))),
                    6 => {
                        let slot =
                            one(rng, &["full", "given", "org", "city", "product", "cap", "num"]);
                        self.slot(rng, language, slot, &mut out);
                    }
                    _ => out.push(&self.word(rng, language.lang)),
                }
                let gap = one(rng, &[" ", " ", " ", " ", " ", " ", ", ", " ", ": "]);
                out.push(if index + 1 == count {
                    one(rng, &[". ", ".\n", ".", "! ", "\n"])
                } else {
                    gap
                });
            }
        }
        out
    }

    /// Words at random, some with capitals, with a name here and there.
    fn noise(&self, rng: &Dice, language: &Language) -> Draft {
        let mut out = Draft::default();
        for _ in 0..one_to(rng, 14) {
            match rng.u8(..20) {
                0 => self.slot(rng, language, one(rng, &["full", "given", "full"]), &mut out),
                1 => self.slot(
                    rng,
                    language,
                    one(rng, &["org", "city", "product", "num", "id"]),
                    &mut out,
                ),
                2 => out.push(&self.caps(rng, language.lang, 2)),
                _ => out.push(&self.words(rng, language.lang)),
            }
            out.push(one(rng, &[" ", " ", " ", ", ", ". "]));
        }
        out
    }
}

fn one_to(rng: &Dice, most: usize) -> usize {
    rng.usize(1..=most)
}

fn listed<'a>(rng: &Dice, language: &'a Language, list: &str) -> &'a str {
    match language.lists.get(list) {
        Some(values) if !values.is_empty() => values[rng.usize(..values.len())],
        _ => "",
    }
}
