//! The two template registries, compiled from embedded files when something is first rendered: one escapes HTML, one does not.
//!
//! A file of the home's `templates/` folder stands in the place of the embedded one of the same name. What comes from there is
//! bounded before it is compiled (`limits`): a template may be wrong, it may not harm.

mod limits;
mod strings;

pub use strings::Strings;

use crate::domain::{localised::Locale, weblink};
use handlebars::{Context, Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson};
use limits::Kind;
use serde::Serialize;
use std::{path::Path, sync::OnceLock};

/// The templates and the words of the letters. Most commands render nothing, and pay for nothing.
pub struct Templates {
    compiled: OnceLock<Result<Registries, TemplateError>>,
    french: Option<Strings>,
    english: Option<Strings>,
    overridden: Vec<String>,
}

/// Both registries, strict: an unknown variable is an error, never an empty place.
struct Registries {
    plain: Handlebars<'static>,
    html: Handlebars<'static>,
}

/// The templates that the product knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// The subject of a digest's mail; one line of plain text.
    DigestSubject,
    /// Its text part.
    DigestText,
    /// Its HTML part.
    DigestHtml,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::DigestSubject, Self::DigestText, Self::DigestHtml];

    /// Its path below the folder of templates.
    pub fn path(self) -> &'static str {
        match self {
            Self::DigestSubject => "mail/digest/subject.txt.hbs",
            Self::DigestText => "mail/digest/body.txt.hbs",
            Self::DigestHtml => "mail/digest/body.html.hbs",
        }
    }

    fn embedded(self) -> &'static str {
        match self {
            Self::DigestSubject => include_str!("../templates/mail/digest/subject.txt.hbs"),
            Self::DigestText => include_str!("../templates/mail/digest/body.txt.hbs"),
            Self::DigestHtml => include_str!("../templates/mail/digest/body.html.hbs"),
        }
    }

    fn kind(self) -> Kind {
        if self.path().ends_with(".html.hbs") { Kind::Html } else { Kind::Plain }
    }
}

/// A template that does not compile or render.
#[derive(Debug, Clone, thiserror::Error)]
#[error("template {name}: {why}")]
pub struct TemplateError {
    /// Which one.
    pub name: String,
    /// What is wrong, with its line.
    pub why: String,
}

impl TemplateError {
    fn new(name: impl Into<String>, why: impl ToString) -> Self {
        Self { name: name.into(), why: why.to_string() }
    }
}

impl Templates {
    /// The embedded templates, with those of `overrides` in their place. An absent folder overrides nothing; a file that is no
    /// template of ours is an error that names those that are.
    ///
    /// A template that compiles can still fail on data: `pipeline::render::check` renders a sample of every kind of content.
    pub fn load(overrides: &Path) -> Result<Self, TemplateError> {
        let mut templates = Self::embedded();
        let mut known: Vec<&str> = Template::ALL.map(Template::path).to_vec();
        known.extend(strings::PATHS);
        refuse_strangers(overrides, &known)?;
        let mut sources = Vec::new();
        for template in Template::ALL {
            if let Some(source) = read(overrides, template.path())? {
                limits::check(&source, template.kind()).map_err(|why| TemplateError::new(template.path(), why))?;
                templates.overridden.push(template.path().to_owned());
                sources.push((template, source));
            }
        }
        if !sources.is_empty() {
            templates.compiled = OnceLock::from(Ok(Registries::compile(&sources)?));
        }
        for locale in [Locale::Fr, Locale::En] {
            let path = locale.pick(strings::PATHS[0], strings::PATHS[1]);
            if let Some(source) = read(overrides, path)? {
                let strings = Strings::overriding(locale, &source).map_err(|why| TemplateError::new(path, why))?;
                *locale.pick(&mut templates.french, &mut templates.english) = Some(strings);
                templates.overridden.push(path.to_owned());
            }
        }
        Ok(templates)
    }

    /// The embedded templates alone.
    pub fn embedded() -> Self {
        Self { compiled: OnceLock::new(), french: None, english: None, overridden: Vec::new() }
    }

    /// The paths of the files that stand in the place of embedded ones.
    pub fn overridden(&self) -> &[String] {
        &self.overridden
    }

    /// The words of a language.
    pub fn strings(&self, locale: Locale) -> &Strings {
        locale.pick(&self.french, &self.english).as_ref().unwrap_or_else(|| Strings::embedded(locale))
    }

    /// What a template makes of `data`.
    pub fn render(&self, template: Template, data: &impl Serialize) -> Result<String, TemplateError> {
        let registries = self.compiled.get_or_init(|| Registries::compile(&[])).as_ref().map_err(Clone::clone)?;
        let registry = match template.kind() {
            Kind::Html => &registries.html,
            Kind::Plain => &registries.plain,
        };
        registry.render(template.path(), data).map_err(|error| TemplateError::new(template.path(), error))
    }
}

impl Registries {
    /// Those templates, and the embedded ones for the others.
    fn compile(sources: &[(Template, String)]) -> Result<Self, TemplateError> {
        let mut registries = Self::empty();
        for template in Template::ALL {
            let source = sources.iter().find(|(known, _)| *known == template).map(|(_, source)| source.as_str());
            registries.register(template, source.unwrap_or_else(|| template.embedded()))?;
        }
        Ok(registries)
    }

    fn empty() -> Self {
        let registry = |escape: fn(&str) -> String| {
            let mut registry = Handlebars::new();
            registry.set_strict_mode(true);
            registry.register_escape_fn(escape);
            registry.register_helper("link", Box::new(Link));
            registry
        };
        Self { plain: registry(handlebars::no_escape), html: registry(escape_html) }
    }

    fn register(&mut self, template: Template, source: &str) -> Result<(), TemplateError> {
        let registry = match template.kind() {
            Kind::Html => &mut self.html,
            Kind::Plain => &mut self.plain,
        };
        registry.register_template_string(template.path(), source).map_err(|error| TemplateError::new(template.path(), error))
    }
}

/// Enough for text and for quoted attribute values, and nothing more: French is full of signs that need no escape.
fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// `{{link address}}`: the address if it is http, https or mailto; anything else stops the rendering.
struct Link;

impl HelperDef for Link {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let address = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or_default();
        match weblink::link(address) {
            Some(address) => Ok(ScopedJson::Derived(address.into())),
            None => Err(RenderErrorReason::Other(format!("{address:?} is no http, https or mailto address")).into()),
        }
    }
}

fn read(folder: &Path, path: &str) -> Result<Option<String>, TemplateError> {
    let file = folder.join(path);
    match std::fs::metadata(&file) {
        Ok(meta) if meta.len() > limits::MAX_BYTES => {
            Err(TemplateError::new(path, format!("{} bytes; a template holds {} at most", meta.len(), limits::MAX_BYTES)))
        }
        Ok(_) => std::fs::read_to_string(&file).map(Some).map_err(|error| TemplateError::new(path, error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(TemplateError::new(path, error)),
    }
}

/// A misspelt file would silently do nothing.
fn refuse_strangers(folder: &Path, known: &[&str]) -> Result<(), TemplateError> {
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        let entries = match std::fs::read_dir(&current) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(TemplateError::new(current.to_string_lossy(), error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| TemplateError::new(current.to_string_lossy(), error))?.path();
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if (name.ends_with(".hbs") || name.ends_with(".toml")) && !known.contains(&name.as_str()) {
                return Err(TemplateError::new(
                    name,
                    format!("no template of veille has this name; they are {}", known.join(", ")),
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(path: &str, source: &str) -> Result<Templates, TemplateError> {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, source).unwrap();
        Templates::load(home.path())
    }

    #[test]
    fn a_bad_template_is_refused_when_it_is_loaded() {
        const HTML: &str = "mail/digest/body.html.hbs";
        for (path, source, why) in [
            (HTML, "{{#if a}}", "{{#if a}}"),
            (HTML, "{{{title}}}", "raw"),
            (HTML, "{{& title}}", "raw"),
            (HTML, "{{#*inline \"a\"}}{{> a}}{{/inline}}", "partial"),
            (HTML, "{{> mail/digest/body.html.hbs}}", "partial"),
            (HTML, "<a href=\"javascript:x\">", "javascript:"),
            (HTML, "<a href={{link url}}>", "quotes"),
            (HTML, &"{{#if a}}".repeat(20_000), "at most"),
            (HTML, &format!("{}{}", "{{#if a}}".repeat(100), "{{/if}}".repeat(100)), "deep"),
            (HTML, &format!("{}{}", "{{#each a}}".repeat(8), "{{/each}}".repeat(8)), "loops"),
            (HTML, &format!("{{{{x {}a{}}}}}", "(b ".repeat(50), ")".repeat(50)), "brackets"),
            ("mail/digest/body.htm.hbs", "x", "they are"),
            ("strings/fr.toml", "subject = 3", "subject"),
            ("strings/fr.toml", "sujet = \"x\"", "sujet"),
            ("strings/fr.toml", "end = \"{nom}\"", "{nom}"),
        ] {
            let error = load(path, source).err().unwrap_or_else(|| panic!("{source:.60} was taken")).to_string();
            assert!(error.contains(why) && error.contains(path), "{error}");
        }
    }

    #[test]
    fn a_good_one_takes_the_place_of_the_embedded_one() {
        let templates = load("mail/digest/body.html.hbs", "<p title=\"{{a}}\">{{link b}}</p>").unwrap();
        let data = serde_json::json!({"a": "<\"&'>", "b": "https://a.example/?x=1&y=2"});
        let html = templates.render(Template::DigestHtml, &data).unwrap();
        assert_eq!(html, "<p title=\"&lt;&quot;&amp;&#39;&gt;\">https://a.example/?x=1&amp;y=2</p>");
        assert_eq!(templates.overridden(), ["mail/digest/body.html.hbs"]);
        for data in [serde_json::json!({"a": "x"}), serde_json::json!({"a": "x", "b": "javascript:alert(1)"})] {
            assert!(templates.render(Template::DigestHtml, &data).is_err(), "{data}");
        }
        let templates = load("strings/fr.toml", "end = \"Voilà.\"").unwrap();
        assert_eq!(templates.strings(Locale::Fr).say("end", &[]).unwrap(), "Voilà.");
        assert!(templates.strings(Locale::Fr).say("leave", &[]).is_ok());
    }
}
