//! Short lists that the tagger itself brings: street words, titles, particles, parts of organisations'
//! names. The training program writes them into the gazetteer's table.

use crate::fold;

/// Words of streets' names, as words of their own.
pub const STREET: &str = "street st avenue ave av road rd lane ln drive dr court ct place pl square sq \
    boulevard blvd terrace ter crescent cres close way parkway pkwy highway hwy route circle cir trail trl \
    alley mews grove gardens gdns row walk hill loop plaza turnpike expressway quay wharf \
    calle c avenida avda avd avenue paseo plaza plazuela plz pza carretera ctra camino ronda travesía \
    glorieta callejón urbanización urb polígono pasaje barrio carrer cl pso rambla vía jirón cerrada \
    calzada bulevar alameda costanilla cuesta autovía autopista rúa crta carrera cra kra pz vialidad \
    prolongación avinguda passeig plaça kalea kale etorbidea pasealekua hiribidea \
    rue allée allées impasse chemin quai cours faubourg ruelle sentier esplanade passage chaussée bd boul lotissement hameau clos venelle \
    straße strasse str platz allee weg gasse ring damm ufer chaussee stieg pfad markt promenade \
    via viale piazza piazzale corso vicolo largo strada lungomare contrada vico salita borgo lungotevere \
    rua travessa estrada praça rodovia alameda beco ladeira largo calçada quadra praceta \
    straat laan plein kade gracht steeg dijk singel dreef baan steenweg lei hof pad \
    ulica ul aleja al aleje plac os osiedle \
    ulice náměstí třída utca út tér körút gatan vägen vej gade gate vei veien katu tie ulica trg cesta \
    útja köz sétány fasor plads torv stræde gränd torg puiestee mnt iela gatve \
    strada calea bulevardul cadde sokak caddesi sokağı mahallesi odos jalan rruga \
    box pobox postbox postfach postbus apartado apo fpo dpo psc";

/// What stands in an address beside the street: flats, floors, boxes.
pub const ADDRESS: &str = "apt apartment suite ste unit flat floor fl po p.o bldg building \
    block room rm lot hse house piso planta puerta portal escalera esc bloque bajo izda izq dcha dpto depto \
    km kilómetro interior int bis ter étage bât bâtiment appt appartement résidence bp cedex \
    stock stiege etage hinterhaus whg scala interno piano palazzina casella apto andar bloco lote \
    sala apartamento cx postal verdieping bus lokal mieszkanie m klatka skrytka aa ae ap usns usnv uss uscgc \
    corner esquina numéro número nr no num nº";

/// Forms of address and titles before (or behind) a name.
pub const TITLE: &str = "mr mrs ms miss mx dr prof professor doctor sir madam dame lord lady rev reverend fr \
    sister brother pastor rabbi imam judge justice officer sergeant sgt captain capt lieutenant lt colonel \
    col general gen major maj president senator sen governor gov mayor king queen prince princess jr sr phd \
    md esq hon attn attorney detective inspector agent nurse coach uncle aunt auntie grandma grandpa mom dad \
    cousin messrs \
    señor sr señora sra señorita srta don doña d dña dra doctora prof profesor profesora licenciado lic ing \
    ingeniero arq padre hermana tío tía \
    monsieur m madame mme mademoiselle mlle messieurs docteur maître me professeur \
    herr frau hr fr fräulein herrn doktor dipl familie \
    signor sig signora signorina sigra dott dottor dottoressa dottssa avv avvocato ing geom rag prof \
    senhor senhora sr sra dona dom doutor doutora engenheiro \
    meneer mevrouw dhr mevr mw de heer drs ir mr ing \
    pan pani państwo p dr mgr inż prof hab ks";

/// Small words inside names.
pub const PARTICLE: &str = "de del la las los y e da das do dos di della dello dei degli van der den von zu \
    zum zur vom ter ten te le du des d' el al bin ibn ben abu bint af av san santa st mac mc o";

/// Words that say that a name is an organisation's.
pub const ORGANISATION: &str = "inc ltd llc llp plc corp corporation co company group holdings holding \
    partners associates bank trust university college school institute academy hospital clinic foundation \
    association society council committee commission ministry department agency bureau office authority \
    union club church cathedral museum library theatre theater hotel restaurant cafe airport station \
    systems solutions services technologies technology software labs laboratories industries international \
    enterprises consulting capital insurance airlines motors energy pharma media press times news team party \
    fund federation league center centre \
    sa sl slu sau sociedad compañía empresa banco universidad universitario universitaria instituto hospital \
    clínica fundación asociación ministerio ayuntamiento servicio unidad departamento colegio facultad centro \
    grupo cooperativa sociedade \
    sarl sas eurl société banque université hôpital clinique fondation ministère mairie groupe lycée école \
    cabinet centre \
    gmbh ag kg ohg ev mbh verein bank universität klinik klinikum krankenhaus stiftung ministerium \
    gesellschaft amt schule verlag versicherung sparkasse gruppe werke institut \
    spa srl snc banca università ospedale fondazione ministero comune gruppo azienda istituto clinica \
    scuola studio \
    ltda eireli universidade fundação associação ministério prefeitura câmara hospital escola grupo empresa \
    bv nv vof stichting universiteit ziekenhuis gemeente vereniging groep bedrijf school \
    sp zoo spółka bank uniwersytet szpital fundacja stowarzyszenie ministerstwo urząd politechnika szkoła \
    przedsiębiorstwo";

/// The ends of street names written as one word: Bahnhofstraße, Kerklaan, Storgatan.
const STREET_ENDS: [&[u8]; 43] = [
    b"strasse",
    b"straat",
    b"gasse",
    b"platz",
    b"allee",
    b"chaussee",
    b"weg",
    b"ufer",
    b"damm",
    b"laan",
    b"plein",
    b"gracht",
    b"kade",
    b"dijk",
    b"singel",
    b"dreef",
    b"steeg",
    b"gatan",
    b"gaten",
    b"gata",
    b"gade",
    b"vagen",
    b"veien",
    b"vegen",
    b"vej",
    b"vejen",
    b"vaenget",
    b"katu",
    b"kuja",
    b"polku",
    b"utca",
    b"str",
    b"braut",
    b"stigur",
    b"backen",
    b"bakken",
    b"stien",
    b"zeile",
    b"steig",
    b"siedlung",
    b"ntie",
    b"vegur",
    b"stigen",
];

/// Words that a Spanish street line begins with.
const SPANISH_STREET: [&str; 29] = [
    "calle",
    "c",
    "avenida",
    "avda",
    "avd",
    "paseo",
    "pº",
    "plaza",
    "pza",
    "plz",
    "carretera",
    "ctra",
    "camino",
    "ronda",
    "travesia",
    "glorieta",
    "urbanizacion",
    "urb",
    "poligono",
    "pasaje",
    "carrer",
    "av",
    "apartado",
    "crta",
    "carrera",
    "cra",
    "avinguda",
    "passeig",
    "pz",
];

/// Whether a Spanish street line may begin with the word of this hash.
pub(crate) fn begins_spanish_street(hash: u64) -> bool {
    SPANISH_STREET.iter().any(|word| fold::word(word).hash == hash)
}

/// The same ends as numbers: a mask of their bytes, their value, the least length of a word with it.
const STREET_END_BITS: [(u64, u64, u32); STREET_ENDS.len()] = {
    let mut out = [(0, 0, 0); STREET_ENDS.len()];
    let mut index = 0;
    while index < out.len() {
        let end = STREET_ENDS[index];
        let mut at = 0;
        while at < end.len() {
            out[index].0 = out[index].0 << 8 | 0xff;
            out[index].1 = out[index].1 << 8 | end[at] as u64;
            at += 1;
        }
        out[index].2 = end.len() as u32 + 2;
        index += 1;
    }
    out
};

/// Whether a word's last bytes (folded) are the end of a street's name.
pub(crate) fn is_street_compound(tail: u64, len: u32) -> bool {
    len >= 6
        && STREET_END_BITS.iter().any(|(mask, end, least)| tail & mask == *end && len >= *least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;

    #[test]
    fn streets_of_one_word() {
        let is = |word: &str| {
            let word = fold::word(word);
            is_street_compound(word.tail, word.len)
        };
        for street in ["Bahnhofstraße", "Kerklaan", "Storgatan", "Kiannonkatu", "Lyngveien"] {
            assert!(is(street), "{street}");
        }
        for other in ["Weg", "Mozart", "Goldstein", "Straße", "Anna"] {
            assert!(!is(other), "{other}");
        }
    }
}
