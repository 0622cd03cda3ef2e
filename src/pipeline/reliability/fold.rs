//! Words without case and accents: hashed as they are read, or written out.

/// Stands for any number, in tables and in text.
const NUMBER: u64 = 0x4e55_4d42_4552_0001;

/// A word being read: hashed without case and accents as it comes, never copied.
#[derive(Default)]
pub(super) struct Word {
    hash: u64,
    pub(super) length: u32,
    pub(super) letters: u32,
    pub(super) capitals: u32,
}

impl Word {
    pub(super) fn push(&mut self, c: char) {
        self.length += 1;
        if c.is_ascii() {
            self.letters += u32::from(c.is_ascii_alphabetic());
            self.capitals += u32::from(c.is_ascii_uppercase());
            self.mix(c.to_ascii_lowercase());
        } else {
            self.letters += 1;
            self.capitals += u32::from(c.is_uppercase());
            unaccented(c, |plain| self.mix(plain));
        }
    }

    /// FNV-1a.
    fn mix(&mut self, c: char) {
        let start = if self.hash == 0 { 0xcbf2_9ce4_8422_2325 } else { self.hash };
        self.hash = (start ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3);
    }

    pub(super) fn value(&self) -> u64 {
        if self.letters == 0 { NUMBER } else { self.hash }
    }
}

/// Combining marks belong to the letter before them, soft hyphens and joiners to no letter.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}')
}

/// The lower-case letters without accents that stand for `c`.
fn unaccented(c: char, mut emit: impl FnMut(char)) {
    for lower in c.to_lowercase() {
        match lower {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => emit('a'),
            'é' | 'è' | 'ê' | 'ë' => emit('e'),
            'î' | 'ï' | 'í' | 'ì' => emit('i'),
            'ô' | 'ö' | 'ó' | 'õ' | 'ò' | 'ø' => emit('o'),
            'ù' | 'û' | 'ü' | 'ú' => emit('u'),
            'ç' => emit('c'),
            'ñ' => emit('n'),
            'ÿ' => emit('y'),
            'œ' => ['o', 'e'].into_iter().for_each(&mut emit),
            'æ' => ['a', 'e'].into_iter().for_each(&mut emit),
            'º' | 'ª' => {}
            other if is_mark(other) => {}
            other => emit(other),
        }
    }
}

/// The words of a text without case, accents and punctuation, single spaces between them.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            unaccented(c, |plain| out.push(plain));
        } else if !is_mark(c) && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The words of a table's phrase; "#" is any number.
pub(super) fn hashes(text: &str) -> Vec<u64> {
    let mut words = Vec::new();
    let mut word = Word::default();
    for c in text.chars().chain([' ']) {
        if c.is_alphanumeric() {
            word.push(c);
        } else if c == '#' {
            words.push(NUMBER);
        } else if word.length > 0 {
            words.push(std::mem::take(&mut word).value());
        }
    }
    words
}
