//! Any bytes through each check: none panics.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some(([high, low], bytes)) = data.split_first_chunk() {
        lakegate_detect::fuzzing::check(usize::from(*high) << 8 | usize::from(*low), bytes);
    }
});
