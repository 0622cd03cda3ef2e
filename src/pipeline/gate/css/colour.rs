//! Colours: reading, laying one over another, inverting, and the contrast of WCAG 2.2.

/// Red, green, blue and opacity, 0 to 1, in sRGB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Colour {
    red: f64,
    green: f64,
    blue: f64,
    pub(in super::super) alpha: f64,
}

/// A value of a colour property.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Paint {
    Colour(Colour),
    /// `currentcolor`, `inherit`.
    Inherited,
    /// `initial`, `unset`, `revert`: as if nothing had been said.
    Initial,
    /// A colour that cannot be known without a browser: a variable, a mix, a system colour.
    Unknown,
}

impl Colour {
    pub(in super::super) const WHITE: Self = Self::grey(1.0);
    pub(in super::super) const BLACK: Self = Self::grey(0.0);
    pub(in super::super) const CLEAR: Self = Self { red: 0.0, green: 0.0, blue: 0.0, alpha: 0.0 };

    const fn grey(level: f64) -> Self {
        Self { red: level, green: level, blue: level, alpha: 1.0 }
    }

    /// From 0xRRGGBB.
    pub(in super::super) fn from_hex(code: u32) -> Self {
        let channel = |shift: u32| f64::from((code >> shift) & 0xFF) / 255.0;
        Self { red: channel(16), green: channel(8), blue: channel(0), alpha: 1.0 }
    }

    /// This colour laid over an opaque one.
    pub(in super::super) fn over(self, below: Self) -> Self {
        let mix = |top: f64, bottom: f64| top.mul_add(self.alpha, bottom * (1.0 - self.alpha));
        Self { red: mix(self.red, below.red), green: mix(self.green, below.green), blue: mix(self.blue, below.blue), alpha: 1.0 }
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        0.2126_f64.mul_add(linear(self.red), 0.7152_f64.mul_add(linear(self.green), 0.0722 * linear(self.blue)))
    }

    /// Contrast ratio of two opaque colours (WCAG 2.2), 1 to 21.
    pub(in super::super) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// What a mail client that forces its dark theme makes of it: the lightness turned over, the hue kept.
    pub(in super::super) fn inverted(self) -> Self {
        let shift = 1.0 - self.red.max(self.green).max(self.blue) - self.red.min(self.green).min(self.blue);
        Self { red: self.red + shift, green: self.green + shift, blue: self.blue + shift, alpha: self.alpha }
    }

    /// `#rrggbb`.
    pub(in super::super) fn hex(self) -> String {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "invariant: 0 to 255")]
        let byte = |channel: f64| (channel.clamp(0.0, 1.0) * 255.0).round() as u8;
        format!("#{:02x}{:02x}{:02x}", byte(self.red), byte(self.green), byte(self.blue))
    }
}

/// Reads a colour value (in lower case): hexadecimal, `rgb()`, `hsl()`, names. `None` when it is no colour at all.
pub(in super::super) fn read(value: &str) -> Option<Paint> {
    match value {
        "transparent" => return Some(Paint::Colour(Colour::CLEAR)),
        "currentcolor" | "inherit" => return Some(Paint::Inherited),
        "initial" | "unset" | "revert" | "none" => return Some(Paint::Initial),
        _ => {}
    }
    if let Some(digits) = value.strip_prefix('#') {
        return hexadecimal(digits).map(Paint::Colour);
    }
    if let Some((function, arguments)) = value.strip_suffix(')').and_then(|value| value.split_once('(')) {
        return function_colour(function, arguments);
    }
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == value) {
        return Some(Paint::Colour(Colour::from_hex(*code)));
    }
    SYSTEM.contains(&value).then_some(Paint::Unknown)
}

fn hexadecimal(digits: &str) -> Option<Colour> {
    if !digits.is_ascii() || digits.bytes().any(|byte| !byte.is_ascii_hexdigit()) {
        return None;
    }
    let wide: String = match digits.len() {
        3 | 4 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        6 | 8 => digits.to_owned(),
        _ => return None,
    };
    let code = u32::from_str_radix(wide.get(..6)?, 16).ok()?;
    let alpha = wide.get(6..8).map_or(Some(255), |alpha| u8::from_str_radix(alpha, 16).ok())?;
    Some(Colour { alpha: f64::from(alpha) / 255.0, ..Colour::from_hex(code) })
}

fn function_colour(function: &str, arguments: &str) -> Option<Paint> {
    let parts: Vec<&str> = arguments.split([',', ' ', '/']).filter(|part| !part.is_empty()).collect();
    let alpha = parts.get(3).map_or(Some(1.0), |part| number(part, 1.0));
    let colour = match (function, parts.get(..3)) {
        ("rgb" | "rgba", Some([red, green, blue])) => {
            let channel = |part: &str| number(part, 255.0).map(|value| (value / 255.0).clamp(0.0, 1.0));
            channel(red).zip(channel(green)).zip(channel(blue)).map(|((red, green), blue)| (red, green, blue))
        }
        ("hsl" | "hsla", Some([hue, saturation, lightness])) => number(hue.trim_end_matches("deg"), 360.0)
            .zip(number(saturation, 1.0))
            .zip(number(lightness, 1.0))
            .map(|((hue, saturation), lightness)| from_hsl(hue, share(saturation), share(lightness))),
        _ => None,
    };
    match (colour, alpha) {
        (Some((red, green, blue)), Some(alpha)) => Some(Paint::Colour(Colour { red, green, blue, alpha: alpha.clamp(0.0, 1.0) })),
        _ => FUNCTIONS.contains(&function).then_some(Paint::Unknown),
    }
}

/// Bare numbers of `hsl()` are percentages too.
fn share(value: f64) -> f64 {
    if value > 1.0 { (value / 100.0).min(1.0) } else { value.max(0.0) }
}

fn number(text: &str, whole: f64) -> Option<f64> {
    let value: f64 = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok()? / 100.0 * whole,
        None => text.parse().ok()?,
    };
    value.is_finite().then_some(value)
}

fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> (f64, f64, f64) {
    let reach = saturation * lightness.min(1.0 - lightness);
    let channel = |offset: f64| {
        let k = (offset + hue / 30.0).rem_euclid(12.0);
        reach.mul_add(-(k - 3.0).min(9.0 - k).clamp(-1.0, 1.0), lightness)
    };
    (channel(0.0), channel(8.0), channel(4.0))
}

const FUNCTIONS: [&str; 15] = [
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "hwb",
    "lab",
    "lch",
    "oklab",
    "oklch",
    "color",
    "color-mix",
    "light-dark",
    "var",
    "env",
    "device-cmyk",
];

const SYSTEM: [&str; 14] = [
    "canvas",
    "canvastext",
    "linktext",
    "visitedtext",
    "activetext",
    "buttonface",
    "buttontext",
    "field",
    "fieldtext",
    "highlight",
    "highlighttext",
    "graytext",
    "mark",
    "marktext",
];

#[rustfmt::skip]
const NAMES: [(&str, u32); 148] = [
    ("aliceblue", 0xF0F8FF), ("antiquewhite", 0xFAEBD7), ("aqua", 0x00FFFF), ("aquamarine", 0x7FFFD4), ("azure", 0xF0FFFF),
    ("beige", 0xF5F5DC), ("bisque", 0xFFE4C4), ("black", 0x000000), ("blanchedalmond", 0xFFEBCD), ("blue", 0x0000FF),
    ("blueviolet", 0x8A2BE2), ("brown", 0xA52A2A), ("burlywood", 0xDEB887), ("cadetblue", 0x5F9EA0), ("chartreuse", 0x7FFF00),
    ("chocolate", 0xD2691E), ("coral", 0xFF7F50), ("cornflowerblue", 0x6495ED), ("cornsilk", 0xFFF8DC), ("crimson", 0xDC143C),
    ("cyan", 0x00FFFF), ("darkblue", 0x00008B), ("darkcyan", 0x008B8B), ("darkgoldenrod", 0xB8860B), ("darkgray", 0xA9A9A9),
    ("darkgreen", 0x006400), ("darkgrey", 0xA9A9A9), ("darkkhaki", 0xBDB76B), ("darkmagenta", 0x8B008B), ("darkolivegreen", 0x556B2F),
    ("darkorange", 0xFF8C00), ("darkorchid", 0x9932CC), ("darkred", 0x8B0000), ("darksalmon", 0xE9967A), ("darkseagreen", 0x8FBC8F),
    ("darkslateblue", 0x483D8B), ("darkslategray", 0x2F4F4F), ("darkslategrey", 0x2F4F4F), ("darkturquoise", 0x00CED1),
    ("darkviolet", 0x9400D3), ("deeppink", 0xFF1493), ("deepskyblue", 0x00BFFF), ("dimgray", 0x696969), ("dimgrey", 0x696969),
    ("dodgerblue", 0x1E90FF), ("firebrick", 0xB22222), ("floralwhite", 0xFFFAF0), ("forestgreen", 0x228B22), ("fuchsia", 0xFF00FF),
    ("gainsboro", 0xDCDCDC), ("ghostwhite", 0xF8F8FF), ("gold", 0xFFD700), ("goldenrod", 0xDAA520), ("gray", 0x808080),
    ("green", 0x008000), ("greenyellow", 0xADFF2F), ("grey", 0x808080), ("honeydew", 0xF0FFF0), ("hotpink", 0xFF69B4),
    ("indianred", 0xCD5C5C), ("indigo", 0x4B0082), ("ivory", 0xFFFFF0), ("khaki", 0xF0E68C), ("lavender", 0xE6E6FA),
    ("lavenderblush", 0xFFF0F5), ("lawngreen", 0x7CFC00), ("lemonchiffon", 0xFFFACD), ("lightblue", 0xADD8E6), ("lightcoral", 0xF08080),
    ("lightcyan", 0xE0FFFF), ("lightgoldenrodyellow", 0xFAFAD2), ("lightgray", 0xD3D3D3), ("lightgreen", 0x90EE90),
    ("lightgrey", 0xD3D3D3), ("lightpink", 0xFFB6C1), ("lightsalmon", 0xFFA07A), ("lightseagreen", 0x20B2AA), ("lightskyblue", 0x87CEFA),
    ("lightslategray", 0x778899), ("lightslategrey", 0x778899), ("lightsteelblue", 0xB0C4DE), ("lightyellow", 0xFFFFE0),
    ("lime", 0x00FF00), ("limegreen", 0x32CD32), ("linen", 0xFAF0E6), ("magenta", 0xFF00FF), ("maroon", 0x800000),
    ("mediumaquamarine", 0x66CDAA), ("mediumblue", 0x0000CD), ("mediumorchid", 0xBA55D3), ("mediumpurple", 0x9370DB),
    ("mediumseagreen", 0x3CB371), ("mediumslateblue", 0x7B68EE), ("mediumspringgreen", 0x00FA9A), ("mediumturquoise", 0x48D1CC),
    ("mediumvioletred", 0xC71585), ("midnightblue", 0x191970), ("mintcream", 0xF5FFFA), ("mistyrose", 0xFFE4E1), ("moccasin", 0xFFE4B5),
    ("navajowhite", 0xFFDEAD), ("navy", 0x000080), ("oldlace", 0xFDF5E6), ("olive", 0x808000), ("olivedrab", 0x6B8E23),
    ("orange", 0xFFA500), ("orangered", 0xFF4500), ("orchid", 0xDA70D6), ("palegoldenrod", 0xEEE8AA), ("palegreen", 0x98FB98),
    ("paleturquoise", 0xAFEEEE), ("palevioletred", 0xDB7093), ("papayawhip", 0xFFEFD5), ("peachpuff", 0xFFDAB9), ("peru", 0xCD853F),
    ("pink", 0xFFC0CB), ("plum", 0xDDA0DD), ("powderblue", 0xB0E0E6), ("purple", 0x800080), ("rebeccapurple", 0x663399),
    ("red", 0xFF0000), ("rosybrown", 0xBC8F8F), ("royalblue", 0x4169E1), ("saddlebrown", 0x8B4513), ("salmon", 0xFA8072),
    ("sandybrown", 0xF4A460), ("seagreen", 0x2E8B57), ("seashell", 0xFFF5EE), ("sienna", 0xA0522D), ("silver", 0xC0C0C0),
    ("skyblue", 0x87CEEB), ("slateblue", 0x6A5ACD), ("slategray", 0x708090), ("slategrey", 0x708090), ("snow", 0xFFFAFA),
    ("springgreen", 0x00FF7F), ("steelblue", 0x4682B4), ("tan", 0xD2B48C), ("teal", 0x008080), ("thistle", 0xD8BFD8),
    ("tomato", 0xFF6347), ("turquoise", 0x40E0D0), ("violet", 0xEE82EE), ("wheat", 0xF5DEB3), ("white", 0xFFFFFF),
    ("whitesmoke", 0xF5F5F5), ("yellow", 0xFFFF00), ("yellowgreen", 0x9ACD32),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read() {
        let check = |value: &str, expected: &str| match read(value) {
            Some(Paint::Colour(colour)) => assert_eq!(colour.over(Colour::WHITE).hex(), expected, "{value}"),
            other => assert_eq!(format!("{other:?}"), expected, "{value}"),
        };
        check("#0b3d91", "#0b3d91");
        check("#fff", "#ffffff");
        check("#00000080", "#7f7f7f");
        check("rgb(11, 61, 145)", "#0b3d91");
        check("rgb(0 0 0 / 50%)", "#808080");
        check("rgba(0,0,0,.5)", "#808080");
        check("hsl(0, 100%, 50%)", "#ff0000");
        check("hsl(218deg 86% 31%)", "#0b3d93");
        check("rebeccapurple", "#663399");
        check("var(--ink)", "Some(Unknown)");
        check("canvastext", "Some(Unknown)");
        check("#ggg", "None");
        check("#é12", "None");
        check("solid", "None");
    }

    #[test]
    fn contrast_follows_wcag() {
        let check = |a: u32, b: u32, expected: f64| {
            let ratio = Colour::from_hex(a).contrast(Colour::from_hex(b));
            assert!((ratio - expected).abs() < 0.01, "{a:06x} on {b:06x}: {ratio}");
        };
        check(0x000000, 0xFFFFFF, 21.0);
        check(0x777777, 0xFFFFFF, 4.48);
        check(0x0B3D91, 0xFFFFFF, 10.045);
        check(0xFFFFFF, 0xFFFFFF, 1.0);
    }

    #[test]
    fn inversion_turns_lightness_over_and_keeps_the_hue() {
        assert_eq!(Colour::WHITE.inverted().hex(), "#000000");
        assert_eq!(Colour::from_hex(0x0B3D91).inverted().hex(), "#6e a0f4".replace(' ', ""));
        assert_eq!(Colour::from_hex(0x808080).inverted().hex(), "#7f7f7f");
    }
}
