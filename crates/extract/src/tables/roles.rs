//! What names of columns and of members say of their values: that they name other values, that others
//! name them, or that they are the names or the rows of a table.
//!
//! Much data is kept as attributes and values: `attribute`, `value`; `question`, `answer`. One rule tells
//! them, for tables of all formats and for JSON.

use crate::tables::header::is_plain_name;

/// Longer names say nothing, in letters.
const NAME_LETTERS_MAX: usize = 32;

/// A longer text names no value.
const LABEL_CHARS_MAX: usize = 160;

/// Words of the longest question that names a value.
const LABEL_WORDS_MAX: usize = 24;

/// Words of what names a value under a name that often means something else.
const WEAK_WORDS_MAX: usize = 4;

/// Digits of such a one.
const WEAK_DIGITS_MAX: usize = 1;

/// What the values below a name are, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(u16);

impl Roles {
    /// They name values beside them: `attribute`, `question`.
    pub const ATTRIBUTE: Roles = Roles(1);
    /// They name values beside them if those are said to be such: `name`, `id`.
    pub const NAME: Roles = Roles(1 << 1);
    /// The same of kinds: `type`, `code`.
    pub const KIND: Roles = Roles(1 << 2);
    /// They are addresses of definitions: `system`, `url`.
    pub const ADDRESS: Roles = Roles(1 << 3);
    /// They are what another value says: `value`, `answer`.
    pub const VALUE: Roles = Roles(1 << 4);
    /// They may be: `text`, `number`.
    pub const TEXT: Roles = Roles(1 << 5);
    /// They name the columns of a table: `columns`, `header`.
    pub const COLUMNS: Roles = Roles(1 << 6);
    /// They are the rows of a table: `rows`, `data`.
    pub const ROWS: Roles = Roles(1 << 7);
    /// They tell of a table that stands beside: `schema`.
    pub const SCHEMA: Roles = Roles(1 << 8);
    /// They are the cells of one row: `f`, `cells`.
    pub const CELLS: Roles = Roles(1 << 9);

    /// Nothing.
    pub const NONE: Roles = Roles(0);

    const ANY_NAME: Roles = Roles(0b1111);
    const ANY_VALUE: Roles = Roles(0b11_0000);

    /// These and those.
    pub const fn and(self, roles: Roles) -> Self {
        Roles(self.0 | roles.0)
    }

    /// Of a column's or member's name.
    pub fn of(name: &str) -> Self {
        let mut letters = String::with_capacity(NAME_LETTERS_MAX);
        for c in name.chars().filter(|c| c.is_alphabetic()) {
            if letters.len() >= NAME_LETTERS_MAX {
                return Self::default();
            }
            letters.extend(c.to_lowercase());
        }
        let name = letters.as_str();
        let mut roles = Self::default();
        for (names, role) in NAMES {
            if names.contains(&name) {
                roles.0 |= role.0;
            }
        }
        let is_value = name.ends_with("value")
            || name.strip_prefix("value").is_some_and(|kind| !VALUE_NOT.contains(&kind));
        if is_value && roles.0 & Self::ANY_NAME.0 == 0 {
            roles.0 |= Self::VALUE.0;
        }
        roles
    }

    /// Whether it has one of these.
    #[inline]
    pub fn are(self, roles: Roles) -> bool {
        self.0 & roles.0 != 0
    }

    /// Whether it has none.
    #[inline(always)]
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether its values name others.
    pub fn is_name(self) -> bool {
        self.are(Self::ANY_NAME)
    }

    /// Whether its values are named by others.
    pub fn is_value(self) -> bool {
        self.are(Self::ANY_VALUE)
    }

    /// The name that a value of this role gives to others, if it can be one.
    pub fn label(self, text: &str) -> Option<&str> {
        let text = text.trim().trim_end_matches([':', '?', '*']).trim_end();
        if self.are(Self::ATTRIBUTE) {
            return is_question(text).then_some(text);
        }
        if self.are(Self::ADDRESS) {
            return of_address(text);
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_label = is_plain_name(text)
            && digits <= WEAK_DIGITS_MAX
            && !text.contains('@')
            && text.split(' ').count() <= WEAK_WORDS_MAX;
        is_label.then_some(text)
    }
}

/// A name or a question, and not a number or a text.
fn is_question(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    letters > 0
        && letters >= digits
        && text.len() <= LABEL_CHARS_MAX * 4
        && text.chars().count() <= LABEL_CHARS_MAX
        && text.split(' ').count() <= LABEL_WORDS_MAX
        && !text.contains('@')
}

/// The last step of an address by which a standard of health care names what a value is, such as
/// `http://hl7.org/fhir/sid/us-ssn`. Other addresses tell where something is from.
fn of_address(text: &str) -> Option<&str> {
    let is_definition = text.contains("fhir") || text.contains("StructureDefinition");
    let last = text.rsplit(['/', '#']).next().filter(|last| is_plain_name(last));
    last.filter(|_| is_definition)
}

/// What follows `value` in names of what is no value.
const VALUE_NOT: [&str; 5] = ["type", "unit", "id", "name", "date"];

const NAMES: [(&[&str], Roles); 10] = [
    (
        &[
            "attr",
            "attribute",
            "attributekey",
            "attributelabel",
            "attributename",
            "attrname",
            "characteristic",
            "concept",
            "conceptname",
            "dataelement",
            "datafield",
            "doctype",
            "documenttype",
            "element",
            "elementname",
            "fact",
            "feature",
            "featurename",
            "field",
            "fieldcode",
            "fieldid",
            "fieldkey",
            "fieldlabel",
            "fieldname",
            "fieldtitle",
            "identifiertype",
            "idtype",
            "key",
            "keyname",
            "label",
            "metakey",
            "metaname",
            "metricname",
            "optionname",
            "param",
            "parameter",
            "parametername",
            "paramname",
            "prompt",
            "prop",
            "property",
            "propertykey",
            "propertyname",
            "propname",
            "question",
            "questionlabel",
            "questionname",
            "questiontext",
            "questiontitle",
            "settingkey",
            "settingname",
            "tagkey",
            "tagname",
            "testname",
            "variable",
            "variablename",
            "varname",
        ],
        Roles::ATTRIBUTE,
    ),
    (
        &[
            "column",
            "columnname",
            "display",
            "header",
            "id",
            "identifier",
            "item",
            "itemname",
            "k",
            "metric",
            "n",
            "name",
            "option",
            "ref",
            "setting",
            "tag",
            "test",
            "title",
        ],
        Roles::NAME,
    ),
    (&["code", "kind", "type"], Roles::KIND),
    (&["system", "url"], Roles::ADDRESS),
    (
        &[
            "answer",
            "answers",
            "answertext",
            "response",
            "responses",
            "responsetext",
            "result",
            "resultat",
            "testresult",
            "v",
            "val",
            "vals",
            "values",
            "varcharvalue",
        ],
        Roles::VALUE,
    ),
    (
        &[
            "content",
            "data",
            "docnumber",
            "documentnumber",
            "entry",
            "idnumber",
            "input",
            "number",
            "reply",
            "string",
            "text",
        ],
        Roles::TEXT,
    ),
    (
        &[
            "colnames",
            "cols",
            "column",
            "columnheaders",
            "columninfo",
            "columnlist",
            "columnmetadata",
            "columnnames",
            "columns",
            "fieldlist",
            "fieldnames",
            "fields",
            "header",
            "headers",
            "headings",
            "keynames",
            "keys",
            "names",
            "rowtype",
        ],
        Roles::COLUMNS,
    ),
    (
        &[
            "body",
            "cells",
            "columnvalues",
            "data",
            "dataarray",
            "datarows",
            "dataset",
            "items",
            "keyvalues",
            "record",
            "records",
            "result",
            "results",
            "resultset",
            "row",
            "rows",
            "rowset",
            "tabledata",
            "tuples",
            "values",
        ],
        Roles::ROWS,
    ),
    (
        &[
            "head",
            "manifest",
            "meta",
            "metadata",
            "resultsetmetadata",
            "schema",
            "structure",
            "tableschema",
        ],
        Roles::SCHEMA,
    ),
    (
        &["c", "cells", "columnvalues", "d", "data", "f", "keyvalues", "record", "row", "values"],
        Roles::CELLS,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_roles() {
        for name in ["attribute", "Field_Name", "question", "meta_key", "Key", "documentType"] {
            assert!(Roles::of(name).are(Roles::ATTRIBUTE), "{name}");
        }
        for name in ["value", "Val", "field_value", "valueString", "answer", "newValue", "v"] {
            assert!(Roles::of(name).are(Roles::VALUE), "{name}");
        }
        for name in ["first_name", "value_type", "api_key", "columns_total", "ssn", "", "valuable"]
        {
            assert!(!Roles::of(name).is_name() && !Roles::of(name).is_value(), "{name}");
        }
        assert!(Roles::of("ColumnMetadata").are(Roles::COLUMNS));
        assert!(Roles::of("data_array").are(Roles::ROWS));
    }

    #[test]
    fn what_may_name_a_value() {
        let check = |role: Roles, text: &str, expect: Option<&str>| {
            assert_eq!(role.label(text), expect, "{text}");
        };
        check(Roles::ATTRIBUTE, " ssn: ", Some("ssn"));
        check(
            Roles::ATTRIBUTE,
            "What is your passport number?",
            Some("What is your passport number"),
        );
        check(Roles::ATTRIBUTE, "531207784", None);
        check(Roles::ATTRIBUTE, "a@example.com", None);
        check(Roles::NAME, "Passport number", Some("Passport number"));
        check(Roles::NAME, "He lost his passport in Rome", None);
        check(Roles::NAME, "A12B34", None);
        check(Roles::ADDRESS, "http://hl7.org/fhir/sid/us-ssn", Some("us-ssn"));
        check(Roles::ADDRESS, "https://www.example.com/passport", None);
    }
}
