//! Which language a text is in.

/// The language (BCP 47 primary tag) of an item: what was declared, unless the text plainly contradicts it; else what is
/// detected; `None` when there is too little text to tell.
pub fn language(_declared: Option<&str>, _text: &str) -> Option<String> {
    todo!("pipeline/language.rs")
}
