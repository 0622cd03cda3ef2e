//! JSON as pages write it: wrapped in comments, with raw line ends in strings, commas too many, or cut into several documents.

use serde_json::{Deserializer, Value};

/// Every JSON document in the text, repaired within reason: the rest is left alone.
pub(super) fn documents(text: &str) -> Vec<Value> {
    let text = unwrapped(text);
    if let Ok(value) = serde_json::from_str(text) {
        return vec![value];
    }
    let mended = mended(text);
    let whole: Vec<Value> = Deserializer::from_str(&mended).into_iter().map_while(Result::ok).collect();
    if whole.is_empty() && text.contains("&quot;") {
        return serde_json::from_str(&html_escape::decode_html_entities(text)).into_iter().collect();
    }
    whole
}

/// Without the comment or the CDATA marks around it.
fn unwrapped(text: &str) -> &str {
    let mut text = text.trim().trim_start_matches('\u{feff}');
    for (open, close) in [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")] {
        if let Some(inside) = text.strip_prefix(open) {
            text = inside.trim().strip_suffix(close).unwrap_or(inside).trim();
        }
    }
    text.trim_end_matches(';')
}

/// Control characters in strings as spaces, bad escapes without their backslash, no comma before a closing bracket.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_string = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                in_string = !in_string;
                out.push(c);
            }
            '\\' if in_string => match chars.next() {
                Some(escaped) if "\"\\/bfnrtu".contains(escaped) => out.extend([c, escaped]),
                Some(other) => out.push(other),
                None => {}
            },
            c if in_string && c.is_control() => out.push(' '),
            ']' | '}' if !in_string => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::documents;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn reads_what_pages_write() {
        for text in [
            r#"{"a": [1, "b c"]}"#,
            "<!-- {\"a\": [1, \"b c\"]} -->",
            "//<![CDATA[\n{\"a\": [1, \"b c\"]}\n//]]>",
            "{\"a\": [1, \"b\nc\"],};",
            "{\"a\": [1, \"b c\",],\n}",
            r#"{"a": [1, "b\ c"]}"#,
            "{&quot;a&quot;: [1, &quot;b c&quot;]}",
        ] {
            assert_eq!(documents(text), [json!({"a": [1, "b c"]})], "{text}");
        }
        assert_eq!(documents("{\"a\": 1}{\"b\": 2}").len(), 2);
        assert!(documents("nothing").is_empty());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}\",:\\\\a-c\n ]{0,60}") {
            let _ = documents(&text);
        }
    }
}
