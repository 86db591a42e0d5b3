//! Street lines as they are written in each language.

use crate::dice::Dice;
use crate::people::{capital, one, pick};
use crate::places::{Places, digits};

impl Places<'_> {
    pub(crate) fn street_en(&self, rng: &Dice, house: &str) -> String {
        if rng.u8(..100) < 6 {
            let pattern = [
                "P.O. Box %###",
                "PO Box %##",
                "P.O. Box %#",
                "PSC %###, Box %###\nAPO AE 0####",
                "Unit %### Box %###\nDPO AA 3####",
                "Postbox %#",
                "PO BOX %###",
                "USS NAME\nFPO AP #####",
                "USNS NAME\nFPO AE #####",
                "Private Bag %##",
                "GPO Box %###",
            ];
            let name = self.people.family(rng, "en");
            return digits(rng, one(rng, &pattern)).replace("NAME", &name);
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

    pub(crate) fn street_es(&self, rng: &Dice, house: &str) -> String {
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
                "Avinguda",
                "Crta.",
                "Cra.",
                "C/.",
                "C/",
                "Rúa",
                "Plaça",
                "Passeig",
                "P/",
                "",
                "",
                "",
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
            2 => one(rng, &[" nº", " No. ", ", No. ", " #", " num. "]).to_owned() + house,
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

    pub(crate) fn street_fr(&self, rng: &Dice, house: &str) -> String {
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

    pub(crate) fn street_de(&self, rng: &Dice, house: &str) -> String {
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

    pub(crate) fn street_nl(&self, rng: &Dice, house: &str) -> String {
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

    pub(crate) fn street_other(&self, rng: &Dice, house: &str) -> String {
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
}
