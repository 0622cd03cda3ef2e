//! The laws of sanitising.

use super::*;
use proptest::prelude::*;

fn slow(html: &str) -> String {
    rewrite::rewrite(&CLEANER.clean(html).to_string(), None, Trust::Structure).unwrap()
}

/// Nothing in the output can act: only listed elements and attributes, no scheme that runs.
fn assert_inert(html: &str) {
    for piece in lex::pieces(html) {
        match piece {
            lex::Piece::Text(text) => assert!(!text.contains('<'), "{html}"),
            lex::Piece::Comment(comment) => panic!("a comment stays: {comment}"),
            lex::Piece::Tag(tag) => {
                assert!(allow::is_tag(tag.name), "<{}> in {html}", tag.name);
                for (name, value) in lex::attributes(&tag).expect("attributes are well written") {
                    assert!(allow::is_attribute(tag.name, name), "{name} in {html}");
                    if matches!(name, "href" | "src" | "cite") {
                        let value = html_escape::decode_html_entities(value);
                        let scheme = value.split_once(':').map(|(scheme, _)| scheme).filter(|s| !s.contains(['/', '?', '#']));
                        assert!(
                            scheme.is_none_or(|s| matches!(s.to_ascii_lowercase().as_str(), "http" | "https" | "mailto")),
                            "{value}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_two_lists_of_tags_agree() {
    assert!(allow::TAGS.iter().all(|tag| allow::is_tag(tag)));
    assert!(!["script", "iframe", "", "aa", "svg"].iter().any(|tag| allow::is_tag(tag)));
}

#[test]
fn cleans_what_feeds_carry() {
    let base = Url::parse("https://ex.fr/a/b.html").unwrap();
    for (html, expected) in [
        ("<p class='x' onclick=\"evil()\">Hi</p>", "<p>Hi</p>"),
        ("<p>One<p>Two", "<p>One</p><p>Two</p>"),
        ("<script>evil()</script><b>x</b>", "<b>x</b>"),
        ("<a href='/c?utm_source=rss&amp;id=1' target=_blank>x</a>", "<a href=\"https://ex.fr/c?id=1\">x</a>"),
        ("<a href=\"javascript:evil()\">x</a>", "<a>x</a>"),
        ("<img src=\"i.png\" alt=\"A &amp; B\" onerror=\"evil()\">", "<img src=\"https://ex.fr/a/i.png\" alt=\"A &amp; B\">"),
        ("<p>x<img src=\"https://t.example/p.gif\" width=\"1\" height=\"1\"/></p>", "<p>x</p>"),
        ("<img src=\"\">a<img>", "a"),
        ("<p>a & b < c</p>", "<p>a &amp; b &lt; c</p>"),
        ("<iframe src='https://v.example'></iframe><svg><a xlink:href='javascript:x'/></svg>t", "t"),
        ("<!-- note --><ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><tr><td style='x'>1</td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
    ] {
        assert_eq!(sanitize(html, Some(&base)), expected, "{html}");
    }
}

/// What fuzzing found: cleaning twice is cleaning once.
#[test]
fn cleaning_a_clean_fragment_changes_nothing() {
    for html in
        ["<p title=\"x\"/>a<img src=\u{7f} onerror=y>b", "a < b &lt; c <3 d<", "<a title=x>c<table>d<a href=y>b<i>c<table>d"]
    {
        let clean = sanitize(html, None);
        assert_eq!(sanitize(&clean, None), clean, "{html}");
    }
}

/// Heaps of what a browser would have to look at again and again.
#[test]
fn documents_made_to_exhaust_a_parser_cost_little() {
    let attributes = |count: usize| (0..count).map(|n| format!(" a{n}")).collect::<String>();
    for (name, html) in [
        ("open tags", "<a".repeat(500_000)),
        ("open tags and one end", format!("{}>", "<a".repeat(500_000))),
        ("attributes", format!("<p{}>x</p>", attributes(300_000))),
        ("formatting left open", (0..30_000).map(|n| format!("<p><b title={n}></p>")).collect()),
        ("signs", "<".repeat(2_000_000)),
        ("quotes", "<a b=\"<a b='".repeat(100_000)),
        ("comments", "<!--".repeat(300_000)),
        ("hidden", "<svg><math><template>".repeat(100_000)),
    ] {
        let start = std::time::Instant::now();
        sanitize(&html, None);
        to_text(&html);
        links(&html);
        assert!(start.elapsed().as_secs() < 20, "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn deep_nesting_becomes_text_at_once() {
    for element in ["<div>", "<b x=1></i>", "<p><b a>"] {
        let html = format!("{}text", element.repeat(50_000));
        assert!(sanitize(&html, None).contains("text"));
    }
}

#[test]
fn text_keeps_its_blocks() {
    for (html, expected) in [
        ("<h1>A</h1><p>b <b>c</b>\n d<br>e</p>", "A\nb c d\ne"),
        ("x<script>evil()</script>y", "xy"),
        ("caf&eacute; &amp; &lt;b&gt;", "café & <b>"),
        ("Vec<T> and a < b", "Vec<T> and a < b"),
        ("<pre>a\n  b</pre>c", "a\n  b\nc"),
    ] {
        assert_eq!(to_text(html), expected, "{html}");
    }
}

#[test]
fn links_come_once_and_in_order() {
    assert_eq!(links("<a href=\"b?x=1&amp;y\">1</a><a href=\"a\">2</a><a href='b?x=1&y'>3</a><a>4</a>"), ["b?x=1&y", "a"]);
}

fn fragment() -> impl Strategy<Value = String> {
    let tags =
        "(p|a|b|i|em|div|ul|ol|li|h2|h3|blockquote|pre|br|img|span|hr|figure|strong|code|dl|dt|dd|section|script|svg|table|td)";
    let attributes =
        "( (href|src|class|title|onclick|width|alt|style)=(\"[a-z:/.&;#<>1 ]{0,12}\"|'[a-z\"&=]{0,5}'|x)| id| /){0,2}";
    let matching = |pattern: String| proptest::string::string_regex(&pattern).unwrap();
    let piece = prop_oneof![
        4 => matching(format!("<{tags}{attributes}>")),
        4 => matching(format!("</{tags}>")),
        3 => matching("[a-zé &;<>\n\u{a0}]{0,8}".to_owned()),
        1 => matching("&(amp|lt|nbsp|eacute|copy|notit|#39|#x2019|#150);?".to_owned()),
        1 => matching("<!--[a-z>-]{0,6}-->".to_owned()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Well-nested fragments, so that the first walk is really exercised.
fn nested() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        proptest::string::string_regex("[a-z &é]{0,6}").unwrap(),
        Just("<br>".to_owned()),
        Just("<img src=\"http://e.fr/i\" alt=\"x\">".to_owned())
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        let tag = prop::sample::select(vec![
            "p",
            "div",
            "b",
            "a",
            "em",
            "ul",
            "li",
            "ol",
            "h2",
            "blockquote",
            "pre",
            "span",
            "dl",
            "dd",
            "code",
        ]);
        (tag, prop::collection::vec(inner, 0..4)).prop_map(|(tag, inner)| format!("<{tag}>{}</{tag}>", inner.concat()))
    })
}

fn same_both_ways(html: &str) -> Result<(), TestCaseError> {
    if let Some(fast) = rewrite::rewrite(html, None, Trust::Nothing) {
        prop_assert_eq!(&fast, &slow(html), "input: {}", html);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_first_walk_agrees_with_ammonia(html in fragment()) {
        same_both_ways(&html)?;
    }

    #[test]
    fn the_first_walk_agrees_with_ammonia_on_nested_markup(html in nested()) {
        same_both_ways(&html)?;
    }

    #[test]
    fn what_stands_as_it_is_keeps_its_text(html in prop_oneof![fragment(), nested()]) {
        if let Some(clean) = as_it_stands(&html, None) {
            prop_assert_eq!(to_text(&clean), to_text(&html));
        }
    }

    #[test]
    fn nothing_active_remains(html in fragment()) {
        assert_inert(&sanitize(&html, None));
    }

    #[test]
    fn nothing_active_remains_of_anything(html in "\\PC{0,80}") {
        assert_inert(&sanitize(&html, None));
        let _ = to_text(&html);
    }
}
