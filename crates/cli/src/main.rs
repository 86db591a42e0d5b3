//! The binary `lakegate`. All of it is in the library beside it, where tests can reach it.

fn main() -> std::process::ExitCode {
    lakegate_cli::main()
}
