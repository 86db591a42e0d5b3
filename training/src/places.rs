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
    fn named(&self, rng: &Dice, lang: &'static str) -> String {
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

    fn street_en(&self, rng: &Dice, house: &str) -> String {
        if rng.u8(..100) < 6 {
            let pattern = [
                "P.O. Box %###",
                "PO Box %##",
                "P.O. Box %#",
                "PSC %###, Box %###\nAPO AE 0####",
                "Unit %### Box %###\nDPO AA 3####",
                "Postbox %#",
                "PO BOX %###",
            ];
            return digits(rng, one(rng, &pattern));
        }
        let short = [
            "St", "St.", "Ave", "Ave.", "Rd", "Rd.", "Dr", "Ln", "Ln.", "Blvd", "Blvd.", "Ct",
            "Way", "Pl", "Ter", "Pkwy", "Hwy",
        ];
        let long = [
            "Street",
            "Street",
            "Street",
            "Road",
            "Road",
            "Avenue",
            "Avenue",
            "Lane",
            "Drive",
            "Close",
            "Court",
            "Boulevard",
            "Place",
            "Crescent",
            "Terrace",
            "Square",
            "Grove",
            "Gardens",
        ];
        let suffix = match rng.u8(..10) {
            0..3 => one(rng, &short),
            3..8 => one(rng, &long),
            _ => pick(rng, self.lists.of("suffix", "en")),
        };
        let name = match rng.u8(..20) {
            0..2 => {
                format!(
                    "{} ",
                    one(rng, &["N", "S", "E", "W", "North", "South", "East", "West", "N.", "S."])
                ) + &self.named(rng, "en")
            }
            2..5 => digits(rng, one(rng, &["%st", "%nd", "%#th", "%##th", "%th"])),
            5..9 => one(
                rng,
                &[
                    "High",
                    "Main",
                    "Church",
                    "Park",
                    "Oak",
                    "Station",
                    "Mill",
                    "Queen",
                    "King",
                    "Victoria",
                    "Maple",
                    "Cedar",
                    "Elm",
                    "Lake",
                    "Hill",
                    "Green",
                    "Bridge",
                    "School",
                    "First",
                    "Second",
                    "Fourth",
                    "Washington",
                ],
            )
            .to_owned(),
            9..11 => format!("{}'s", self.people.given(rng, "en")),
            _ => self.named(rng, "en"),
        };
        let unit = match rng.u8(..10) {
            0..2 => digits(
                rng,
                one(
                    rng,
                    &[
                        " Apt. %##",
                        ", Apt %#",
                        " Suite %##",
                        ", Suite %###",
                        ", Unit %#",
                        " #%##",
                        ", Floor %",
                        ", Apt %?",
                        " Apt %##",
                    ],
                ),
            ),
            _ => String::new(),
        };
        match rng.u8(..20) {
            0 => format!("Flat {}, {house} {name} {suffix}", rng.u8(1..40)),
            1 => format!("Unit {}, {house} {name} {suffix}", rng.u8(1..40)),
            2 => format!("{} {house} {name} {suffix}{unit}", rng.u16(1..9999)),
            3 => format!("{name} {suffix} {house}"),
            4 => format!(
                "the corner of {name} {suffix} and {} {}",
                self.named(rng, "en"),
                one(rng, &long)
            ),
            _ => format!("{house} {name} {suffix}{unit}"),
        }
    }

    fn street_es(&self, rng: &Dice, house: &str) -> String {
        if rng.u8(..100) < 4 {
            return digits(
                rng,
                one(rng, &["Apartado de Correos %###", "Apdo. de Correos %##", "Apartado %##"]),
            );
        }
        let kind = one(
            rng,
            &[
                "Calle",
                "Calle",
                "Calle",
                "C/",
                "C/",
                "c/",
                "calle",
                "Avenida",
                "Avda.",
                "Av.",
                "Avda",
                "Plaza",
                "Paseo",
                "Carretera",
                "Ctra.",
                "Camino",
                "Ronda",
                "Pza.",
                "Pº",
                "Travesía",
                "avenida",
                "C",
                "Urb.",
                "Polígono",
                "Carrer",
                "Gran Vía",
                "Glorieta",
                "Jirón",
                "Carrera",
                "",
            ],
        );
        let of = one(
            rng,
            &["", "", "", "", "de ", "del ", "de la ", "de los ", "Dr. ", "Santa ", "San "],
        );
        let mut name = self.named(rng, "es");
        if rng.u8(..8) == 0 {
            name = name.to_lowercase();
        }
        if kind.starts_with("Ctra") || kind == "Carretera" {
            let km = one(rng, &[" km %#", " Km %,#", ", Km. %##", " s/n", ", km %#,%##"]);
            return format!("{kind} {of}{name}{}", digits(rng, km));
        }
        let number = match rng.u8(..12) {
            0 => one(rng, &[" s/n", ", s/n", " S/N", ", S/N"]).to_owned(),
            1 => format!(" nº {house}"),
            2 => format!(" nº{house}"),
            3..6 => format!(" {house}"),
            6 => format!(",{house}"),
            _ => format!(", {house}"),
        };
        let floor = match rng.u8(..10) {
            0..4 => one(
                rng,
                &[
                    ", %º ?",
                    ", %?",
                    " %º ?",
                    ", %, %",
                    ", %º %ª",
                    " - %º ?",
                    ", %º izda",
                    ", %º dcha",
                    ". %? ",
                    ", Bajo ?",
                    ", bajo",
                    ", Piso %",
                    " puerta %",
                    ", %-?",
                    ", esc. ?, %º",
                ],
            ),
            _ => "",
        };
        format!("{kind} {of}{name}{number}{}", digits(rng, floor)).trim().to_owned()
    }

    fn street_fr(&self, rng: &Dice, house: &str) -> String {
        let kind = one(
            rng,
            &[
                "rue",
                "rue",
                "rue",
                "avenue",
                "boulevard",
                "Rue",
                "Avenue",
                "place",
                "chemin",
                "allée",
                "impasse",
                "quai",
                "bd",
                "av.",
                "route",
                "cours",
                "Bd",
                "square",
            ],
        );
        let of =
            one(rng, &["", "", "de ", "du ", "de la ", "des ", "du Général ", "de l'", "Saint-"]);
        let bis = one(rng, &["", "", "", "", " bis", " ter", ","]);
        let name = self.named(rng, "fr");
        match rng.u8(..12) {
            0 => format!("Appt {}, {house}{bis} {kind} {of}{name}", rng.u8(1..90)),
            1 => format!("{} {of}{name} {house}", capital(kind)),
            2 => digits(rng, "BP %###"),
            _ => format!("{house}{bis} {kind} {of}{name}"),
        }
    }

    fn street_de(&self, rng: &Dice, house: &str) -> String {
        if rng.u8(..100) < 4 {
            return digits(rng, one(rng, &["Postfach %###", "Postfach %# ## ##"]));
        }
        let end = one(
            rng,
            &[
                "straße", "straße", "strasse", "str.", "weg", "gasse", "platz", "allee", "ring",
                "damm", "ufer", "berg", "hof", "Straße",
            ],
        );
        let name = match rng.u8(..10) {
            0..2 => format!(
                "{}-{}-{}",
                self.people.given(rng, "de"),
                self.people.family(rng, "de"),
                capital(end)
            ),
            2 => format!(
                "{} {}",
                one(
                    rng,
                    &[
                        "Am",
                        "An der",
                        "Auf dem",
                        "Im",
                        "Zum",
                        "Unter den",
                        "In der",
                        "Zur",
                        "Hinter der",
                        "Alte",
                        "Neue",
                        "Lange",
                        "Obere",
                        "Untere"
                    ]
                ),
                capital(pick(rng, self.lists.of("word", "de")))
            ),
            3 => format!(
                "{} {}",
                one(
                    rng,
                    &[
                        "Berliner",
                        "Hamburger",
                        "Münchner",
                        "Kölner",
                        "Wiener",
                        "Leipziger",
                        "Bremer",
                        "Alte",
                        "Neue",
                        "Große"
                    ]
                ),
                capital(end)
            ),
            4 => one(
                rng,
                &[
                    "Hauptstraße",
                    "Bahnhofstraße",
                    "Dorfstraße",
                    "Schulstraße",
                    "Gartenweg",
                    "Kirchgasse",
                    "Lindenallee",
                    "Hauptstr.",
                    "Marktplatz",
                ],
            )
            .to_owned(),
            5 => format!("{} {}", self.people.family(rng, "de"), capital(end)),
            _ => format!("{}{}", capital(&self.people.family(rng, "de")), end.to_lowercase()),
        };
        let house = house.replace('/', one(rng, &["/", " / ", "-"]));
        format!("{name} {house}")
    }

    fn street_nl(&self, rng: &Dice, house: &str) -> String {
        if rng.u8(..100) < 4 {
            return digits(rng, "Postbus %###");
        }
        let end = one(
            rng,
            &[
                "straat", "straat", "laan", "weg", "plein", "gracht", "kade", "dijk", "singel",
                "hof", "dreef", "steeg", "pad", "baan",
            ],
        );
        let name = match rng.u8(..6) {
            0 => {
                format!("{} {}", self.people.given(rng, "nl"), self.people.family(rng, "nl")) + end
            }
            1 => one(
                rng,
                &[
                    "Kerkstraat",
                    "Dorpsstraat",
                    "Stationsweg",
                    "Molenstraat",
                    "Grote Markt",
                    "Nieuwe Gracht",
                    "Oude Dijk",
                    "Hoofdstraat",
                    "Rue Royale",
                ],
            )
            .to_owned(),
            2 => format!(
                "{} {}",
                self.people.family(rng, "nl"),
                one(rng, &["Laan", "Straat", "Plein", "Weg"])
            ),
            _ => format!("{}{end}", capital(&self.people.family(rng, "nl").replace(' ', ""))),
        };
        format!("{name} {house}{}", one(rng, &["", "", "", " A", "-II", " bis", " hs"]))
    }

    fn street_other(&self, rng: &Dice, house: &str) -> String {
        let name = self.people.family(rng, "xx");
        let end = one(
            rng,
            &[
                "gatan", "gata", "gade", "vej", "vägen", "veien", "katu", "tie", "kuja", "utca",
                "polku", "stien", "backen", "braut", "vangen", "stræde",
            ],
        );
        match rng.u8(..12) {
            0..5 => format!("{name}{end} {house}"),
            5 => format!("{name} {} {house}.", one(rng, &["utca", "u.", "út", "tér"])),
            6 => format!(
                "{} {name} {house}",
                one(
                    rng,
                    &[
                        "ulica",
                        "Trg",
                        "Ulica",
                        "Strada",
                        "Calea",
                        "Str.",
                        "Jl.",
                        "Bulevardul",
                        "Bd."
                    ]
                )
            ),
            7 => format!(
                "{name} {} {house}",
                one(
                    rng,
                    &[
                        "Sokak",
                        "Caddesi",
                        "Sok.",
                        "Cad.",
                        "cesta",
                        "ulica",
                        "třída",
                        "náměstí",
                        "vei",
                        "gate",
                        "väg"
                    ]
                )
            ),
            8 => format!("{} {house}", pick(rng, self.lists.of("street", "xx"))),
            9 => format!(
                "{house} {name} {}",
                one(rng, &["Road", "Street", "Nagar", "Colony", "Marg", "Close", "Avenue"])
            ),
            10 => format!("{} {house}", pick(rng, self.lists.of("place", "xx"))),
            _ => format!("{} {house}", self.people.family(rng, "xx")),
        }
    }

    fn postcode(&self, rng: &Dice, lang: &str) -> String {
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
