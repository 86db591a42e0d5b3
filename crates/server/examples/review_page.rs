//! Serves a review over a small lake, for looking at the pages. `review_page [PORT] [OBJECTS]`
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, dead_code)]

#[path = "../tests/http/lab.rs"]
mod lab;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().unwrap_or_else(|| "0".into());
    let more: usize = arguments.next().map_or(0, |n| n.parse().unwrap());
    let mut lab = lab::Lab::listening(&format!("127.0.0.1:{port}")).await;
    let mut csv = String::from("id,name,email,ssn,card,signed_up\n");
    for row in 0..214 {
        csv.push_str(&format!(
            "{row},Ana Birch,ana{row}@larkspur.example,5{:02}-4{}-6{:03},4111 1111 1111 1111,2026-03-0{}\n",
            row % 90 + 10, row % 9 + 1, row + 100, row % 9 + 1
        ));
    }
    lab.land("exports/2026-11/customers.csv", &csv);
    let mut lines = String::new();
    for row in 0..40 {
        lines.push_str(&format!(
            "{{\"at\":\"2026-11-20T08:{row:02}:00Z\",\"user\":{{\"phone\":\"+1 415 555 26{row:02}\",\"email\":\"mira{row}@larkspur.example\"}},\"ok\":true}}\n"
        ));
    }
    lab.land("events/app/2026-11-20.jsonl", lines);
    lab.land("partners/settlement.json", "{\"payout\":{\"iban\":\"DE89370400440532013000\",\"holder\":\"Larkspur GmbH\"},\"contact\":\"pay@larkspur.example\"}");
    lab.land("ops/handover notes.txt", "Rotate this before Monday.\n\naws_access_key_id = AKIAQ3EGWXYTL5Z7RKUV\naws_secret_access_key = kQ3v9ZtR7yLx2mNw8PfJb5HdGcS1aVeU4iToXrWq\n");
    lab.land("uploads/photos.zip", b"PK\x03\x04\x14\0\0\0\x08\0binary".as_slice());
    lab.land(
        "uploads/\u{202e}gpj.<script>alert('1')</script> \".csv",
        "mail\nrow@larkspur.example\n",
    );
    lab.land(
        "legacy/notes.txt",
        b"good text\n\xff\xfe\x00\x81\x8d\x8f\x90\x9d broken \x81\x8d\n".as_slice(),
    );
    for n in 0..12 {
        lab.land(&format!("metrics/2026-11-{n:02}.csv"), "host,load\na,0.4\nb,0.7\n");
    }
    for n in 0..more {
        lab.land(&format!("bulk/{n:06}.csv"), format!("mail\nrow{n}@larkspur.example\n"));
    }
    let run = lab.run().await;
    lab.clock.advance_ms(26 * 3_600_000 + 12 * 60_000);
    lab.drive();
    println!("{}{}", lab.bound.url, lab.link(&run).await);
    println!("token {}", lab.bound.token);
    tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
}
