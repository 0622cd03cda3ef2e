// The browser of the machine, driven without downloading another.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Opens the browser named by VEILLE_CHROMIUM, else the first one found. */
export async function openBrowser() {
  const executablePath = process.env.VEILLE_CHROMIUM ?? PLACES.find(existsSync);
  if (!executablePath) {
    throw new Error("no Chromium found: run tests/browser/install.sh, or set VEILLE_CHROMIUM");
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}
