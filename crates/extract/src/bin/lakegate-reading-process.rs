//! A process that reads objects and does nothing else, for programs that can not be one themselves: the
//! tests.

fn main() -> std::process::ExitCode {
    match lakegate_extract::process::serve() {
        true => std::process::ExitCode::SUCCESS,
        false => std::process::ExitCode::FAILURE,
    }
}
