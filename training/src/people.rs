//! Names of people as they are written in each language.

use crate::dice::Dice;
use crate::lists::Lists;

/// One of the values.
pub fn pick<'a>(rng: &Dice, values: &'a [String]) -> &'a str {
    if values.is_empty() { "" } else { &values[rng.usize(..values.len())] }
}

/// One of the texts.
pub fn one<'a>(rng: &Dice, values: &[&'a str]) -> &'a str {
    values[rng.usize(..values.len())]
}

const ORIGINS: [&str; 9] = ["en", "es", "fr", "de", "it", "pt", "nl", "pl", "xx"];

/// Draws names for texts of one language.
pub struct People<'a> {
    /// Where the names come from.
    pub lists: &'a Lists,
}

impl People<'_> {
    /// The language that a person's name in a text of `lang` is of.
    pub fn origin(&self, rng: &Dice, lang: &'static str) -> &'static str {
        match rng.u8(..100) {
            0..60 => lang,
            60..80 => "xx",
            _ => one(rng, &ORIGINS),
        }
    }

    /// A first name.
    pub fn given(&self, rng: &Dice, lang: &str) -> String {
        let lang = if lang == "en" && rng.u8(..4) == 0 { "us" } else { lang };
        let name = pick(rng, self.lists.of("given", lang));
        name.split(' ').next().unwrap_or(name).to_owned()
    }

    /// A surname.
    pub fn family(&self, rng: &Dice, lang: &str) -> String {
        if lang != "xx" && rng.u8(..100) < 20 {
            return pick(rng, self.lists.of("rare", "us")).to_owned();
        }
        let name = pick(rng, self.lists.of("family", lang)).to_owned();
        let particles: &[&str] = match lang {
            "nl" => &["van", "de", "van der", "van den", "van de", "ten", "Van", "De"],
            "de" => &["von", "von der", "zu"],
            "es" => &["de", "de la", "del", "De", "de los", "De la"],
            "pt" => &["da", "de", "dos", "do"],
            "fr" => &["de", "du", "Le", "La", "de la"],
            "it" => &["Di", "De", "Della", "Dal"],
            _ => return name,
        };
        let often = if matches!(lang, "nl" | "pt") { 20 } else { 7 };
        if rng.u8(..100) < often && !name.contains(' ') {
            return format!("{} {name}", one(rng, particles));
        }
        name
    }

    /// A full name.
    pub fn full(&self, rng: &Dice, lang: &'static str) -> String {
        let lang = self.origin(rng, lang);
        if lang == "xx" && rng.u8(..8) == 0 {
            return self.chinese(rng);
        }
        let given = self.given(rng, lang);
        let family = self.family(rng, lang);
        match rng.u8(..100) {
            0..8 => format!("{given} {}. {family}", initial(rng)),
            8..11 => format!("{given} {} {family}", initial(rng)),
            11..14 => format!("{}. {family}", first_letter(&given)),
            14..16 => format!("{}. {}. {family}", first_letter(&given), initial(rng)),
            16..25 => format!("{given} {} {family}", self.given(rng, lang)),
            25..28 => format!("{given} {family}-{}", self.family(rng, lang)),
            28..31 => format!("{given}-{} {family}", self.given(rng, lang)),
            31..33 => format!("{given} {}", family.to_uppercase()),
            33..34 => format!("{given} {family} {}", one(rng, &["Jr.", "Sr.", "III", "II", "Jr"])),
            34..35 => format!("{given} \"{}\" {family}", self.given(rng, lang)),
            35..37 => format!("{given} {family}").to_uppercase(),
            _ if matches!(lang, "es" | "pt") && rng.u8(..100) < 75 => {
                format!("{given} {family} {}", self.family(rng, lang))
            }
            _ => format!("{given} {family}"),
        }
    }

    /// Surname first, as in lists.
    pub fn last_first(&self, rng: &Dice, lang: &'static str) -> String {
        let lang = self.origin(rng, lang);
        let (given, family) = (self.given(rng, lang), self.family(rng, lang));
        match rng.u8(..10) {
            0 => format!("{}, {given}", family.to_uppercase()),
            1 => format!("{family}, {given} {}.", initial(rng)),
            2 => format!("{} {given}", family.to_uppercase()),
            _ => format!("{family}, {given}"),
        }
    }

    /// One or two surnames, as a form asks for.
    pub fn families(&self, rng: &Dice, lang: &'static str) -> String {
        let origin = self.origin(rng, lang);
        let family = self.family(rng, origin);
        if matches!(lang, "es" | "pt") && rng.u8(..100) < 75 {
            return format!("{family} {}", self.family(rng, lang));
        }
        family
    }

    /// A Chinese first name in Latin letters.
    pub fn chinese_given(&self, rng: &Dice) -> String {
        let mut name = one(rng, &SYLLABLES).to_owned();
        if rng.u8(..100) < 75 {
            let second = one(rng, &SYLLABLES);
            name.push_str(second);
        }
        capital(&name)
    }

    /// A Chinese name in Latin letters, surname first.
    pub fn chinese(&self, rng: &Dice) -> String {
        format!("{} {}", one(rng, &CHINESE_FAMILIES), self.chinese_given(rng))
    }

    /// How people are spoken of in China: a word of kinship or of their trade beside the surname.
    pub fn honorific(&self, rng: &Dice) -> String {
        let family = if rng.u8(..5) == 0 {
            self.chinese_given(rng)
        } else {
            one(rng, &CHINESE_FAMILIES).to_owned()
        };
        let word = one(rng, &HONORIFICS);
        if rng.u8(..8) == 0 && HONORIFICS[12..].contains(&word) {
            return format!("{word} {}", self.chinese(rng));
        }
        format!("{word} {family}")
    }
}

/// A word with a first capital.
pub fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

fn initial(rng: &Dice) -> char {
    char::from(b'A' + rng.u8(..26))
}

fn first_letter(name: &str) -> String {
    name.chars().next().map_or(String::new(), |first| first.to_uppercase().collect())
}

const HONORIFICS: [&str; 30] = [
    "Mr.",
    "Ms.",
    "Mrs.",
    "Dr.",
    "Lao",
    "Xiao",
    "Ah",
    "Brother",
    "Sister",
    "Big Brother",
    "Uncle",
    "Aunt",
    "Auntie",
    "Grandpa",
    "Grandma",
    "Teacher",
    "Master",
    "Manager",
    "Director",
    "Engineer",
    "Coach",
    "Doctor",
    "Boss",
    "Captain",
    "Team Leader",
    "Section Chief",
    "Professor",
    "Secretary",
    "Chief",
    "Old",
];

const CHINESE_FAMILIES: [&str; 72] = [
    "Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Sun", "Ma",
    "Zhu", "Hu", "Guo", "He", "Gao", "Lin", "Luo", "Zheng", "Liang", "Xie", "Song", "Tang", "Deng",
    "Han", "Feng", "Cao", "Peng", "Zeng", "Xiao", "Tian", "Dong", "Pan", "Yuan", "Cai", "Jiang",
    "Yu", "Du", "Ye", "Cheng", "Wei", "Su", "Lu", "Ding", "Ren", "Yao", "Shen", "Zhong", "Cui",
    "Tan", "Fan", "Wan", "Shi", "Liao", "Jia", "Xia", "Fu", "Fang", "Zou", "Xiong", "Bai", "Meng",
    "Qin", "Qiu", "Hou", "Yin", "Xue", "Yan", "Lei", "Long",
];

const SYLLABLES: [&str; 88] = [
    "ai", "an", "bin", "bo", "chang", "chao", "chen", "cheng", "chun", "cong", "dan", "dong",
    "fang", "fei", "fen", "feng", "fu", "gang", "guang", "gui", "guo", "hai", "han", "hao", "he",
    "hong", "hua", "hui", "jia", "jian", "jie", "jing", "jun", "juan", "kai", "kang", "lan", "lei",
    "li", "lian", "lin", "ling", "long", "mei", "meng", "min", "ming", "na", "ning", "peng",
    "ping", "qi", "qiang", "qing", "rong", "rui", "shan", "sheng", "shu", "si", "song", "tao",
    "ting", "tong", "wei", "wen", "xia", "xiang", "xiao", "xin", "xiu", "xue", "yan", "yang", "yi",
    "ying", "yong", "yu", "yuan", "yue", "yun", "ze", "zhen", "zhi", "zhong", "zi", "xuan", "han",
];
