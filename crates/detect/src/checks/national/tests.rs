//! A made-up number for every check with check digits. The names of the checks are in the order of the
//! alphabet.

use super::super::Check;
use super::*;

/// Numbers of which no digit can be changed unnoticed.
const EVERY_DIGIT: &[(&Check, &str)] = &[
    (&AUSTRALIA_ABN, "10 276 544 292"),
    (&AUSTRALIA_IHI, "8003604070124556"),
    (&AUSTRIA_FIRMENBUCH, "836139T"),
    (&AUSTRIA_STEUERNUMMER, "86-632/3991"),
    (&AUSTRIA_SVNR, "5416 250786"),
    (&AUSTRIA_VAT, "ATU74799015"),
    (&BALTIC_PERSONAL_CODE, "69807220185"),
    (&BELARUS_PERSONAL_NUMBER, "3070468K330PB8"),
    (&BELARUS_UNP, "164519738"),
    (&BELGIUM_IDENTITY_CARD, "592-9929902-93"),
    (&BELGIUM_NATIONAL_NUMBER, "09.09.27-496.42"),
    (&BELGIUM_VAT, "BE0875949392"),
    (&BIRTH_NUMBER, "260527/7499"),
    (&BOSNIA_JMBG, "2612960170256"),
    (&BRAZIL_CNH, "67687215030"),
    (&BRAZIL_PIS, "394.13419.56-3"),
    (&BRAZIL_VOTER, "553605090876"),
    (&BULGARIA_LNCH, "5458198031"),
    (&BULGARIA_VAT, "BG005864422"),
    (&CHINA_RESIDENT_ID, "310115197903264707"),
    (&CHINA_USCC, "9131011541596473U8"),
    (&CROATIA_JMBG, "1711978333033"),
    (&CROATIA_OIB, "25012672594"),
    (&CYPRUS_TIC, "CY06518793T"),
    (&CZECHIA_VAT, "CZ05217580"),
    (&DENMARK_CVR, "DK61221387"),
    (&DOMINICAN_CEDULA, "001-3592820-8"),
    (&DOMINICAN_RNC, "1-72-76251-4"),
    (&ECUADOR_CEDULA, "172008525-5"),
    (&EL_SALVADOR_NIT, "0614-250191-101-2"),
    (&EMIRATES_ID, "784-1978-4459691-2"),
    (&ESTONIA_VAT, "EE833182768"),
    (&FINLAND_HENKILOTUNNUS, "201188-004L"),
    (&FINLAND_YTUNNUS, "0018283-6"),
    (&FRANCE_SIREN, "453 620 866"),
    (&FRANCE_SIRET, "77659803979047"),
    (&FRANCE_VAT, "FR72392398582"),
    (&GERMANY_KVNR, "U750642039"),
    (&GERMANY_RVNR, "78210603A444"),
    (&GERMANY_VAT, "DE278678468"),
    (&GHANA_TIN, "P0051695480"),
    (&GREECE_AMKA, "18027107475"),
    (&GUATEMALA_NIT, "5434953-2"),
    (&GUINEA_NIFP, "565136918"),
    (&HONG_KONG_ID, "U596273(8)"),
    (&HUNGARY_ADOAZONOSITO, "8357816878"),
    (&HUNGARY_SZEMELYI, "1-691009-6422"),
    (&HUNGARY_TAJ, "013 308 773"),
    (&ICO, "24392227"),
    (&INDIA_EPIC, "QIL0735266"),
    (&INDIA_GSTIN, "27QYGPI1337T1ZF"),
    (&INDIA_VID, "9841 3072 6862 1468"),
    (&IRELAND_NUMBER, "0565119F"),
    (&ISRAEL_COMPANY, "510362312"),
    (&ISRAEL_ID, "07028615-8"),
    (&ITALY_PARTITA_IVA, "IT02828420030"),
    (&KOREA_BRN, "885-98-66040"),
    (&KUWAIT_CIVIL_ID, "293052760206"),
    (&LATVIA_VAT, "LV43441520445"),
    (&LITHUANIA_COMPANY, "303485736"),
    (&LUXEMBOURG_MATRICULE, "1993010161357"),
    (&LUXEMBOURG_VAT, "LU59937953"),
    (&MALTA_VAT, "MT69136676"),
    (&MAURITIUS_ID, "A1506551282745"),
    (&MEXICO_NSS, "54350545585"),
    (&MOLDOVA_IDN, "2956405400421"),
    (&MONTENEGRO_JMBG, "2710959212745"),
    (&MONTENEGRO_PIB, "01317008"),
    (&MOROCCO_ICE, "002456484733166"),
    (&MOZAMBIQUE_NUIT, "120122762"),
    (&NETHERLANDS_BSN, "862110658"),
    (&NETHERLANDS_ONDERWIJSNUMMER, "107336887"),
    (&NEW_ZEALAND_IRD, "054-694-695"),
    (&NEW_ZEALAND_NHI, "ZGH0577"),
    (&NORTH_MACEDONIA_EDB, "4076930697231"),
    (&NORTH_MACEDONIA_EMBG, "0304973411224"),
    (&NORWAY_FODSELSNUMMER, "26068928221"),
    (&NORWAY_ORGANISASJONSNUMMER, "950 390 204 MVA"),
    (&PERU_CUI, "62729171-5"),
    (&PERU_RUC, "20861846335"),
    (&POLAND_IDENTITY_CARD, "PBY 794631"),
    (&POLAND_NIP, "1895416313"),
    (&POLAND_PASSPORT, "SP 1119935"),
    (&POLAND_REGON, "153053199"),
    (&PORTUGAL_CITIZEN_CARD, "07310289 7 NU9"),
    (&PORTUGAL_NIF, "PT359469493"),
    (&ROMANIA_CNP, "2030415129702"),
    (&ROMANIA_CUI, "RO19933418"),
    (&RUSSIA_INN, "776327603957"),
    (&RUSSIA_OGRN, "1026828753445"),
    (&RUSSIA_SNILS, "350-556-556 76"),
    (&SAUDI_ID, "1611520790"),
    (&SERBIA_PIB, "104226630"),
    (&SINGAPORE_NRIC, "S5345243D"),
    (&SINGAPORE_UEN, "201530299W"),
    (&SLOVAKIA_VAT, "SK2136905012"),
    (&SLOVENIA_DDV, "SI90998502"),
    (&SLOVENIA_EMSO, "2707996501322"),
    (&SOUTH_AFRICA_ID, "9905239338081"),
    (&SOUTH_AFRICA_TAX, "0289618498"),
    (&SPAIN_CADASTRAL_REFERENCE, "1385524PD4520C7710US"),
    (&SPAIN_VAT, "ES66117481W"),
    (&SWEDEN_ORGANISATIONSNUMMER, "557805-0816"),
    (&SWEDEN_PERSONNUMMER, "600212-2676"),
    (&SWEDEN_SAMORDNINGSNUMMER, "981185-3218"),
    (&SWEDEN_VAT, "SE673294763201"),
    (&SWITZERLAND_AHV, "7564436483347"),
    (&SWITZERLAND_UID, "CHE-024.513.833"),
    (&TURKIYE_TCKN, "64475738622"),
    (&TURKIYE_VKN, "7595353568"),
    (&UK_CHI, "0908809182"),
    (&UK_HEALTH_AND_CARE, "3261558830"),
    (&UK_UPN, "B310968705781"),
    (&UK_VAT, "GB375345296"),
    (&UKRAINE_RNOKPP, "2657829463"),
    (&URUGUAY_RUT, "217764750019"),
    (&UZBEKISTAN_PINFL, "30901753087791"),
    (&VENEZUELA_RIF, "J-42093912-3"),
    (&VIETNAM_MST, "0147198581"),
];

/// Numbers whose check lets some changed digits pass: a rest of 10 is folded to another digit, or no sum
/// covers a part.
const SOME_DIGITS: &[(&Check, &str)] = &[
    (&AUSTRALIA_ACN, "951 926 659"),
    (&AUSTRALIA_MEDICARE, "6355 04557 1"),
    (&AZERBAIJAN_VOEN, "3880127161"),
    (&BRAZIL_CNS, "759 9456 6138 8051"),
    (&BULGARIA_EGN, "5205122250"),
    (&CANADA_BUSINESS, "799870282 RT0001"),
    (&ECUADOR_RUC, "1791135792001"),
    (&EL_SALVADOR_DUI, "03399070-5"),
    (&ESTONIA_REGISTRIKOOD, "17926724"),
    (&GERMANY_LANR, "472513708"),
    (&GREECE_AFM, "EL393107210"),
    (&GUATEMALA_CUI, "7429 60919 0101"),
    (&HUNGARY_ADOSZAM, "73891138-2-41"),
    (&ICELAND_KENNITALA, "110465-0849"),
    (&INDONESIA_NPWP, "29.598.886.9-538.000"),
    (&IRAN_NATIONAL_CODE, "0031931081"),
    (&JAPAN_CORPORATE, "8362571941656"),
    (&JAPAN_MY_NUMBER, "2044 5878 7470"),
    (&KAZAKHSTAN_IIN, "590626556220"),
    (&KOREA_FRN, "960407-6365463"),
    (&KOREA_RRN, "880823-2226577"),
    (&LATVIA_PERSONAS_KODS, "140388-13400"),
    (&LITHUANIA_VAT, "LT168598217"),
    (&NETHERLANDS_VAT, "NL204741853B01"),
    (&PARAGUAY_RUC, "80906748-0"),
    (&SENEGAL_NINEA, "487 3643"),
    (&SERBIA_JMBG, "1104965724030"),
    (&SLOVENIA_MATICNA, "5890888000"),
    (&TAIWAN_ID, "C147150133"),
    (&TAIWAN_UBN, "21992754"),
    (&THAILAND_ID, "7-3718-57275-09-2"),
    (&THAILAND_JURISTIC, "0-1068-10823-06-8"),
    (&UKRAINE_EDRPOU, "52137130"),
    (&URUGUAY_CEDULA, "0.628.584-4"),
];

#[test]
fn every_changed_digit_is_noticed() {
    for (check, good) in EVERY_DIGIT {
        let (changes, unnoticed) = change_every_digit(check, good);
        assert_eq!(unnoticed, 0, "{good}: of {changes} changes");
    }
}

#[test]
fn most_changed_digits_are_noticed() {
    for (check, good) in SOME_DIGITS {
        let (changes, unnoticed) = change_every_digit(check, good);
        assert!(unnoticed * 2 < changes, "{good}: {unnoticed} of {changes} changes");
    }
}

/// Changes each digit to every other; returns the number of changes and how many of them pass.
fn change_every_digit(check: &Check, good: &str) -> (usize, usize) {
    assert!(check.passes(good.as_bytes()), "{good}");
    let (mut changes, mut unnoticed) = (0, 0);
    for at in (0..good.len()).filter(|at| good.as_bytes()[*at].is_ascii_digit()) {
        for step in 1..10 {
            let mut bad = good.as_bytes().to_vec();
            bad[at] = b'0' + (bad[at] - b'0' + step) % 10;
            changes += 1;
            unnoticed += usize::from(check.passes(&bad));
        }
    }
    (changes, unnoticed)
}

#[test]
fn no_text_makes_a_check_panic() {
    for (check, _) in EVERY_DIGIT.iter().chain(SOME_DIGITS) {
        for length in 0..24 {
            for byte in [b'0', b'9', b'A', b'z', b'-', 0, 0xff] {
                check.passes(&vec![byte; length]);
                check.passes(&[b"A0".repeat(length), vec![byte; length]].concat());
            }
        }
    }
}
