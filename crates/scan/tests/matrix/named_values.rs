//! Values that are named by others: by an attribute beside them, by a list of columns elsewhere, or by the
//! first of some rows. All numbers of one kind must be found, and none of the other, which look the same.

use super::documents;

/// Numbers of each kind.
pub const ROWS: usize = 70;

/// An object in which passports are named, and orders with numbers like theirs.
pub struct Named {
    pub name: &'static str,
    pub object: Vec<u8>,
}

/// The number of a passport.
pub fn passport(row: usize) -> String {
    format!("{}", 531_207_784 + 1_013 * row)
}

/// A number that means nothing.
pub fn order(row: usize) -> String {
    format!("{}", 482_300_551 + 1_013 * row)
}

fn each(write: impl Fn(usize) -> String) -> String {
    (0..ROWS).map(write).collect()
}

/// With commas between.
fn list(write: impl Fn(usize) -> String) -> String {
    (0..ROWS).map(write).collect::<Vec<_>>().join(",")
}

/// Words between the numbers of one line and the name of the next.
const FAR: &str = "some words that stand between two values and mean nothing at all for anyone";

fn json() -> Vec<Named> {
    let pairs = |name: &'static str, form: fn(&str, &str) -> String| Named {
        name,
        object: format!(
            "[{}]",
            list(|row| form("order no", &order(row)) + "," + &form("passport", &passport(row)))
        )
        .into(),
    };
    let rows = |row: usize| format!("[\"{FAR}\",\"{}\",\"{}\"]", order(row), passport(row));
    let names = "[\"note\",\"order_no\",\"passport\"]";
    let object = |name: &'static str, object: String| Named { name, object: object.into() };
    vec![
        pairs("name, value", |name, value| format!(r#"{{"name":"{name}","value":"{value}"}}"#)),
        pairs("value, name", |name, value| format!(r#"{{"value":"{value}","name":"{name}"}}"#)),
        pairs("key, number", |name, value| format!(r#"{{"key":"{name}","value":{value}}}"#)),
        pairs("question, answer", |name, value| {
            format!(r#"{{"question":"What is your {name}?","note":"{FAR}","answer":"{value}"}}"#)
        }),
        pairs("question, answer in an object", |name, value| {
            format!(r#"{{"question":"Your {name}?","answer":{{"a":[{{"b":"{value}"}}]}}}}"#)
        }),
        pairs("a field that is an object", |name, value| {
            format!(r#"{{"field":{{"id":"x","ref":"{name}"}},"type":"text","text":"{value}"}}"#)
        }),
        pairs("type, number", |name, value| {
            format!(r#"{{"type":"{name}","issued":"2020-01-01","number":"{value}"}}"#)
        }),
        pairs("text, id", |name, value| format!(r#"{{"text":"{value}","id":"{name}"}}"#)),
        object(
            "lines of keys and values",
            each(|row| {
                let line = |name: &str, value: String| {
                    format!("{{\"n\":{row},\"Key\":\"{name}\",\"Value\":\"{value}\"}}\n")
                };
                line("order", order(row)) + &line("passport_number", passport(row))
            }),
        ),
        object("columns, data", format!("{{\"columns\":{names},\"data\":[{}]}}", list(rows))),
        object(
            "fields with types, rows",
            format!(
                r#"{{"fields":[{{"name":"note","type":"x"}},{{"name":"o"}},{{"name":"passport"}}],"rows":[{}]}}"#,
                list(rows)
            ),
        ),
        object(
            "a schema, rows of objects",
            format!(
                r#"{{"schema":{{"fields":[{{"name":"o","type":"STRING"}},{{"name":"passport"}}]}},"rows":[{}]}}"#,
                list(|row| format!(
                    r#"{{"f":[{{"v":"{}"}},{{"v":"{}"}}]}}"#,
                    order(row),
                    passport(row)
                ))
            ),
        ),
        object(
            "a first row of cells that are objects",
            format!(
                r#"{{"ResultSet":{{"Rows":[{{"Data":[{{"VarCharValue":"order"}},{{"VarCharValue":"passport"}}]}},{}]}}}}"#,
                list(|row| format!(
                    r#"{{"Data":[{{"VarCharValue":"{}"}},{{"VarCharValue":"{}"}}]}}"#,
                    order(row),
                    passport(row)
                ))
            ),
        ),
        object("rows below a row of names", format!("[{names},{}]", list(rows))),
        object("lines below a line of names", format!("{names}\n{}", each(|row| rows(row) + "\n"))),
        object("a member of rows below names", format!("{{\"values\":[{names},{}]}}", list(rows))),
        object(
            "a list for each column",
            format!(
                r#"[{{"name":"order","values":[{}]}},{{"name":"passport","values":[{}]}}]"#,
                list(order),
                list(passport)
            ),
        ),
    ]
}

/// Rows of an entity, an attribute and a value, the attributes in turn.
fn attributes() -> Vec<[String; 4]> {
    let of = |row: usize| {
        let cells = |attribute: &str, value: String| {
            [format!("e{row}"), attribute.to_owned(), value, "2020".to_owned()]
        };
        [
            cells("colour", "blue".to_owned()),
            cells("order_no", order(row)),
            cells("shop", FAR.to_owned()),
            cells("passport_no", passport(row)),
        ]
    };
    (0..ROWS).flat_map(of).collect()
}

/// The columns of such a table.
const COLUMNS: [&str; 4] = ["entity_id", "attribute", "value", "year"];

fn of_attributes() -> Vec<Named> {
    let rows = attributes();
    let lines = |order: [usize; 4], by: &str| -> String {
        let line = |cells: &[String; 4]| order.map(|column| cells[column].as_str()).join(by) + "\n";
        let names = COLUMNS.map(str::to_owned);
        line(&names) + &rows.iter().map(line).collect::<String>()
    };
    let csv =
        |names: &str| lines([0, 1, 2, 3], ",").replacen("entity_id,attribute,value", names, 1);
    let values = |row: &[String; 4]| format!("('{}')", row.join("', '"));
    let insert = rows.iter().map(values).collect::<Vec<_>>().join(",\n");
    let copy: String = rows.iter().map(|row| row.join("\t") + "\n").collect();
    let column = |column: usize| rows.iter().map(|row| row[column].clone()).collect::<Vec<_>>();
    let sheet = std::iter::once(COLUMNS.map(str::to_owned).to_vec())
        .chain(rows.iter().map(|row| row.to_vec()));
    let sheet: Vec<Vec<String>> = sheet.collect();
    let named = |name: &'static str, object: Vec<u8>| Named { name, object };
    vec![
        named("CSV of attributes", csv("entity_id,attribute,value").into()),
        named("CSV of fields", csv("record,field_name,field_value").into()),
        named("CSV of questions", csv("person,question,answer").into()),
        named("CSV of codes", csv("person,code,result").into()),
        named("CSV of names", csv("id,name,value").into()),
        named("CSV of properties", csv("id,property,value").into()),
        named("CSV with the value first", lines([0, 2, 1, 3], ",").into()),
        named("CSV with the value far off", lines([1, 0, 3, 2], ";").into()),
        named(
            "a dump with INSERT",
            format!(
                "CREATE TABLE facts ({});\nINSERT INTO facts VALUES\n{insert};\n",
                COLUMNS.map(|name| format!("{name} text")).join(", ")
            )
            .into(),
        ),
        named(
            "a dump with COPY",
            format!("COPY facts ({}) FROM stdin;\n{copy}\\.\n", COLUMNS.join(", ")).into(),
        ),
        named("XLSX of attributes", documents::xlsx_of(&sheet)),
        named(
            "Parquet of attributes",
            documents::parquet_of([
                ("entity", column(0)),
                ("attribute", column(1)),
                ("value", column(2)),
            ]),
        ),
    ]
}

/// Tables of text of all kinds.
fn text() -> Vec<Named> {
    let row = |row: usize| [format!("n{row}"), order(row), passport(row), FAR.to_owned()];
    let names = ["person", "order_no", "passport", "note"];
    let table = |by: &str| names.join(by) + "\n" + &each(|n| row(n).join(by) + "\n");
    let pipes = |before: &str, by: &str, behind: &str, names_end: &str| {
        let line = |cells: [&str; 4]| format!("{before}{}{behind}\n", cells.join(by));
        line(names) + names_end + &each(|n| line(row(n).each_ref().map(String::as_str)))
    };
    let ragged = each(|n| {
        let cells = row(n);
        match n % 6 {
            1 => format!("{},more,and more\n", cells.join(",")),
            4 => format!("{}\n", cells[..3].join(",")),
            _ => cells.join(",") + "\n",
        }
    });
    let border = format!("+{}\n", "------+".repeat(4));
    let grid = format!("+{}\n", "======+".repeat(4));
    let box_line =
        |ends: [&str; 3]| format!("{}{}{}\n", ends[0], ["────"; 4].join(ends[1]), ends[2]);
    let wide: Vec<String> = (0..6_000).map(|column| format!("col_{column}")).collect();
    let wide = format!(
        "passport,{}\n{}",
        wide.join(","),
        each(|n| format!("{}{}\n", passport(n), ",7".repeat(6_000)))
    );
    let named = |name: &'static str, object: String| Named { name, object: object.into() };
    vec![
        named("tildes", table("~")),
        named("colons", table(":")),
        named("bars", table("|")),
        named("a table of Markdown", pipes("| ", " | ", " |", "|---|:--:|---:|---|\n")),
        named("Markdown without bars at the ends", pipes("", " | ", "", "---|---|---|---\n")),
        named(
            "words, then a table of Markdown",
            format!(
                "# People\n\n{FAR}.\n\n{}\n{FAR}.\n",
                pipes("| ", " | ", " |", "|---|---|---|---|\n")
            ),
        ),
        named(
            "a table of MySQL",
            border.clone() + &pipes("| ", " | ", " |", &border) + &border + "70 rows in set\n",
        ),
        named(
            "a table of psql",
            pipes(" ", " | ", "", "-----+-----+-----+-----\n") + "(70 rows)\n",
        ),
        named(
            "a box",
            box_line(["┌", "┬", "┐"])
                + &pipes("│ ", " │ ", " │", &box_line(["├", "┼", "┤"]))
                + &box_line(["└", "┴", "┘"]),
        ),
        named(
            "a grid of RST",
            border.clone()
                + &pipes("| ", " | ", " |", &grid).replace(" |\n", &format!(" |\n{border}")),
        ),
        named("ragged CSV", names.join(",") + "\n" + &ragged),
        named("CSV below keys", format!("Report,HR export\nDate,2020-01-01\n\n{}", table(","))),
        named("CSV directly below keys", format!("Report,HR export\nBy,Ann\n{}", table(","))),
        named(
            "CSV behind another",
            format!(
                "item,price,sold\n{}{}",
                each(|n| format!("item {n},{n}.50,{}\n", n * 3)),
                table(",")
            ),
        ),
        named(
            "CSV behind another as wide",
            format!(
                "item,price,sold,city\n{}{}",
                each(|n| format!("item {n},{n}.50,{},Rome\n", n * 3)),
                table(",")
            ),
        ),
        named("CSV of many columns", wide),
    ]
}

/// All of them.
pub fn all() -> Vec<Named> {
    json().into_iter().chain(of_attributes()).chain(text()).collect()
}
