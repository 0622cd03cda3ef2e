// Validators of the source: the Nu HTML checker (needs Java) and html-validate.

import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { HtmlValidate } from "html-validate";

const require = createRequire(import.meta.url);
const run = promisify(execFile);
const config = JSON.parse(await readFile(new URL("./htmlvalidate.json", import.meta.url), "utf8"));

/** All violations of the source. */
export async function validate(file, html) {
  return [...(await htmlValidate(html)), ...(await nu(file))];
}

async function htmlValidate(html) {
  const report = await new HtmlValidate(config).validateString(html);
  return report.results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, selector }) => ({ tool: "html-validate", rule: ruleId, element: selector ?? `line ${line}`, problem: message })),
  );
}

async function nu(file) {
  const jar = new URL("build/dist/vnu.jar", pathToFileURL(require.resolve("vnu-jar/package.json")));
  const { stderr } = await run("java", ["-jar", fileURLToPath(jar), "--format", "json", "--exit-zero-always", file], { maxBuffer: 64 * 1024 * 1024 });
  const { messages } = JSON.parse(stderr);
  return messages.map(({ type, message, extract, lastLine }) => ({
    tool: "vnu",
    rule: type,
    element: (extract ?? `line ${lastLine}`).slice(0, 120),
    problem: message,
  }));
}
