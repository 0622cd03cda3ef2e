// The browser checks, checked: a good letter passes in every rendering, and each fault is caught by the check made for it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";
import { checkFile } from "./check.mjs";
import { clients } from "./clients.mjs";
import { checkRendering } from "./rendering.mjs";

const fixture = new URL("../fixtures/mail/good.fr.html", import.meta.url);
const good = await readFile(fixture, "utf8");
const named = (name) => clients.find((client) => client.name === name);
const LATER = "<p>Le guide décrit";

// What is replaced in the good letter, by what, in which client, and the rule that must catch it.
const faults = [
  ["max-width:40em", "width:700px", "as sent, light", "reflow"],
  [LATER, `<p style="height:20px;overflow:hidden">Des mots qui prennent plus de place quand on les espace</p>${LATER}`, "as sent, light", "text-spacing"],
  [LATER, `<p style="height:30px;overflow:hidden">Des mots</p>${LATER}`, "as sent, light", "double-text"],
  ["color:#0b3d91", "color:#767676", "as sent, light", "contrast"],
  ["color: #9ecbff", "color: #444444", "as sent, dark", "contrast"],
  ["color:#0b3d91", "color:#999999", "as sent, light", "inverted-contrast"],
  ["background-color:#ffffff;font-size:22px", "font-size:22px", "La Poste", "contrast"],
  ["text-decoration:underline", "text-decoration:none", "as sent, light", "underline"],
  ["line-height:1.4", "line-height:1;display:block", "as sent, light", "target-size"],
  ["font-size:16px", "font-size:12px", "as sent, light", "text-size"],
  ["line-height:1.5", "line-height:1.1", "as sent, light", "line-height"],
  ["max-width:40em", "max-width:90em;min-width:0", "as sent, light", "line-length", LATER, `<p>${"Une ligne bien longue. ".repeat(12)}</p>${LATER}`],
  [LATER, `<p style="position:relative;top:-900px">x</p>${LATER}`, "as sent, light", "reading-order"],
  ["</style>", "@keyframes k { to { opacity: .9 } } h1 { animation: k 9s infinite } </style>", "as sent, light", "motion"],
  ["</style>", "a:focus { outline: none } </style>", "as sent, light", "focus-visible"],
  [LATER, `<p><img src="https://example.org/p.png" alt=""></p>${LATER}`, "as sent, light", "remote"],
  ["<h1", '<h1 role="button" aria-foo="x"', "as sent, light", "aria-valid-attr"],
];

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test("a good letter passes in every rendering", async () => {
  assert.deepEqual(await checkFile(fixture.pathname, browser), []);
});

for (const [what, by, client, rule, also, alsoBy] of faults) {
  test(`${rule} is caught: ${what} in ${client}`, async () => {
    assert.ok(good.includes(what), "the good letter holds what is replaced");
    const html = good.replaceAll(what, by).replaceAll(also ?? "\0", alsoBy ?? "");
    const rules = (await checkRendering(browser, html, named(client))).map((violation) => violation.rule);
    assert.ok(rules.includes(rule), `found ${JSON.stringify([...new Set(rules)])}`);
  });
}
