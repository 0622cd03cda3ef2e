//! Likeness of titles by their runs of three to five letters: what endings, compounds and close spellings leave of words.

use crate::pipeline::stories::logarithm::log;

/// Counters of runs: a power of two.
const COUNTERS: usize = 1 << 16;
/// Titles imagined to have been read before the first.
const READ_BEFORE: f32 = 50.0;
/// Letters of a run.
const SHORTEST: usize = 3;
const LONGEST: usize = 5;

/// In how many titles each run stands, and the title that others are compared with.
pub(super) struct Grams {
    /// One more than the titles that hold the run.
    counts: Vec<f32>,
    /// Their logarithms: asked for thousands of times for each time that a count changes.
    logs: Vec<f32>,
    titles: f32,
    log_titles: f32,
    /// Weight of each run of the current title, 0 elsewhere.
    current: Vec<f32>,
    runs: Vec<u16>,
    length: f32,
}

impl Grams {
    pub(super) fn new() -> Self {
        Self {
            counts: vec![1.0; COUNTERS],
            logs: vec![0.0; COUNTERS],
            titles: READ_BEFORE,
            log_titles: READ_BEFORE.ln(),
            current: vec![0.0; COUNTERS],
            runs: Vec::new(),
            length: 0.0,
        }
    }

    pub(super) fn add(&mut self, title: &str) {
        self.titles += 1.0;
        self.log_titles = self.titles.ln();
        for run in runs(title) {
            let count = &mut self.counts[usize::from(run)];
            *count += 1.0;
            self.logs[usize::from(run)] = log(*count);
        }
    }

    /// The title that [`Self::likeness`] compares with from now on.
    pub(super) fn compare_with(&mut self, title: &str) {
        for run in self.runs.drain(..) {
            self.current[usize::from(run)] = 0.0;
        }
        let mut squares = 0.0;
        for run in runs(title) {
            if self.current[usize::from(run)] == 0.0 {
                let weight = self.weight(run);
                self.current[usize::from(run)] = weight;
                self.runs.push(run);
                squares += weight * weight;
            }
        }
        self.length = squares.sqrt();
    }

    /// Cosine between a title and the current one, 0 to 1.
    pub(super) fn likeness(&self, title: &str) -> f32 {
        let (mut shared, mut squares) = (0.0, 0.0);
        for run in runs(title) {
            let weight = self.weight(run);
            squares += weight * weight;
            shared += self.current[usize::from(run)] * weight;
        }
        let lengths = self.length * squares.sqrt();
        if lengths > 0.0 { (shared / lengths).min(1.0) } else { 0.0 }
    }

    fn weight(&self, run: u16) -> f32 {
        (self.log_titles - self.logs[usize::from(run)]).max(0.0)
    }
}

/// The runs of a folded title, by number: those that begin at one letter share the work of hashing (FNV-1a).
fn runs(title: &str) -> impl Iterator<Item = u16> + '_ {
    let bytes = title.as_bytes();
    (0..bytes.len()).flat_map(move |start| {
        let longest = &bytes[start..bytes.len().min(start + LONGEST)];
        let mut state = 0x811c_9dc5_u32;
        longest.iter().enumerate().filter_map(move |(at, byte)| {
            state = (state ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
            (at + 1 >= SHORTEST).then(|| u16::try_from((state ^ (state >> 16)) & 0xffff).unwrap_or_default())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::Grams;

    #[test]
    fn close_titles_are_close() {
        let mut grams = Grams::new();
        grams.compare_with(" la cnil sanctionne clearview ");
        let likeness = |title: &str| grams.likeness(title);
        assert!(likeness(" la cnil sanctionne clearview ") > 0.99);
        let (close, far) = (likeness(" sanction de la cnil contre clearview "), likeness(" rust 1 95 est disponible "));
        assert!(close > 0.35 && far < 0.1, "{close} {far}");
    }
}
