//! Lengths, in pixels.

/// What a length is measured against, in pixels.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Base {
    /// The size of the text: of the parent for `font-size`, of the element otherwise.
    pub(in super::super) em: f64,
    /// What 100 % stands for.
    pub(in super::super) whole: f64,
}

/// Reads a length (in lower case). `None` when it is none, or depends on the window.
pub(in super::super) fn pixels(value: &str, base: Base) -> Option<f64> {
    let value = value.trim();
    let split = value.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(value.len());
    let (amount, unit) = value.split_at_checked(split)?;
    let amount: f64 = amount.trim().parse().ok().filter(|amount: &f64| amount.is_finite())?;
    let unit = match unit {
        "px" => 1.0,
        "" if amount == 0.0 => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" => 16.0,
        "em" => base.em,
        "rem" => 16.0,
        // The advance of "0" in the sans-serif fonts of all systems lies between 0.5 and 0.6 em.
        "ch" | "ex" => base.em * 0.5,
        "%" => base.whole / 100.0,
        "in" => 96.0,
        "cm" => 37.8,
        "mm" => 3.78,
        _ => return None,
    };
    Some(amount * unit)
}

/// Reads a font size: a length or a keyword.
pub(in super::super) fn font_size(value: &str, parent: f64) -> Option<f64> {
    let keyword = match value {
        "xx-small" => 9.0,
        "x-small" => 10.0,
        "small" => 13.0,
        "medium" => 16.0,
        "large" => 18.0,
        "x-large" => 24.0,
        "xx-large" => 32.0,
        "smaller" => parent * 0.83,
        "larger" => parent * 1.2,
        "inherit" => parent,
        _ => return pixels(value, Base { em: parent, whole: parent }).filter(|size| *size >= 0.0),
    };
    Some(keyword)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_come_out_in_pixels() {
        let check = |value: &str, expected: Option<f64>| {
            assert_eq!(pixels(value, Base { em: 20.0, whole: 600.0 }), expected, "{value}");
        };
        check("12px", Some(12.0));
        check("12pt", Some(16.0));
        check("1.5em", Some(30.0));
        check("2rem", Some(32.0));
        check("50%", Some(300.0));
        check("0", Some(0.0));
        check("-5px", Some(-5.0));
        check("70ch", Some(700.0));
        check("12", None);
        check("auto", None);
        check("50vw", None);
        check("px", None);
        check("nanpx", None);
    }
}
