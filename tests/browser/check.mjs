// Checks HTML files of letters in a real browser, as sent and as mail clients leave them, and with three validators.
//
//   node tests/browser/check.mjs FILE.html…
//
// Prints one line a violation; exit status 0 when there is none, 1 when there are, 2 when the checks themselves cannot run.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { openBrowser } from "./browser.mjs";
import { checkRendering } from "./rendering.mjs";
import { validate } from "./validators.mjs";
import { clients } from "./clients.mjs";

/** All violations of one file: `{ file, client, tool, rule, element, problem }`. */
export async function checkFile(file, browser) {
  const html = await readFile(file, "utf8");
  const found = (await validate(file, html)).map((violation) => ({ file, client: "source", ...violation }));
  for (const client of clients) {
    for (const violation of await checkRendering(browser, html, client)) {
      found.push({ file, client: client.name, ...violation });
    }
  }
  return found;
}

function line({ file, client, tool, rule, element, problem }) {
  return `${basename(file)}: ${client}: ${tool} ${rule}: ${element}: ${problem}`.replace(/\s+/g, " ");
}

async function main(files) {
  if (files.length === 0) {
    console.error("give one or more .html files");
    return 2;
  }
  const browser = await openBrowser();
  let count = 0;
  try {
    for (const file of files) {
      const seen = new Set();
      for (const violation of await checkFile(file, browser)) {
        const text = line(violation);
        if (!seen.has(text)) {
          seen.add(text);
          console.log(text);
        }
      }
      count += seen.size;
      console.error(`${basename(file)}: ${seen.size} violations in ${clients.length} renderings`);
    }
  } finally {
    await browser.close();
  }
  return count === 0 ? 0 : 1;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  process.exitCode = await main(process.argv.slice(2)).catch((error) => {
    console.error(error.stack ?? String(error));
    return 2;
  });
}
