//! A proxy between the client and the server that does something at one chosen request: loses the
//! reply, answers 503, or lets the test act before the request goes on.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// What to do with the request.
pub enum Fault {
    /// Hand it on, then close the connection instead of handing back the reply.
    LoseReply,
    /// Answer 503 SlowDown without handing it on.
    SlowDown,
    /// Tell the test, wait for its word, hand it on.
    Pause { reached: oneshot::Sender<()>, resume: oneshot::Receiver<()> },
}

struct Trap {
    /// All must stand in the request's head, in lower case.
    marks: Vec<String>,
    times: usize,
    fault: Option<Fault>,
}

/// A running proxy.
pub struct Proxy {
    pub endpoint: String,
    trap: Arc<Mutex<Option<Trap>>>,
}

impl Proxy {
    pub async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let trap = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&trap);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, upstream.clone(), Arc::clone(&shared)));
            }
        });
        Self { endpoint, trap }
    }

    /// Springs `fault` at the next `times` requests whose heads hold all `marks`.
    pub fn set(&self, marks: &[&str], times: usize, fault: Fault) {
        let marks = marks.iter().map(|mark| mark.to_lowercase()).collect();
        *self.trap.lock().unwrap() = Some(Trap { marks, times, fault: Some(fault) });
    }

    /// How often the trap is still to spring.
    pub fn left(&self) -> usize {
        self.trap.lock().unwrap().as_ref().map_or(0, |trap| trap.times)
    }
}

/// Takes the fault for a request with this head, if there is one.
fn spring(trap: &Mutex<Option<Trap>>, head: &str) -> Option<Fault> {
    let head = head.to_lowercase();
    let mut guard = trap.lock().unwrap();
    let trap = guard.as_mut()?;
    if trap.times == 0 || !trap.marks.iter().all(|mark| head.contains(mark)) {
        return None;
    }
    trap.times -= 1;
    match trap.fault.take() {
        Some(pause @ Fault::Pause { .. }) => Some(pause),
        Some(Fault::LoseReply) => {
            trap.fault = Some(Fault::LoseReply);
            Some(Fault::LoseReply)
        }
        Some(Fault::SlowDown) => {
            trap.fault = Some(Fault::SlowDown);
            Some(Fault::SlowDown)
        }
        None => None,
    }
}

async fn serve(mut client: TcpStream, upstream: String, trap: Arc<Mutex<Option<Trap>>>) {
    let Ok(mut server) = TcpStream::connect(&upstream).await else { return };
    while let Some(request) = read_message(&mut client, false).await {
        let head_end = find_head_end(&request).unwrap_or(request.len());
        let head = String::from_utf8_lossy(&request[..head_end]).into_owned();
        let is_head_request = head.starts_with("HEAD ");
        let fault = spring(&trap, &head);
        if let Some(Fault::SlowDown) = fault {
            let body = "<Error><Code>SlowDown</Code><Message>slow down</Message></Error>";
            let reply =
                format!("HTTP/1.1 503 Slow Down\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            if client.write_all(reply.as_bytes()).await.is_err() {
                return;
            }
            continue;
        }
        let lose = matches!(fault, Some(Fault::LoseReply));
        if let Some(Fault::Pause { reached, resume }) = fault {
            reached.send(()).ok();
            resume.await.ok();
        }
        if server.write_all(&request).await.is_err() {
            return;
        }
        let Some(reply) = read_message(&mut server, is_head_request).await else { return };
        if lose || client.write_all(&reply).await.is_err() {
            return;
        }
    }
}

fn find_head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// Reads one message with a body by Content-Length or chunks.
async fn read_message(stream: &mut TcpStream, no_body: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = find_head_end(&bytes) {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_lowercase();
    let is_bare = no_body || head.starts_with("http/1.1 204") || head.starts_with("http/1.1 304");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok());
    let chunked = head.contains("transfer-encoding: chunked");
    let complete = |bytes: &[u8]| match (is_bare, length, chunked) {
        (true, ..) => true,
        (_, Some(length), _) => bytes.len() >= head_end + length,
        (_, None, true) => bytes.ends_with(b"\r\n0\r\n\r\n"),
        (_, None, false) => true,
    };
    while !complete(&bytes) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return Some(bytes);
        }
    }
    Some(bytes)
}
