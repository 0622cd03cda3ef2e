//! What an element ends up with: the browser's own sheet, the document's sheets and the `style` attributes, with inheritance.

use super::{
    Declaration,
    colour::{self, Colour, Paint},
    length::{Base, font_size, pixels},
    split_outside,
};

/// The theme that a reader has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Theme {
    Light,
    Dark,
}

/// Where a value was said: the index of the element.
pub(in super::super) type Origin = usize;

/// The computed values that the rules ask about.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Computed {
    /// The text's colour; `None` when only a browser can tell.
    pub(in super::super) ink: Option<Colour>,
    /// The opaque colour behind the text; `None` when only a browser can tell.
    pub(in super::super) ground: Option<Colour>,
    /// An image or a gradient lies behind the text.
    pub(in super::super) pictured: bool,
    /// In pixels, and where it was said.
    pub(in super::super) font_size: (f64, Origin),
    /// As a multiple of the font size; `None` is the browser's own (about 1.2).
    pub(in super::super) line_height: (Option<f64>, Origin),
    pub(in super::super) align: (Align, Origin),
    pub(in super::super) capitals: (bool, Origin),
    /// Letter spacing in pixels.
    pub(in super::super) spacing: (f64, Origin),
    pub(in super::super) italic: bool,
    pub(in super::super) bold: bool,
    pub(in super::super) underlined: bool,
    /// Not shown at all.
    pub(in super::super) hidden: bool,
    /// The widest the element can get, in pixels.
    pub(in super::super) widest: Option<f64>,
    pub(in super::super) unwrapped: bool,
    pub(in super::super) fonts: Option<String>,
}

/// How lines are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Align {
    Start,
    Centre,
    Justified,
    End,
}

impl Computed {
    /// What the root starts from. A document that announces the dark theme gets the browser's dark canvas in it.
    pub(in super::super) fn root(theme: Theme, dark_canvas: DarkCanvas) -> Self {
        let dark = theme == Theme::Dark && dark_canvas == DarkCanvas::Announced;
        let (ink, ground) = if dark { (Colour::WHITE, Colour::from_hex(0x12_1212)) } else { (Colour::BLACK, Colour::WHITE) };
        Self {
            ink: Some(ink),
            ground: Some(ground),
            pictured: false,
            font_size: (16.0, 0),
            line_height: (None, 0),
            align: (Align::Start, 0),
            capitals: (false, 0),
            spacing: (0.0, 0),
            italic: false,
            bold: false,
            underlined: false,
            hidden: false,
            widest: None,
            unwrapped: false,
            fonts: None,
        }
    }

    /// What a child starts from, before anything is said about it.
    pub(in super::super) fn child(&self, name: &str, origin: Origin) -> Self {
        let mut child = self.clone();
        let em = self.font_size.0;
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let scale = [2.0, 1.5, 1.17, 1.0, 0.83, 0.67];
                let level = usize::from(name.as_bytes().get(1).copied().unwrap_or(b'1') - b'1');
                child.font_size = (em * scale.get(level).copied().unwrap_or(1.0), origin);
                child.bold = true;
            }
            "b" | "strong" | "th" => child.bold = true,
            "i" | "em" | "cite" | "dfn" | "var" | "address" => child.italic = true,
            "small" | "sub" | "sup" => child.font_size = (em * 0.83, origin),
            "big" => child.font_size = (em * 1.2, origin),
            "code" | "kbd" | "samp" | "tt" => child.font_size = (em * 0.8125, origin),
            "u" | "ins" => child.underlined = true,
            "pre" | "nobr" => child.unwrapped = true,
            _ => {}
        }
        if name == "th" || name == "center" || name == "caption" {
            child.align = (Align::Centre, origin);
        }
        child
    }

    /// Says one thing about the element. Declarations come in rising order of weight.
    pub(in super::super) fn apply(&mut self, said: &Declaration, parent: &Self, origin: Origin) {
        let value = said.value.as_str();
        match said.name.as_str() {
            "color" => self.set_ink(value, parent),
            "background-color" | "background" | "background-image" => self.set_ground(said, parent),
            "font-size" => {
                if let Some(size) = font_size(value, parent.font_size.0) {
                    self.font_size = (size, origin);
                }
            }
            "line-height" => self.set_line_height(value, origin),
            "font" => self.set_font(value, parent, origin),
            "font-family" => self.fonts = Some(value.to_owned()),
            "font-style" => self.italic = value.starts_with("italic") || value.starts_with("oblique"),
            "font-weight" => self.bold = is_bold(value, parent.bold),
            "text-decoration" | "text-decoration-line" => {
                self.underlined = value.contains("underline") || (value == "inherit" && parent.underlined);
            }
            _ => self.apply_layout(said, origin),
        }
    }

    fn apply_layout(&mut self, said: &Declaration, origin: Origin) {
        let value = said.value.as_str();
        let em = self.font_size.0;
        let base = Base { em, whole: 1280.0 };
        match said.name.as_str() {
            "text-align" => {
                let align = match value {
                    "center" | "-webkit-center" => Align::Centre,
                    "justify" => Align::Justified,
                    "right" | "end" => Align::End,
                    _ => Align::Start,
                };
                self.align = (align, origin);
            }
            "text-transform" => self.capitals = (value.contains("uppercase"), origin),
            "font-variant" | "font-variant-caps" => self.capitals = (value.contains("caps"), origin),
            "letter-spacing" => self.spacing = (pixels(value, Base { em, whole: em }).unwrap_or(0.0), origin),
            "white-space" => self.unwrapped = matches!(value, "nowrap" | "pre"),
            "max-width" | "width" => {
                if let Some(width) = pixels(value, base).filter(|_| !value.ends_with('%')) {
                    self.widest = Some(self.widest.map_or(width, |widest| widest.min(width)));
                }
            }
            "display" => self.hidden = self.hidden || value == "none",
            "visibility" => self.hidden = matches!(value, "hidden" | "collapse"),
            _ => {}
        }
    }

    fn set_ink(&mut self, value: &str, parent: &Self) {
        match colour::read(value) {
            Some(Paint::Colour(ink)) => self.ink = Some(ink),
            Some(Paint::Inherited | Paint::Initial) => self.ink = parent.ink,
            Some(Paint::Unknown) => self.ink = None,
            None => {}
        }
    }

    fn set_ground(&mut self, said: &Declaration, parent: &Self) {
        let value = said.value.as_str();
        if said.name != "background-color" {
            self.pictured =
                if is_picture(value) { true } else { parent.pictured && value != "none" && said.name == "background-image" };
        }
        if said.name == "background-image" {
            return;
        }
        let paint = split_outside(value, b' ').chain([value]).find_map(colour::read);
        match paint {
            Some(Paint::Colour(top)) => {
                self.ground = if top.alpha >= 1.0 { Some(top) } else { parent.ground.map(|below| top.over(below)) };
                self.pictured = self.pictured && (said.name == "background" || top.alpha < 1.0);
            }
            Some(Paint::Unknown) => self.ground = None,
            Some(Paint::Inherited | Paint::Initial) | None => self.ground = parent.ground,
        }
    }

    fn set_line_height(&mut self, value: &str, origin: Origin) {
        let em = self.font_size.0.max(1.0);
        let ratio = match value.parse::<f64>() {
            Ok(ratio) => Some(ratio),
            Err(_) => pixels(value, Base { em, whole: em }).map(|height| height / em),
        };
        if ratio.is_some() || value == "normal" {
            self.line_height = (ratio, origin);
        }
    }

    /// `font: italic bold 16px/1.5 Arial, sans-serif`.
    fn set_font(&mut self, value: &str, parent: &Self, origin: Origin) {
        self.italic = value.contains("italic") || value.contains("oblique");
        self.bold = split_outside(value, b' ').take(4).any(|part| is_bold(part, false));
        for (index, part) in split_outside(value, b' ').enumerate() {
            let (size, height) = part.split_once('/').map_or((part, None), |(size, height)| (size, Some(height)));
            let sized = if size.parse::<f64>().is_ok() { None } else { font_size(size, parent.font_size.0) };
            if let Some(size) = sized {
                self.font_size = (size, origin);
                self.line_height = (None, origin);
                if let Some(height) = height {
                    self.set_line_height(height, origin);
                }
                let family: Vec<&str> = split_outside(value, b' ').skip(index + 1).collect();
                self.fonts = Some(family.join(" "));
                return;
            }
        }
    }
}

/// Whether a document says that it has a dark theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum DarkCanvas {
    Announced,
    Absent,
}

fn is_bold(value: &str, inherited: bool) -> bool {
    match value {
        "bold" | "bolder" => true,
        "inherit" => inherited,
        _ => value.parse::<u32>().is_ok_and(|weight| (600..=1000).contains(&weight)),
    }
}

/// Whether a background value holds an image.
pub(in super::super) fn is_picture(value: &str) -> bool {
    value.contains("url(") || value.contains("gradient(") || value.contains("image(") || value.contains("image-set(")
}
