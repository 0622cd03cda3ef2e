// One letter in one client: two engines, and what is measured on the page itself.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { mangle } from "./clients.mjs";
import { measures } from "./measures.mjs";

const require = createRequire(import.meta.url);
const AXE = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const HTMLCS = await readFile(require.resolve("html_codesniffer/build/HTMLCS.js"), "utf8");

// A letter is no web page: it has no landmarks, and nothing to skip.
const AXE_OFF = ["region", "landmark-one-main", "bypass", "skip-link", "meta-viewport-large"];
const LANGUAGE_RULES = ["html-has-lang", "html-lang-valid", "valid-lang"];

/** All violations of `html` as `client` shows it. */
export async function checkRendering(browser, html, client) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...client.media });
  try {
    const page = await context.newPage();
    const asked = [];
    await page.route("**/*", (route) => {
      const url = route.request().url();
      if (url.startsWith("data:") || url === "about:blank") return route.continue();
      asked.push(url);
      return route.abort();
    });
    await page.setContent(html, { waitUntil: "load" });
    await page.evaluate(mangle, client.changes);
    if (client.paint) {
      // The client's own sheet comes first: what the letter says in its styles wins over it.
      await page.evaluate((css) => document.head.prepend(Object.assign(document.createElement("style"), { textContent: css })), client.paint);
    }
    const found = asked.map((url) => ({ tool: "own", rule: "remote", element: url, problem: "the letter asks for something from outside" }));
    found.push(...(await axe(page, client)), ...(await codesniffer(page, client)));
    for (const measure of measures) found.push(...(await measure(page, client)));
    return found;
  } finally {
    await context.close();
  }
}

async function axe(page, client) {
  await page.evaluate(AXE);
  const off = [...AXE_OFF, ...(client.losesLanguage ? LANGUAGE_RULES : [])];
  const results = await page.evaluate(
    (off) =>
      globalThis.axe.run(document, {
        resultTypes: ["violations", "incomplete"],
        rules: Object.fromEntries([
          ...globalThis.axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]),
          ...off.map((rule) => [rule, { enabled: false }]),
        ]),
      }),
    off,
  );
  const told = (kind, rules) =>
    rules.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => ({ tool: "axe", rule: id, element: node.html.slice(0, 120), problem: kind + (node.any[0]?.message ?? help) })),
    );
  // What axe cannot decide counts as failed: a letter has to be plain enough to be judged.
  return [...told("", results.violations), ...told("undecided: ", results.incomplete)];
}

async function codesniffer(page, client) {
  await page.evaluate(HTMLCS);
  const messages = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        globalThis.HTMLCS.process(
          "WCAG2AAA",
          document,
          () =>
            resolve(
              globalThis.HTMLCS.getMessages()
                .filter(({ type }) => type === globalThis.HTMLCS.ERROR)
                .map(({ code, msg, element }) => ({ rule: code, element: element?.outerHTML?.slice(0, 120) ?? "document", problem: msg })),
            ),
          () => reject(new Error("HTML_CodeSniffer stopped")),
          "en",
        );
      }),
  );
  const language = /3_1_[12]/;
  return messages.filter(({ rule }) => !(client.losesLanguage && language.test(rule))).map((message) => ({ tool: "htmlcs", ...message }));
}
