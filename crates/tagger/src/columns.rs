//! Names of columns and fields that say that names or addresses stand under them.

/// What stands under a column's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// People's full names.
    FullName,
    /// First names.
    GivenName,
    /// Surnames.
    FamilyName,
    /// Addresses or street lines.
    Address,
    /// Perhaps names: who is meant may be a firm. The values decide.
    MaybeName,
}

const FULL: &str = "full name|fullname|person name|patient name|customer name|employee name|client name|contact name|\
    contact person|cardholder|cardholder name|card holder|card holder name|account holder|account holder name|\
    beneficiary name|legal name|display name|name on card|owner name|member name|student name|guest name|\
    passenger name|recipient name|sender name|billing name|shipping name|driver name|doctor name|physician name|\
    teacher name|tenant name|applicant name|insured name|next of kin|emergency contact|mother name|father name|\
    mothers name|fathers name|spouse name|attending physician|\
    nombre completo|nombre y apellidos|nombre apellidos|apellidos y nombre|nombre paciente|nombre del paciente|\
    nombre cliente|nombre del cliente|titular|nombre titular|persona de contacto|\
    nom complet|nom et prenom|nom prenom|prenom nom|nom du patient|nom patient|nom client|nom du client|titulaire|\
    vollstandiger name|vor und nachname|name vorname|vorname nachname|patientenname|kundenname|ansprechpartner|\
    ansprechpartnerin|kontoinhaber|karteninhaber|mitarbeitername|\
    nome completo|nome e cognome|cognome e nome|nominativo|nome paziente|nome cliente|intestatario|\
    nome do paciente|nome do cliente|nome da mae|nome do pai|nome mae|nome pai|\
    volledige naam|naam patient|klantnaam|contactpersoon|rekeninghouder|naam klant|\
    imie i nazwisko|imie nazwisko|nazwisko i imie|nazwa klienta|osoba kontaktowa|imie i nazwisko pacjenta";

const GIVEN: &str = "first name|firstname|given name|givenname|forename|fname|first|given|middle name|middlename|\
    preferred name|nickname|christian name|nombre|nombre de pila|primer nombre|segundo nombre|prenom|prenoms|\
    vorname|vornamen|rufname|nome|nome di battesimo|primeiro nome|nome proprio|voornaam|voornamen|roepnaam|\
    imie|imiona|pierwsze imie|drugie imie";

const FAMILY: &str = "last name|lastname|family name|familyname|surname|lname|last|maiden name|birth name|\
    second surname|apellido|apellidos|primer apellido|segundo apellido|apellido paterno|apellido materno|\
    nom de famille|nom de naissance|nom de jeune fille|nom usage|nachname|familienname|geburtsname|zuname|\
    cognome|cognome da nubile|sobrenome|apelido|ultimo nome|achternaam|familienaam|meisjesnaam|tussenvoegsel|\
    nazwisko|nazwisko rodowe|nazwisko panienskie";

const ADDRESS: &str = "address|street address|streetaddress|street|street name|address line|address line 1|\
    address line 2|address1|address2|addr|home address|mailing address|postal address|billing address|\
    shipping address|delivery address|residential address|work address|current address|permanent address|\
    residence|house number|address street|\
    direccion|domicilio|calle|direccion postal|direccion de envio|direccion de facturacion|domicilio fiscal|\
    adresse|adresse postale|adresse de livraison|adresse de facturation|rue|domicile|adresse ligne 1|voie|\
    anschrift|strasse|strasse und hausnummer|strasse hausnummer|hausnummer|lieferadresse|rechnungsadresse|\
    postanschrift|wohnadresse|meldeadresse|wohnanschrift|\
    indirizzo|via|residenza|indirizzo di residenza|indirizzo di spedizione|indirizzo di fatturazione|\
    endereco|morada|rua|logradouro|endereco residencial|endereco de entrega|endereco de cobranca|\
    adres|straat|straatnaam|huisnummer|woonadres|postadres|bezorgadres|factuuradres|\
    ulica|adres zamieszkania|adres dostawy|adres korespondencyjny|adres zameldowania|numer domu";

const MAYBE: &str = "name|customer|client|patient|employee|contact|owner|author|user|member|person|student|\
    guest|passenger|recipient|sender|driver|doctor|physician|manager|teacher|tenant|applicant|assignee|reporter|\
    cliente|paciente|empleado|contacto|medico|autor|nom|patiente|contact|medecin|auteur|salarie|kunde|kundin|\
    patientin|mitarbeiter|kontakt|arzt|verfasser|paziente|dipendente|contatto|autore|funcionario|contato|\
    klant|patient|medewerker|arts|auteur|naam|klient|pacjent|pracownik|lekarz|from|to|von|an|de|para|signed by|\
    created by|updated by|approved by|assigned to|reported by|prepared by|referred by";

/// Words before `address` where it is none that a letter goes to.
const NO_PLACES: [&str; 16] = [
    "bitcoin", "btc", "contract", "crypto", "email", "eth", "gateway", "hardware", "ip", "ipv4",
    "ipv6", "mac", "mail", "memory", "wallet", "web",
];

/// What stands under a column or field of this name, if it says so.
pub fn column(name: &str) -> Option<Column> {
    let words = plain(name);
    let is = |list: &str| list.split('|').any(|entry| entry.trim() == words);
    match () {
        () if words.is_empty() => None,
        () if is(GIVEN) => Some(Column::GivenName),
        () if is(FAMILY) => Some(Column::FamilyName),
        () if is(FULL) => Some(Column::FullName),
        () if is(ADDRESS) => Some(Column::Address),
        () if is(MAYBE) => Some(Column::MaybeName),
        () => words.split_once(' ').and_then(|(first, rest)| {
            described(rest).filter(|kind| *kind != Column::Address || !NO_PLACES.contains(&first))
        }),
    }
}

/// A name behind a word that says whose it is: `billing_first_name`, `user.address`.
fn described(rest: &str) -> Option<Column> {
    match column(rest)? {
        Column::MaybeName => None,
        sure => Some(sure),
    }
}

/// The words of a name, small and without accents, parted by single blanks; `firstName` is two words.
fn plain(name: &str) -> String {
    const NAME_BYTES_MAX: usize = 64;
    let mut out = String::new();
    if name.len() > NAME_BYTES_MAX {
        return out;
    }
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            small = false;
            if !out.ends_with(' ') && !out.is_empty() && c != '\'' {
                out.push(' ');
            }
            continue;
        }
        if c.is_uppercase() && small {
            out.push(' ');
        }
        small = c.is_lowercase();
        let mut buffer = [0; 4];
        let mut bytes = Vec::with_capacity(4);
        crate::fold::folded(c.encode_utf8(&mut buffer), |byte| bytes.push(byte));
        out.push_str(&String::from_utf8_lossy(&bytes));
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns() {
        for (name, column) in [
            ("first_name", Column::GivenName),
            ("firstName", Column::GivenName),
            ("Prénom", Column::GivenName),
            ("billing_last_name", Column::FamilyName),
            ("Nazwisko", Column::FamilyName),
            ("Nom et prénom", Column::FullName),
            ("customer.full-name", Column::FullName),
            ("Straße", Column::Address),
            ("shippingAddress", Column::Address),
            ("customer", Column::MaybeName),
        ] {
            assert_eq!(super::column(name), Some(column), "{name}");
        }
    }

    #[test]
    fn other_columns() {
        for name in [
            "product_name",
            "file name",
            "email",
            "city",
            "",
            "ip",
            "_",
            "hostname",
            "id",
            "email address",
            "E-Mail-Address",
            "userIpAddress",
            "customer email address",
            "wallet_address",
        ] {
            assert_eq!(column(name), None, "{name}");
        }
    }
}
