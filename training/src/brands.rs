//! Names that are nobody's: headings, products, organisations.

use crate::dice::Dice;
use crate::fill::Filler;
use crate::people::{capital, one};
use crate::places::digits;

impl Filler<'_> {
    /// A heading in Title Case or capitals.
    pub(crate) fn heading(&self, rng: &Dice, lang: &str) -> String {
        let lang = if rng.u8(..3) == 0 { "en" } else { lang };
        let mut heading = self.caps(rng, lang, 5);
        if rng.u8(..4) == 0 {
            heading = format!(
                "{heading} {} {}",
                one(rng, &["of", "and", "de", "for", "&", "und", "y", "et", "/", "-"]),
                self.caps(rng, lang, 3)
            );
        }
        if rng.u8(..6) == 0 { heading.to_uppercase() } else { heading }
    }

    pub(crate) fn product(&self, rng: &Dice, lang: &str, plain: bool) -> String {
        let name = self.caps(rng, if rng.bool() { "en" } else { lang }, 2);
        match rng.u8(..4) {
            _ if plain => name,
            0 => format!("{name} {}", rng.u16(1..3000)),
            1 => digits(rng, &format!("{name} ?%")),
            2 => format!(
                "{name} {}",
                one(
                    rng,
                    &[
                        "Pro", "Max", "Plus", "Lite", "Cloud", "Suite", "Edition", "Office",
                        "Mobile"
                    ]
                )
            ),
            _ => name,
        }
    }

    /// An organisation's name.
    pub(crate) fn organisation(&self, rng: &Dice, lang: &'static str) -> String {
        let family = self.people.family(rng, lang);
        let city = self.places.city(rng, lang);
        let word = capital(&self.word(rng, "en"));
        let form = one(
            rng,
            match lang {
                "es" => &["S.A.", "S.L.", "SL", "SA"],
                "fr" => &["SARL", "SA", "SAS"],
                "de" => &["GmbH", "AG", "GmbH & Co. KG", "KG", "e.V."],
                "it" => &["S.p.A.", "S.r.l.", "SRL", "SpA"],
                "pt" => &["Ltda", "S.A.", "Lda."],
                "nl" => &["B.V.", "BV", "N.V."],
                "pl" => &["Sp. z o.o.", "S.A."],
                _ => &["Inc.", "Ltd", "LLC", "Inc", "Corporation", "plc", "LLP", "Group"],
            },
        );
        let (hospital, university, bank, ministry) = match lang {
            "es" => ("Hospital", "Universidad de", "Banco de", "Ayuntamiento de"),
            "fr" => ("Hôpital", "Université de", "Banque de", "Mairie de"),
            "de" => ("Klinikum", "Universität", "Sparkasse", "Stadtverwaltung"),
            "it" => ("Ospedale", "Università di", "Banca di", "Comune di"),
            "pt" => ("Hospital", "Universidade de", "Banco", "Prefeitura de"),
            "nl" => ("Ziekenhuis", "Universiteit", "Bank", "Gemeente"),
            "pl" => ("Szpital", "Uniwersytet", "Bank", "Urząd Miasta"),
            _ => ("Hospital", "University of", "Bank of", "Council of"),
        };
        match rng.u8(..20) {
            0..3 => format!("{family} {form}"),
            3..5 => format!(
                "{family} & {} {}",
                self.people.family(rng, lang),
                one(rng, &["", form]).trim()
            )
            .trim()
            .to_owned(),
            5 => format!(
                "{family}, {} and {}",
                self.people.family(rng, lang),
                self.people.family(rng, lang)
            ),
            6..8 => format!(
                "{word} {} {form}",
                one(
                    rng,
                    &[
                        "Systems",
                        "Solutions",
                        "Technologies",
                        "Services",
                        "Media",
                        "Energy",
                        "Foods",
                        "Logistics",
                        "Partners",
                        "Capital"
                    ]
                )
            ),
            8 if rng.bool() => format!(
                "{} {}",
                self.people.chinese_given(rng),
                one(
                    rng,
                    &[
                        "Hardware Store",
                        "Restaurant",
                        "Technology Co., Ltd.",
                        "Auto Repair Shop",
                        "Supermarket",
                        "Company",
                        "Teahouse",
                        "Hospital",
                        "App",
                        "Bank"
                    ]
                )
            ),
            8 => format!(
                "{word}{}",
                one(rng, &["soft", "tech", "ify", "ly", "corp", "net", "bank", "works"])
            ),
            9 => word,
            10 => format!(
                "{hospital} {}",
                one(
                    rng,
                    &[
                        "General",
                        "Universitario",
                        "Central",
                        "San Rafael",
                        "Santa Cruz",
                        "Clínico",
                        "Regional",
                        "Sankt Josef",
                        "Saint-Louis",
                        "Virgen de la Luz",
                        "La Fe",
                        "Ramón y Cajal"
                    ]
                )
            ),
            11..13 => format!(
                "{hospital} {} {city}",
                one(rng, &["", "de", "General de", "Universitario de"])
            )
            .replace("  ", " "),
            13 => format!("{university} {city}"),
            14 => format!("{bank} {city}"),
            15 => format!("{ministry} {city}"),
            16 => digits(rng, one(rng, &["???", "????", "??"])),
            17 => format!("{hospital} {}", self.people.full(rng, lang)),
            18 => format!(
                "{city} {}",
                one(
                    rng,
                    &[
                        "University",
                        "Airport",
                        "United",
                        "Hospital",
                        "Bank",
                        "Times",
                        "City Council",
                        "Museum",
                        "College",
                        "High School"
                    ]
                )
            ),
            _ => format!("{} {}", self.caps(rng, lang, 2), form),
        }
    }
}
