//! What the tagger finds with the weights that come with it. All people and addresses are invented.

use lakegate_tagger::{Label, Scratch, Tagger, Wanted};

fn found(text: &str, label: Label) -> Vec<&str> {
    let mut spans = Vec::new();
    Tagger::built_in().find(
        text,
        0..text.len(),
        Wanted::NAMES,
        &mut Scratch::default(),
        &mut spans,
    );
    spans.iter().filter(|s| s.label == label).map(|s| &text[s.start..s.end]).collect()
}

#[test]
fn full_names_in_eight_languages() {
    for (text, name) in [
        ("Please contact Margaret Thornbury about the invoice.", "Margaret Thornbury"),
        ("La paciente Lucía Ferrández Olmo acude a consulta.", "Lucía Ferrández Olmo"),
        ("Le dossier de Jean-Baptiste Morel est complet.", "Jean-Baptiste Morel"),
        ("Der Antrag von Katharina Lindemann wurde bewilligt.", "Katharina Lindemann"),
        ("Il signor Alessandro Bellucci ha firmato il contratto.", "Alessandro Bellucci"),
        ("O paciente João Pereira Nunes foi internado ontem.", "João Pereira Nunes"),
        ("De factuur van Willem van der Berg is betaald.", "Willem van der Berg"),
        ("Umowę podpisała Agnieszka Wiśniewska w Krakowie.", "Agnieszka Wiśniewska"),
    ] {
        assert_eq!(found(text, Label::Person), [name], "{text}");
    }
}

#[test]
fn first_names_where_the_context_is_clear() {
    for (text, name) in [
        ("Dear Anna,", "Anna"),
        ("My name is Rubija.", "Rubija"),
        ("contact: Piotr", "Piotr"),
        ("First name: Kwame", "Kwame"),
    ] {
        assert_eq!(found(text, Label::Person), [name], "{text}");
    }
}

#[test]
fn addresses() {
    for (text, address) in [
        ("Send it to 48 Marlowe Street, Dublin 4.", "48 Marlowe Street"),
        ("Domicilio: Calle de los Olmos, 14, 2º B.", "Calle de los Olmos, 14, 2º B"),
        ("Adresse : 12 rue des Tilleuls, 69003 Lyon", "12 rue des Tilleuls, 69003 Lyon"),
        ("Anschrift: Lindenstraße 7, 10969 Berlin", "Lindenstraße 7, 10969 Berlin"),
        ("Indirizzo: Via Garibaldi 23, 20121 Milano", "Via Garibaldi 23, 20121 Milano"),
        ("Adres: ul. Kwiatowa 5/12, 00-950 Warszawa", "ul. Kwiatowa 5/12, 00-950 Warszawa"),
    ] {
        let found = found(text, Label::Address);
        assert!(found.iter().any(|found| found.starts_with(address)), "{text}: {found:?}");
    }
}

#[test]
fn what_is_neither() {
    for text in [
        "The quarterly budget review takes place in March.",
        "Click Settings, then Account, then Delete My Data.",
        "Warsaw is the capital of Poland.",
        "Creatinina 1,2 mg/dl, sodio 138 mmol/l, potasio 4,1 mmol/l.",
        "let userName = getUserName(request.headers);",
        "",
    ] {
        assert!(found(text, Label::Person).is_empty(), "{text}: {:?}", found(text, Label::Person));
        assert!(
            found(text, Label::Address).is_empty(),
            "{text}: {:?}",
            found(text, Label::Address)
        );
    }
}

#[test]
fn medical_terms_near_words_of_health() {
    let find = |text: &str| {
        let mut spans = Vec::new();
        let mut scratch = Scratch::default();
        Tagger::built_in().find(text, 0..text.len(), Wanted::MEDICAL, &mut scratch, &mut spans);
        spans.iter().map(|s| text[s.start..s.end].to_owned()).collect::<Vec<_>>()
    };
    let text = "The patient has Type 2 diabetes mellitus and takes Metformin.";
    assert_eq!(find(text), ["diabetes mellitus", "Metformin"]);
    assert_eq!(find("Paciente con hipertensión arterial."), ["hipertensión arterial"]);
    assert_eq!(find("He wrote a song about depression."), Vec::<String>::new());
}

#[test]
fn cells_tell_names_from_towns_and_words() {
    let tagger = Tagger::built_in();
    let mean = |values: &[&str], likeness: &dyn Fn(&str) -> f32| {
        values.iter().map(|value| likeness(value)).sum::<f32>() / values.len() as f32
    };
    let name = |value: &str| tagger.name_likeness(value, &mut Scratch::default());
    let address = |value: &str| tagger.address_likeness(value, &mut Scratch::default());
    assert!(mean(&["Anna", "Piotr Nowak", "Nguyen, Thi Mai", "O'Brien", "Jürgen"], &name) > 0.6);
    assert!(
        mean(&["Hamburg", "Lyon", "Warszawa", "Bogotá", "Valencia", "Eindhoven", "Leeds"], &name)
            < 0.45
    );
    assert!(mean(&["blue", "Large", "in stock", "pending", "Quarterly Report"], &name) < 0.35);
    assert!(mean(&["12 Main Street", "Hauptstr. 5", "C/ Mayor 3", "ul. Polna 7"], &address) > 0.8);
    assert!(mean(&["Berlin", "pending", "2024", "SKU 88231"], &address) < 0.3);
}

#[test]
fn addresses_of_many_shapes() {
    for (text, address) in [
        ("Domicilio: C/ Cantabria, 86, 2 G.", "C/ Cantabria, 86, 2 G"),
        ("Domicilio: Av. del puerto 177, 2, 1.", "Av. del puerto 177, 2, 1"),
        (
            "Remitido por: Dr. Juan Mora Vidal Plaza de la Encina 32 41003 Sevilla",
            "Plaza de la Encina 32",
        ),
        ("Please write to P.O. Box 4417, Portland, OR 97208.", "P.O. Box 4417"),
        (
            "We have two sites: 12 Baker Street, London NW1 6XE, and 7 Mill Lane, Leeds LS1 4DY.",
            "7 Mill Lane",
        ),
        ("The office is at USS Halsey\nFPO AP 96667", "USS Halsey\nFPO AP 96667"),
    ] {
        let found = found(text, Label::Address);
        assert!(found.iter().any(|found| found.starts_with(address)), "{text}: {found:?}");
    }
}

#[test]
fn what_looks_like_an_address_and_is_none() {
    for text in [
        "10400112,blue river,SKU-01234-XL,3,12.50,2026-03-04,9bd1a2f0-31bd-4f0c-8bd2-7c1bd93f00aa,open",
        "La AV de 0,8 en el OD y de 0,5 en el OI.",
        "Sodio 113 mmol/l (LN 135-145), Cl 73 mmol/l.",
        "He came 1st in the 2nd race and 3rd in the other.",
    ] {
        assert!(
            found(text, Label::Address).is_empty(),
            "{text}: {:?}",
            found(text, Label::Address)
        );
    }
}
