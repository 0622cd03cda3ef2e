// What only a browser can tell, measured on computed styles and on boxes.

/** Each takes the page and the client, and gives violations without file and client. */
export const measures = [reflow, textSpacing, doubleText, contrast, links, setting, lineLength, readingOrder, motion, focus];

const own = (rule) => (element, problem) => ({ tool: "own", rule, element, problem });

/** Runs in the page: the widest thing that sticks out of the window, or null. */
function sticksOut() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width + 1) return null;
  const wide = [...document.body.querySelectorAll("*")].find((element) => element.getBoundingClientRect().right > width + 1);
  return (wide ?? document.body).outerHTML.slice(0, 120);
}

/** Runs in the page: the first element whose text is cut. */
function cutText() {
  const cut = [...document.body.querySelectorAll("*")].find((element) => {
    const style = getComputedStyle(element);
    const clips = [style.overflowX, style.overflowY].some((value) => value === "hidden" || value === "clip");
    return clips && element.textContent.trim() && (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1);
  });
  return cut ? cut.outerHTML.slice(0, 120) : null;
}

/** WCAG 1.4.10: no sideways scrolling at 320 pixels, nor at 600. */
async function reflow(page) {
  const found = [];
  for (const width of [320, 600]) {
    await page.setViewportSize({ width, height: 800 });
    const element = await page.evaluate(sticksOut);
    if (element) found.push(own("reflow")(element, `sideways scrolling at ${width} pixels`));
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}

/** WCAG 1.4.12. */
async function textSpacing(page) {
  const style = await page.addStyleTag({
    content: "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }",
  });
  const found = [];
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const element = (await page.evaluate(sticksOut)) ?? (await page.evaluate(cutText));
    if (element) found.push(own("text-spacing")(element, `text is cut or sticks out at ${width} pixels`));
  }
  await style.evaluate((element) => element.remove());
  return found;
}

/** WCAG 1.4.4: text twice as large. */
async function doubleText(page) {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.evaluate(() => {
    const sized = [...document.body.querySelectorAll("*")].map((element) => [element, parseFloat(getComputedStyle(element).fontSize)]);
    for (const [element, size] of sized) {
      element.dataset.before = element.getAttribute("style") ?? "";
      element.style.setProperty("font-size", `${size * 2}px`, "important");
    }
  });
  const element = (await page.evaluate(sticksOut)) ?? (await page.evaluate(cutText));
  await page.evaluate(() =>
    document.querySelectorAll("[data-before]").forEach((element) => {
      if (element.dataset.before) element.setAttribute("style", element.dataset.before);
      else element.removeAttribute("style");
      delete element.dataset.before;
    }),
  );
  return element ? [own("double-text")(element, "text is cut or sticks out at twice its size")] : [];
}

/** WCAG 1.4.6 on computed colours, and 1.4.3 after a forced inversion. */
async function contrast(page, client) {
  const pairs = await page.evaluate(() => {
    const parse = (value) => {
      const numbers = value.match(/[\d.]+/g)?.map(Number) ?? [];
      return { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
    };
    const over = (top, below) => top.rgb.map((channel, index) => channel * top.alpha + below[index] * (1 - top.alpha));
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((channel) => channel / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (a, b) => {
      const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    const inverted = (rgb) => rgb.map((channel) => channel + 255 - Math.max(...rgb) - Math.min(...rgb));
    const canvas = parse(getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)").rgb;
    const ground = (element) => {
      const layers = [];
      for (let at = element; at; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== "none") return null;
        layers.push(parse(style.backgroundColor));
      }
      return layers.reverse().reduce((below, layer) => over(layer, below), canvas);
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
      const behind = ground(element);
      const told = element.outerHTML.slice(0, 120);
      if (!behind) {
        found.push({ told, ratio: 0, forced: 0 });
        continue;
      }
      const ink = over(parse(getComputedStyle(element).color), behind);
      found.push({ told, ratio: ratio(ink, behind), forced: ratio(inverted(ink), inverted(behind)) });
    }
    return found;
  });
  const forced = client.media.forcedColors === "active";
  const least = forced ? 4.5 : 7;
  const low = pairs.filter(({ ratio }) => ratio < least).map(({ told, ratio }) => own("contrast")(told, `contrast of ${ratio.toFixed(2)}`));
  const inverted = forced || client.bare ? [] : pairs.filter(({ forced }) => forced < 4.5);
  return [...low, ...inverted.map(({ told, forced }) => own("inverted-contrast")(told, `contrast of ${forced.toFixed(2)} after inversion`))];
}

/** Underlined; 24 by 24 pixels when alone on their line (WCAG 2.5.8). */
async function links(page, client) {
  const found = await page.evaluate(() =>
    [...document.querySelectorAll("a[href]")].filter((link) => link.checkVisibility()).map((link) => {
      let underlined = false;
      for (let at = link; at && !underlined; at = at.parentElement) underlined = getComputedStyle(at).textDecorationLine.includes("underline");
      const boxes = [...link.getClientRects()];
      const block = link.closest("p, li, h1, h2, h3, h4, td, div");
      const alone = block?.textContent.trim() === link.textContent.trim();
      const height = Math.max(...boxes.map((box) => box.height), getComputedStyle(link).display === "inline" && alone ? block.getBoundingClientRect().height / Math.max(1, boxes.length) : 0);
      const width = Math.max(...boxes.map((box) => box.width));
      return { told: link.outerHTML.slice(0, 120), underlined, alone, height, width };
    }),
  );
  return found.flatMap(({ told, underlined, alone, height, width }) => [
    ...(underlined ? [] : [own("underline")(told, "link without underline")]),
    ...(alone && !client.bare && (height < 24 || width < 24) ? [own("target-size")(told, `${width.toFixed(0)} by ${height.toFixed(0)} pixels`)] : []),
  ]);
}

/** 16 pixels, a line height of 1.5, no capitals, no spread letters, aligned left; not judged where the client takes our styles. */
async function setting(page, client) {
  if (client.bare) return [];
  const found = await page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .flatMap((element) => {
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        const told = element.outerHTML.slice(0, 120);
        const faults = [];
        if (size < 15.99) faults.push(["text-size", `${size} pixels`]);
        const height = parseFloat(style.lineHeight) / size;
        if (!element.closest("h1, h2, h3, h4, h5, h6") && !(height >= 1.499)) faults.push(["line-height", style.lineHeight]);
        if (style.textTransform !== "none") faults.push(["text-transform", style.textTransform]);
        if (style.letterSpacing !== "normal" && style.letterSpacing !== "0px") faults.push(["letter-spacing", style.letterSpacing]);
        if (["center", "justify", "right", "end"].includes(style.textAlign)) faults.push(["text-align", style.textAlign]);
        return faults.map(([rule, problem]) => ({ rule, told, problem }));
      }),
  );
  return found.map(({ rule, told, problem }) => own(rule)(told, problem));
}

/** WCAG 1.4.8: at most 100 characters a line at 1280 pixels. */
async function lineLength(page, client) {
  if (client.bare) return [];
  const found = await page.evaluate(() =>
    [...document.body.querySelectorAll("p, li, h1, h2, h3, td, dd")].filter((block) => block.textContent.length > 100).flatMap((block) => {
      const range = document.createRange();
      let [top, count, longest] = [null, 0, 0];
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        for (let index = 0; index < node.length; index += 1) {
          range.setStart(node, index);
          range.setEnd(node, index + 1);
          const box = range.getClientRects()[0];
          if (!box || box.width === 0) continue;
          if (top === null || Math.abs(box.top - top) > box.height / 2) [top, count] = [box.top, 0];
          count += 1;
          longest = Math.max(longest, count);
        }
      }
      return longest > 100 ? [{ told: block.outerHTML.slice(0, 120), longest }] : [];
    }),
  );
  return found.map(({ told, longest }) => own("line-length")(told, `line of ${longest} characters`));
}

/** WCAG 1.3.2: blocks come down the page in the order of the source. */
async function readingOrder(page) {
  await page.setViewportSize({ width: 320, height: 800 });
  const told = await page.evaluate(() => {
    let lowest = -Infinity;
    for (const block of document.body.querySelectorAll("h1, h2, h3, h4, p, li")) {
      const box = block.getBoundingClientRect();
      if (box.height === 0) continue;
      if (box.top < lowest - 1) return block.outerHTML.slice(0, 120);
      lowest = Math.max(lowest, box.top);
    }
    return null;
  });
  await page.setViewportSize({ width: 1280, height: 800 });
  return told ? [own("reading-order")(told, "stands higher than what comes before it")] : [];
}

/** WCAG 2.2.2. */
async function motion(page) {
  const count = await page.evaluate(() => document.getAnimations().length + document.querySelectorAll("marquee, blink, video, audio").length);
  return count === 0 ? [] : [own("motion")("document", `${count} moving things`)];
}

/** WCAG 2.4.3 and 2.4.7: every link is reached in the order of the source, and shows it. */
async function focus(page) {
  const total = await page.evaluate(() => {
    document.activeElement?.blur();
    return [...document.querySelectorAll("a[href]")].filter((link) => link.checkVisibility()).length;
  });
  const found = [];
  for (let place = 0; place < total; place += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate((place) => {
      const links = [...document.querySelectorAll("a[href]")].filter((link) => link.checkVisibility());
      const style = getComputedStyle(document.activeElement);
      return {
        told: links[place].outerHTML.slice(0, 120),
        inOrder: document.activeElement === links[place],
        shown: style.outlineStyle !== "none" || style.boxShadow !== "none",
      };
    }, place);
    if (!seen.inOrder) found.push(own("focus-order")(seen.told, "is not reached in the order of the source"));
    if (!seen.shown) found.push(own("focus-visible")(seen.told, "does not show that it has the focus"));
  }
  return found;
}
