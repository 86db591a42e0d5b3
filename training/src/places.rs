//! Postal addresses as they are written in each country.

use crate::dice::Dice;
use crate::lists::Lists;
use crate::people::{People, capital, one, pick};

/// Draws addresses.
pub struct Places<'a> {
    /// Where names of towns come from.
    pub lists: &'a Lists,
    /// Streets are named after people.
    pub people: &'a People<'a>,
}

/// Fills `#` with digits and `?` with capital letters.
pub fn digits(rng: &Dice, pattern: &str) -> String {
    pattern
        .chars()
        .map(|c| match c {
            '#' => char::from(b'0' + rng.u8(..10)),
            '%' => char::from(b'1' + rng.u8(..9)),
            '?' => char::from(b"ABCDEFGHJKLMNPRSTUVWXY"[rng.usize(..22)]),
            other => other,
        })
        .collect()
}

impl Places<'_> {
    /// A town.
    pub fn city(&self, rng: &Dice, lang: &str) -> String {
        let listed = self.lists.of("city", lang);
        if !listed.is_empty() && rng.bool() {
            return pick(rng, listed).to_owned();
        }
        pick(rng, self.lists.of("place", lang)).to_owned()
    }

    /// A country, in the language.
    pub fn country(&self, rng: &Dice, lang: &str) -> String {
        let listed = self.lists.of("country", lang);
        let listed = if listed.is_empty() { self.lists.of("country", "en") } else { listed };
        pick(rng, listed).to_owned()
    }

    /// A place in China, in Latin letters.
    pub fn chinese(&self, rng: &Dice) -> String {
        let kind = one(
            rng,
            &[
                "Road",
                "Park",
                "District",
                "City",
                "Province",
                "Lake",
                "Street",
                "Community",
                "Residential Area",
                "Town",
                "Industrial Park",
                "Bay",
                "Square",
                "Village",
                "residential area",
                "Metro Station",
                "Avenue",
                "Plaza",
            ],
        );
        format!("{} {kind}", self.people.chinese_given(rng))
    }

    /// A state or province.
    pub fn region(&self, rng: &Dice, lang: &str) -> String {
        pick(rng, self.lists.of("state", lang)).to_owned()
    }

    fn house(&self, rng: &Dice) -> String {
        let number = digits(rng, one(rng, &["%", "%#", "%#", "%#", "%##", "%##", "%###"]));
        match rng.u8(..20) {
            0 => format!("{number}{}", one(rng, &["A", "B", "a", "b", "c"])),
            1 => format!("{number}-{}", rng.u8(1..99)),
            2 => format!("{number}/{}", rng.u8(1..40)),
            _ => number,
        }
    }

    /// Whom or what a street is named after.
    pub(crate) fn named(&self, rng: &Dice, lang: &'static str) -> String {
        match rng.u8(..10) {
            0..3 => self.people.family(rng, lang),
            3..5 => format!("{} {}", self.people.given(rng, lang), self.people.family(rng, lang)),
            5..7 => self.city(rng, lang),
            7..8 => self.people.given(rng, lang),
            _ => {
                let words = self.lists.of("word", lang);
                let words = if words.is_empty() { self.lists.of("word", "es") } else { words };
                capital(pick(rng, words))
            }
        }
    }

    /// A street line without a word that says what it is.
    pub(crate) fn bare(&self, rng: &Dice, lang: &'static str) -> String {
        let of = one(rng, &["", "", "", "Los ", "La ", "Doctor ", "Dr. ", "Profesor ", "Río "]);
        let number = match rng.u8(..4) {
            0 => one(rng, &[", s/n", " s/n", ", sn"]).to_owned(),
            1 => format!(" {}", self.house(rng)),
            _ => format!(", {}", self.house(rng)),
        };
        format!("{of}{}{number}", self.named(rng, lang))
    }

    /// A street line.
    pub fn street(&self, rng: &Dice, lang: &'static str) -> String {
        let house = self.house(rng);
        match lang {
            "en" => self.street_en(rng, &house),
            "es" => self.street_es(rng, &house),
            "fr" => self.street_fr(rng, &house),
            "de" => self.street_de(rng, &house),
            "it" => {
                let kind = one(
                    rng,
                    &[
                        "Via", "Via", "Via", "Viale", "Piazza", "Corso", "Largo", "Vicolo",
                        "Strada", "via", "V.le", "P.zza", "Contrada",
                    ],
                );
                let comma = one(rng, &[" ", ", ", ", ", " n. "]);
                format!("{kind} {}{comma}{house}", self.named(rng, lang))
            }
            "pt" => {
                let kind = one(
                    rng,
                    &[
                        "Rua", "Rua", "Rua", "Av.", "Avenida", "Travessa", "Praça", "R.",
                        "Estrada", "Alameda", "rua", "Largo", "Rodovia",
                    ],
                );
                let of = one(rng, &["", "", "da ", "do ", "de ", "dos "]);
                let rest = one(
                    rng,
                    &[
                        "",
                        "",
                        "",
                        " - apto %#",
                        ", %º Dto",
                        ", %º Esq",
                        ", bloco ?, apto %##",
                        ", casa %",
                        " sala %##",
                    ],
                );
                format!(
                    "{kind} {of}{}, {}{house}{}",
                    self.named(rng, lang),
                    one(rng, &["", "", "nº ", "n. "]),
                    digits(rng, rest)
                )
            }
            "nl" => self.street_nl(rng, &house),
            "pl" => {
                let kind = one(
                    rng,
                    &["ul.", "ul.", "ul. ", "al.", "ulica", "os.", "pl.", "Aleja", "Plac", ""],
                );
                let name = if rng.bool() {
                    pick(rng, self.lists.of("street", "pl")).to_owned()
                } else {
                    self.named(rng, lang)
                };
                let flat = one(rng, &["", "", "/%", "/%#", " m. %#", " lok. %"]);
                format!("{} {name} {house}{}", kind.trim(), digits(rng, flat)).trim().to_owned()
            }
            _ => self.street_other(rng, &house),
        }
    }

    /// A postcode as the language's countries write it.
    pub(crate) fn postcode(&self, rng: &Dice, lang: &str) -> String {
        let pattern = match lang {
            "en" => one(
                rng,
                &[
                    "#####",
                    "#####",
                    "#####-####",
                    "?? % %??",
                    "??%# %??",
                    "?%? %??",
                    "?#? #?#",
                    "####",
                ],
            ),
            "pt" => one(rng, &["%###-###", "%####-###", "#####-###"]),
            "nl" => one(rng, &["%### ??", "%###??", "%###"]),
            "pl" => "##-###",
            "xx" => {
                one(rng, &["#####", "####", "### ##", "######", "SE-### ##", "DK-####", "FI-#####"])
            }
            _ => one(rng, &["#####", "#####", "####"]),
        };
        digits(rng, &pattern.replace("?? % ", "??% "))
    }

    /// The line with town and postcode.
    pub fn town_line(&self, rng: &Dice, lang: &'static str) -> String {
        let mut city = self.city(rng, lang);
        if rng.u8(..8) == 0 {
            city = city.to_uppercase();
        }
        let code = self.postcode(rng, lang);
        match lang {
            "en" => {
                let state = if rng.bool() {
                    digits(
                        rng,
                        one(
                            rng,
                            &[
                                "CA", "NY", "TX", "FL", "WA", "IL", "OH", "MA", "NJ", "GA", "NSW",
                                "VIC", "ON", "BC", "QLD", "??",
                            ],
                        ),
                    )
                } else {
                    self.region(rng, lang)
                };
                match rng.u8(..10) {
                    0..5 => format!("{city}, {state} {code}"),
                    5 => format!("{city} {state} {code}"),
                    6 => format!("{city} {code}"),
                    7 => format!("{city}, {code}"),
                    8 => format!("{city}, {state}"),
                    _ => format!("{city}\n{code}"),
                }
            }
            "pt" => match rng.u8(..3) {
                0 => format!("{city} - {}, {code}", digits(rng, "??")),
                1 => format!("{code} {city}"),
                _ => format!("{city}, {code}"),
            },
            _ => match rng.u8(..12) {
                0 => format!(
                    "{}-{code} {city}",
                    one(rng, &["D", "E", "F", "I", "PL", "NL", "A", "B", "CH"])
                ),
                1 => format!("{city} {code}"),
                2 => format!("{code} {city} ({})", self.region(rng, lang)),
                3 => format!("{city}, {code}"),
                4 => city,
                _ => format!("{code} {city}"),
            },
        }
    }

    /// A whole address, in one or several lines.
    pub fn block(&self, rng: &Dice, lang: &'static str) -> String {
        let lang = match rng.u8(..100) {
            0..70 => lang,
            70..85 => "xx",
            _ => one(rng, &["en", "es", "fr", "de", "it", "pt", "nl", "pl"]),
        };
        if rng.u8(..100) < 12 {
            return self.mixed(rng, lang);
        }
        let street = self.street(rng, lang);
        let town = self.town_line(rng, lang);
        let gap = one(rng, &[", ", ", ", ", ", "\n", "\n", " - ", " "]);
        let mut out = format!("{street}{gap}{town}");
        if rng.u8(..100) < 30 {
            let gap = one(rng, &[gap, ", "]);
            out = format!("{out}{gap}{}", self.country(rng, lang));
        }
        out
    }

    /// An address put together by someone who knows no country's rules.
    fn mixed(&self, rng: &Dice, lang: &'static str) -> String {
        let foreign = one(rng, &["xx", "en", lang]);
        let mut out = String::new();
        if rng.bool() {
            out = format!("{} ", rng.u32(1..99_999));
        }
        out += &self.street(rng, lang);
        if rng.bool() {
            out += &digits(
                rng,
                one(rng, &[" Apt. %##", " Suite %##", "\n Suite %##", "\nApt. %#", ", Unit %"]),
            );
        }
        let gap = one(rng, &[", ", "\n", " ", "\n ", "\n, "]);
        let city = self.city(rng, foreign);
        out += gap;
        out += &if rng.u8(..4) == 0 { city.to_uppercase() } else { city };
        if rng.bool() {
            out += &digits(rng, one(rng, &[", ??", "\n, ??", " ??"]));
        }
        if rng.bool() {
            out += gap;
            out += &self.country(rng, "en");
        }
        if rng.u8(..3) > 0 {
            out += &format!(" {}", self.postcode(rng, foreign));
        }
        out
    }
}
