// What mail clients leave of a letter, after the caniemail data: each client changes the document before it is shown.
//
// `change` runs in the page, on the parsed document; `media` is what the reader has set; `paint` is the client's own sheet.
// `keepsDocument` is true where the letter stays a document of its own; elsewhere it lies in a div of the web mail.

const light = { colorScheme: "light", forcedColors: "none" };
const dark = { colorScheme: "dark", forcedColors: "none" };

/** Runs in the page. Every change a client may make, by name. */
export function mangle(changes) {
  const each = (selector, change) => document.querySelectorAll(selector).forEach(change);
  const rename = (element, name) => {
    const other = document.createElement(name);
    for (const { name, value } of element.attributes) other.setAttribute(name, value);
    other.append(...element.childNodes);
    element.replaceWith(other);
  };
  const change = {
    "drop-style-elements": () => each("style, link[rel=stylesheet]", (element) => element.remove()),
    "drop-style-attributes": () => each("[style]", (element) => element.removeAttribute("style")),
    "drop-classes": () => each("[class], [id]", (element) => ["class", "id"].forEach((name) => element.removeAttribute(name))),
    "drop-lang": () => each("body [lang]", (element) => element.removeAttribute("lang")),
    "drop-table-dir": () => each("table, td, th", (element) => ["lang", "dir"].forEach((name) => element.removeAttribute(name))),
    "drop-aria": () =>
      each("*", (element) =>
        [...element.attributes].filter(({ name }) => name === "role" || name.startsWith("aria-")).forEach(({ name }) => element.removeAttribute(name)),
      ),
    "drop-hidden": () => each("[hidden]", (element) => element.removeAttribute("hidden")),
    "drop-landmarks": () => each("main, nav, section, article, aside, header, footer", (element) => rename(element, "div")),
    "drop-dark-media": () => {
      for (const sheet of document.styleSheets) {
        for (let index = sheet.cssRules.length - 1; index >= 0; index -= 1) {
          if (sheet.cssRules[index] instanceof CSSMediaRule) sheet.deleteRule(index);
        }
      }
    },
    "drop-body-attributes": () => [...document.body.attributes].forEach(({ name }) => document.body.removeAttribute(name)),
    "body-to-div": () => {
      const div = document.createElement("div");
      for (const { name, value } of [...document.body.attributes]) {
        div.setAttribute(name, value);
        document.body.removeAttribute(name);
      }
      div.append(...document.body.childNodes);
      document.body.append(div);
    },
  };
  for (const name of changes) change[name]();
}

export const clients = [
  { name: "as sent, light", media: light, keepsDocument: true, changes: [] },
  { name: "as sent, dark", media: dark, keepsDocument: true, changes: [] },
  { name: "as sent, forced colours", media: { colorScheme: "dark", forcedColors: "active" }, keepsDocument: true, changes: [] },
  {
    name: "Gmail, another account",
    media: light,
    changes: ["drop-style-elements", "drop-classes", "drop-landmarks", "drop-hidden", "body-to-div"],
  },
  { name: "Outlook on Windows", media: light, changes: ["drop-dark-media", "drop-landmarks", "drop-hidden"] },
  { name: "Outlook.com, dark", media: dark, changes: ["drop-landmarks", "drop-hidden", "body-to-div"] },
  {
    name: "La Poste",
    media: light,
    changes: ["drop-style-elements", "drop-body-attributes"],
    paint: "h1 { color: #fff } h2 { background-color: #000080 }",
  },
  { name: "Orange", media: light, losesLanguage: true, changes: ["drop-lang", "drop-table-dir", "drop-aria", "drop-landmarks", "body-to-div"] },
  { name: "Yahoo", media: light, changes: ["drop-table-dir", "drop-aria", "drop-dark-media", "drop-landmarks", "drop-hidden", "body-to-div"] },
  { name: "no styles at all", media: light, bare: true, changes: ["drop-style-elements", "drop-style-attributes", "drop-classes", "drop-landmarks"] },
];
