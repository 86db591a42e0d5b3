//! Small objects as they land in a lake: mostly clean CSV, JSON Lines and logs, some with findings.

/// Objects that a gate run takes.
pub(crate) const OBJECTS: usize = 10_000;

/// Their size.
pub(crate) const OBJECT_BYTES: usize = 4 * 1024;

/// One in this many has findings.
const WITH_FINDINGS_EVERY: usize = 50;

/// The key and the bytes of the object with this number.
pub(crate) fn object(number: usize) -> (String, Vec<u8>) {
    let (extension, line): (&str, fn(usize, usize) -> String) = match number % 3 {
        0 => ("csv", csv_line),
        1 => ("jsonl", json_line),
        _ => ("log", log_line),
    };
    let mut text = String::with_capacity(OBJECT_BYTES + 256);
    if extension == "csv" {
        text.push_str("order,item,quantity,price,placed\n");
    }
    let mut index = 0;
    while text.len() < OBJECT_BYTES {
        text.push_str(&line(number, index));
        index += 1;
    }
    text.truncate(text[..OBJECT_BYTES].rfind('\n').map_or(OBJECT_BYTES, |end| end + 1));
    if number.is_multiple_of(WITH_FINDINGS_EVERY) {
        let finding = match extension {
            "csv" => "4,card 4929 1234 5678 9014 someone@example.com,1,2.50,2026-01-02\n",
            "jsonl" => "{\"order\":1,\"contact\":\"someone@example.com\"}\n",
            _ => "2026-01-02T03:04:05Z INFO mail to someone@example.com\n",
        };
        text.push_str(finding);
    }
    (format!("in/{:03}/part-{number:05}.{extension}", number / 100), text.into_bytes())
}

fn csv_line(number: usize, index: usize) -> String {
    let order = number * 131 + index * 17 + 100_000;
    format!(
        "{order},widget-{},{},{}.{:02},2026-0{}-1{}\n",
        index % 97,
        index % 9 + 1,
        order % 500,
        index % 100,
        index % 9 + 1,
        index % 9
    )
}

fn json_line(number: usize, index: usize) -> String {
    let id = number * 977 + index;
    format!("{{\"id\":{id},\"kind\":\"view\",\"path\":\"/p/{}\",\"ms\":{}}}\n", id % 977, id % 350)
}

fn log_line(number: usize, index: usize) -> String {
    let (second, part) = ((number + index) % 60, index % 40);
    format!("2026-01-02T03:04:{second:02}Z INFO worker-{part} wrote part {index} of {number}\n")
}
