//! Generators of what no honest publisher sends: documents made to exhaust a reader, and honest ones that chance damaged.

use crate::chance::Chance;
use std::fmt::Write;

/// Elements that some vocabulary nests in itself, or that a reader might follow down by recursion.
pub const RECURSIVE: [&str; 16] = [
    "media:content",
    "media:group",
    "itunes:category",
    "itunes:owner",
    "media:category",
    "podcast:person",
    "podcast:liveItem",
    "dc:creator",
    "atom:source",
    "content:encoded",
    "category",
    "author",
    "description",
    "outline",
    "div",
    "b",
];

/// One document, made when it is wanted: some are ten megabytes.
pub struct Hostile {
    /// What it is, in words.
    pub name: String,
    /// How many entries a reader must keep at least.
    pub least: usize,
    make: Box<dyn Fn() -> Vec<u8> + Send>,
}

impl Hostile {
    fn new(name: impl Into<String>, least: usize, make: impl Fn() -> String + Send + 'static) -> Self {
        Self { name: name.into(), least, make: Box::new(move || make().into_bytes()) }
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        (self.make)()
    }
}

/// An RSS feed with these declarations in front and this inside, between two good items.
#[must_use]
pub fn around(inside: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" \
         xmlns:podcast=\"https://podcastindex.org/namespace/1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>F</title>\
         <item><title>A law comes first</title><link>https://site.example/first</link></item>{inside}\
         <item><title>A model comes last</title><link>https://site.example/last</link></item></channel></rss>"
    )
}

/// An element inside itself, so often, with a word at the bottom.
#[must_use]
pub fn nested(name: &str, depth: usize) -> String {
    format!("{}bottom{}", format!("<{name}>").repeat(depth), format!("</{name}>").repeat(depth))
}

/// Nesting of every recursive name at every depth: row P01.
pub fn nestings() -> impl Iterator<Item = Hostile> {
    let depths = [64, 700, 3_000, 300_000];
    RECURSIVE.iter().flat_map(move |name| {
        depths.map(|depth| {
            // What is longer than ten megabytes is refused before it is looked at.
            let fits = (name.len() * 2 + 5) * depth < 10_000_000;
            // An element of text in itself lacks an end tag each time: all are read, up to the limit of elements.
            let is_text = matches!(*name, "category" | "description" | "dc:creator" | "content:encoded");
            let least = if !fits {
                0
            } else if is_text && depth > 190_000 {
                1
            } else {
                2
            };
            Hostile::new(format!("<{name}> in itself, {depth} deep"), least, move || {
                around(&format!("<item><title>A deep one</title>{}</item>", nested(name, depth)))
            })
        })
    })
}

/// Entities that grow, that name files and that name servers, style sheets and schemas elsewhere: row P03. All of them name
/// `canary`, which nobody may ask for.
#[must_use]
pub fn entities(canary: &str) -> Vec<Hostile> {
    let declared = |name: &'static str, subset: String, used: &'static str| {
        Hostile::new(name, 2, move || {
            format!(
                "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [{subset}]>{}",
                around(&format!("<item><title>{used}</title></item>"))
            )
        })
    };
    let laughs: String = (1..30).fold("<!ENTITY e0 \"lol\">".to_owned(), |mut all, level| {
        let _infallible = write!(all, "<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10));
        all
    });
    let quadratic = format!("<!ENTITY a \"{}\">", "x".repeat(50_000));
    let before = |name: &'static str, head: String| Hostile::new(name, 2, move || format!("{head}{}", around("")));
    let inside = |name: &'static str, inside: String| Hostile::new(name, 2, move || around(&inside));
    vec![
        declared("a billion laughs", laughs, "&e29;"),
        declared("a quadratic bomb", quadratic, "&a;&a;&a;&a;&a;&a;&a;&a;"),
        declared("an entity that is itself", "<!ENTITY a \"&a;\">".to_owned(), "&a;"),
        declared("two that are each other", "<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">".to_owned(), "&a;"),
        declared("an external entity, on a server", format!("<!ENTITY x SYSTEM \"{canary}/entity\">"), "&x;"),
        declared("an external entity, a file", "<!ENTITY x SYSTEM \"file:///etc/hostname\">".to_owned(), "&x;"),
        declared("an external entity, public", format!("<!ENTITY x PUBLIC \"-//x\" \"{canary}/public\">"), "&x;"),
        declared("a parameter entity", format!("<!ENTITY % p SYSTEM \"{canary}/parameter\"> %p;"), "a"),
        declared(
            "parameter entities that grow",
            "<!ENTITY % a \"<!ENTITY b 'x'>\"><!ENTITY % c '%a;%a;%a;'> %c;".to_owned(),
            "&b;",
        ),
        declared(
            "an unparsed entity",
            format!("<!NOTATION n SYSTEM \"{canary}/n\"><!ENTITY x SYSTEM \"{canary}/x\" NDATA n>"),
            "&x;",
        ),
        before("an external type", format!("<!DOCTYPE rss SYSTEM \"{canary}/type.dtd\">")),
        before(
            "an external public type",
            format!("<!DOCTYPE rss PUBLIC \"-//Netscape//DTD RSS 0.91//EN\" \"{canary}/rss.dtd\">"),
        ),
        before("a style sheet", format!("<?xml-stylesheet type=\"text/xsl\" href=\"{canary}/style.xsl\"?>")),
        before("a type without end", "<!DOCTYPE rss [<!ENTITY a \"x\">".repeat(20)),
        inside(
            "an inclusion",
            format!("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{canary}/include\" parse=\"xml\"/>"),
        ),
        inside(
            "a schema",
            format!(
                "<item xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"x {canary}/schema.xsd\"/>"
            ),
        ),
        inside(
            "things to load",
            format!(
                "<image><url>{canary}/image</url></image><item><title>Loads</title><enclosure url=\"{canary}/enclosure\" length=\"1\" \
                 type=\"audio/mpeg\"/><media:content url=\"{canary}/media\"/><description>&lt;img src=\"{canary}/picture\"&gt;\
                 &lt;link rel=stylesheet href=\"{canary}/sheet\"&gt;&lt;iframe src=\"{canary}/frame\"&gt;&lt;/iframe&gt;&lt;object \
                 data=\"{canary}/object\"&gt;</description></item>"
            ),
        ),
    ]
}

/// Too much of everything: row P04, and what else grows when it is read.
#[must_use]
pub fn heaps() -> Vec<Hostile> {
    let mut heaps = heaps_of_markup();
    heaps.extend(heaps_of_text());
    heaps.extend(heaps_of_json());
    heaps
}

fn numbered(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect()
}

fn heaps_of_markup() -> Vec<Hostile> {
    let heap = |name: &'static str, least, inside: fn() -> String| Hostile::new(name, least, move || around(&inside()));
    vec![
        heap("800,000 attributes", 2, || format!("<item {}/>", numbered(800_000, |n| format!("a{n}='' ")))),
        heap("256 attributes in each of 10,000 tags", 2, || {
            format!("<item>{}</item>", format!("<x {}/>", "a ".repeat(256)).repeat(10_000))
        }),
        heap("100,000 namespaces", 2, || format!("<item {}/>", numbered(100_000, |n| format!("xmlns:n{n}='u{n}' ")))),
        heap("300,000 categories", 1, || format!("<item>{}</item>", "<category>c</category>".repeat(300_000))),
        heap("190,000 different categories", 2, || {
            format!("<item><title>t</title>{}</item>", numbered(190_000, |n| format!("<category>c{n}</category>")))
        }),
        heap("190,000 different authors", 2, || {
            format!("<item><title>t</title>{}</item>", numbered(190_000, |n| format!("<author>Name {n}</author>")))
        }),
        heap("200,000 items", 5_000, || "<item><title>x</title></item>".repeat(200_000)),
        heap("400,000 empty items", 0, || "<item/>".repeat(400_000)),
        heap("800,000 empty sections", 1, || format!("<item><title>t{}</title></item>", "<![CDATA[]]>".repeat(800_000))),
        heap("a million comments", 1, || format!("<item><title>t{}</title></item>", "a<!---->".repeat(1_000_000))),
        heap("a million document types", 1, || format!("<item><title>t{}</title></item>", "<!a [] >".repeat(1_000_000))),
        heap("a million end tags", 1, || "a</x>".repeat(1_500_000)),
        heap("a million start tags", 1, || "<x>".repeat(2_000_000)),
        heap("100,000 items in each other", 1, || nested("item", 100_000)),
        heap("quotes that nothing closes", 1, || format!("<item><a b=\"{}</item>", "<q \"='".repeat(1_000_000))),
        heap("tags that nothing closes", 1, || "<a ".repeat(3_000_000)),
        heap("9 MB of <", 1, || format!("<item><title>t</title><description>{}</description></item>", "<".repeat(9_000_000))),
    ]
}

fn heaps_of_text() -> Vec<Hostile> {
    let body = |name: &'static str, text: fn() -> String| {
        Hostile::new(name, 2, move || {
            around(&format!("<item><title>A law</title><description><![CDATA[{}]]></description></item>", text()))
        })
    };
    let title = |name: &'static str, text: fn() -> String| {
        Hostile::new(name, 2, move || around(&format!("<item><title>{}</title></item>", text())))
    };
    let date = |name: &'static str, text: fn() -> String| {
        Hostile::new(name, 2, move || around(&format!("<item><title>t</title><pubDate>{}</pubDate></item>", text())))
    };
    vec![
        Hostile::new("100 MB of text", 0, || around(&format!("<item><title>{}</title></item>", "word ".repeat(20_000_000)))),
        title("9 MB of title", || "word ".repeat(1_800_000)),
        title("9 MB of references", || "&amp;".repeat(1_800_000)),
        title("9 MB of unknown references", || "&zz;".repeat(2_250_000)),
        title("9 MB without a space", || "x".repeat(9_000_000)),
        title("9 MB of marks on one letter", || format!("e{}", "\u{301}".repeat(4_500_000))),
        body("9 MB of body", || "<p>word</p>".repeat(800_000)),
        body("2 MB of <", || "<".repeat(2_000_000)),
        body("a million open tags", || "<a".repeat(1_000_000)),
        body("100,000 div", || "<div>".repeat(100_000)),
        body("100,000 b, crossed", || "<b><i></b>".repeat(50_000)),
        body("300,000 attributes", || format!("<p {}>x</p>", numbered(300_000, |n| format!("a{n} ")))),
        body("formatting left open", || numbered(30_000, |n| format!("<p><b title={n}></p>"))),
        body("tables in tables", || "<table><tr><td>".repeat(50_000)),
        body("100,000 links", || numbered(100_000, |n| format!("<a href=\"/{n}\">x</a>"))),
        body("a megabyte in one address", || format!("<a href=\"/{}\">x</a>", "a".repeat(1_000_000))),
        date("2 MB of nested comments in a date", || format!("Mon, 16 Nov 2026 08:00:00 {}", "(".repeat(2_000_000))),
        date("2 MB of closed comments in a date", || format!("{}{} 16 Nov 2026", "(".repeat(1_000_000), ")".repeat(1_000_000))),
        date("2 MB of digits in a date", || "1".repeat(2_000_000)),
    ]
}

fn heaps_of_json() -> Vec<Hostile> {
    let json = |name: &'static str, least, items: fn() -> String| {
        Hostile::new(name, least, move || {
            format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\",\"items\":[{}]}}", items())
        })
    };
    vec![
        Hostile::new("JSON 100,000 deep", 0, || format!("{{\"items\":{}", "[".repeat(100_000))),
        Hostile::new("JSON objects 100,000 deep", 0, || "{\"items\":".repeat(100_000)),
        json("JSON, 100,000 deep in an item", 0, || {
            format!("{{\"id\":\"1\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000))
        }),
        json("JSON, 3 million empty items", 5_000, || format!("{}{{}}", "{},".repeat(3_000_000))),
        json("JSON, 500,000 items", 5_000, || numbered(500_000, |n| format!("{{\"id\":{n}}},")) + "{}"),
        json("JSON, 2 million tags", 0, || {
            format!("{{\"id\":\"1\",\"title\":\"t\",\"tags\":[{}0]}}", "\"t\",".repeat(2_000_000))
        }),
        json("JSON, 9 MB of text", 1, || {
            format!("{{\"id\":\"1\",\"title\":\"t\",\"content_text\":\"{}\"}}", "word ".repeat(1_800_000))
        }),
        json("JSON, 9 MB of escapes", 1, || format!("{{\"id\":\"1\",\"content_text\":\"{}\"}}", "\\u0041".repeat(1_500_000))),
        json("JSON, 9 MB of number", 0, || format!("{{\"id\":{}}}", "1".repeat(9_000_000))),
    ]
}

/// A document as chance damages it: bytes flipped, cut, repeated, spliced, put under another label.
#[must_use]
pub fn mutant(chance: &mut Chance, document: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = document.to_vec();
    for _ in 0..=chance.below(4) {
        damage(chance, &mut bytes, other);
    }
    bytes
}

const MARKS: [&[u8]; 24] = [
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"-->",
    b"<!--",
    b"<item>",
    b"</item>",
    b"<title>",
    b"\"",
    b"'",
    b"\0",
    b"\xff\xfe",
    b"&#x0;",
    b"&#xD800;",
    b"<!DOCTYPE x [",
    b"?>",
    b"\x1b[2J",
    "\u{202e}".as_bytes(),
    b"{",
    b"}",
    b"\xc3",
    b"</rss>",
];

const LABELS: [&str; 10] =
    ["utf-8", "utf-16", "utf-16le", "utf-32", "iso-8859-1", "windows-1251", "shift_jis", "iso-2022-jp", "utf-7", "nonsense"];

fn damage(chance: &mut Chance, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = place(chance, bytes.len());
    match chance.below(8) {
        0 => (0..1 + chance.below(8)).for_each(|_| {
            let at = place(chance, bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }),
        1 => bytes.truncate(at),
        2 => drop(bytes.drain(at..place_after(chance, at, bytes.len()))),
        3 => {
            let piece = bytes[at..place_after(chance, at, bytes.len())].to_vec();
            let again = at.min(bytes.len());
            bytes.splice(again..again, piece);
        }
        4 => {
            let from = place(chance, other.len());
            let piece = other[from..place_after(chance, from, other.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        5 => {
            let mark = MARKS[place(chance, MARKS.len())];
            bytes.splice(at..at, mark.iter().copied());
        }
        6 => relabel(chance, bytes),
        _ => widen(chance, bytes),
    }
}

fn place(chance: &mut Chance, length: usize) -> usize {
    usize::try_from(chance.below(length.max(1) as u64)).unwrap()
}

fn place_after(chance: &mut Chance, at: usize, length: usize) -> usize {
    at + place(chance, (length - at).min(4_096) + 1)
}

/// A declaration that lies about the encoding.
fn relabel(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let label = LABELS[place(chance, LABELS.len())];
    let declaration = format!("<?xml version=\"1.0\" encoding=\"{label}\"?>");
    bytes.splice(0..0, declaration.bytes());
}

/// The text in 16 bits, either way round, with or without its mark; an odd byte now and then.
fn widen(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 20)]).into_owned();
    let big = chance.below(2) == 0;
    let mark = (chance.below(2) == 0).then_some('\u{feff}');
    let units = mark.into_iter().chain(text.chars()).collect::<String>();
    *bytes = units.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect();
    if chance.below(4) == 0 {
        bytes.pop();
    }
}
