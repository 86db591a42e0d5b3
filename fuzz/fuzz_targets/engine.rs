//! Any text, cut into blocks anywhere: nothing panics, and blocks find what the whole does.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((size, text)) = data.split_first() else { return };
    if let Ok(text) = std::str::from_utf8(text) {
        lakegate_detect::fuzzing::engine(text, usize::from(*size) * 4);
    }
});
