//! Lays out the text part: 72 columns, at most two blank lines.

use textwrap::{Options, WordSplitter, WrapAlgorithm, wrap};

/// RFC 5322, 2.1.1, asks for 78 at most; replies add marks in front.
const COLUMNS: usize = 72;

/// Lines folded at words, addresses whole, trailing space gone, one line feed at the end.
pub(super) fn laid_out(text: &str) -> String {
    let options = Options::new(COLUMNS)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let mut laid = String::with_capacity(text.len() + text.len() / 32);
    let mut blank = 0;
    for line in text.lines() {
        if line.trim().is_empty() {
            blank += 1;
            continue;
        }
        if !laid.is_empty() {
            laid.extend(std::iter::repeat_n('\n', blank.min(2)));
        }
        blank = 0;
        for folded in wrap(line.trim(), &options) {
            laid.push_str(folded.trim_end());
            laid.push('\n');
        }
    }
    laid
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn folds_words_and_keeps_addresses_whole() {
        let address = format!("https://a.example/{}", "x-y/".repeat(30));
        let text = format!("\n\n{}\n\n\n\n{address}  \nfin", "un mot ".repeat(20));
        let laid = laid_out(&text);
        assert!(laid.starts_with("un mot") && laid.ends_with("\nfin\n"));
        assert!(laid.contains(&format!("\n\n\n{address}\n")));
        assert!(laid.lines().filter(|line| !line.starts_with("https")).all(|line| line.chars().count() <= 72));
    }
}
