//! Whatever a document nests, repeats or leaves open, the guard lets only a bounded tree through, the same at every reading.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veille::pipeline::parse::probe::guarded;

fuzz_target!(|text: &str| {
    let Some(shape) = guarded(text) else { return };
    assert!(shape.depth <= 64, "{shape:?}");
    assert!(shape.attributes <= 256, "{shape:?}");
    assert!(shape.elements <= 200_000 && shape.nodes <= text.len() + 1, "{shape:?}");
    assert_eq!(guarded(text), Some(shape));
});
