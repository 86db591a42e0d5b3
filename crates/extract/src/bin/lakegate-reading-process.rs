//! A process that reads objects and does nothing else, for programs that can not be one themselves: the
//! tests. After a word of their own it becomes a recogniser.

use lakegate_extract::process::{recognise, serve};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some() {
        return recognise(arguments).into();
    }
    match serve() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
