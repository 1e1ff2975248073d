// The browser's end of spec/support/browser.lua: reads a command in JSON from each line of standard input, does it, and answers
// with a line of JSON. A command has `id`, `do` (a name of `commands`), `page` (the number that `open` gave) and what else it
// wants; its answer has the `id`, and `value`, or `error`. What a page complains of by itself (its policy broken, an error on the
// console, a script that fails, an answer 5xx) is kept until it is asked for.
"use strict";

const { chromium } = require("playwright-core");
const fs = require("fs");
const readline = require("readline");

const PATIENCE = 10000; // milliseconds until what is waited for is there
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let browser;
const pages = new Map();
let last = 0;

// ---- what is meant: { role, name } or { label } or { text } or { css }, exact unless told; `within` another, `nth` of several

function one(scope, at) {
  const exact = at.exact !== false;
  if (at.role) return scope.getByRole(at.role, { name: at.name, exact, includeHidden: at.hidden });
  if (at.label) return scope.getByLabel(at.label, { exact });
  if (at.text) return scope.getByText(at.text, { exact });
  return scope.locator(at.css);
}

function find(page, at) {
  let found = one(at.within ? find(page, at.within) : page, at);
  if (at.having) found = found.filter({ hasText: at.having });
  return at.nth === undefined ? found : found.nth(at.nth - 1);
}

// ---- what a page complains of

// Runs in every document before anything of its own does, whatever its policy is.
function listen() {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
  });
}

// The browser says this of each answer that is no success; a walk that wants a refusal looks for it on the page.
const REFUSAL = /^Failed to load resource: the server responded with a status of 4\d\d/;

function watch(page, complaints) {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !REFUSAL.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on("response", (answer) => {
    if (answer.status() >= 500) complaints.push(`${answer.status()} of ${answer.request().method()} ${answer.url()}`);
  });
}

// ---- the commands

const commands = {
  async open({ options }) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE);
    await context.addInitScript(listen);
    const page = await context.newPage();
    const state = { page, context, complaints: [], loads: 0 };
    watch(page, state.complaints);
    page.on("load", () => { state.loads += 1; });
    last += 1;
    pages.set(last, state);
    return last;
  },

  async close({ page, number }) {
    pages.delete(number);
    await page.context().close();
  },

  async goto({ page, url }) {
    const answer = await page.goto(url, { waitUntil: "load" });
    return answer ? { status: answer.status(), headers: answer.headers() } : {};
  },

  url({ page }) { return page.url(); },
  title({ page }) { return page.title(); },
  html({ page }) { return page.content(); },
  loads({ state }) { return state.loads; },
  complaints({ state }) { return state.complaints.splice(0); },

  click({ page, at }) { return find(page, at).click(); },
  fill({ page, at, value }) { return find(page, at).fill(value); },
  choose({ page, at, value }) { return find(page, at).selectOption(value); },
  press({ page, key }) { return page.keyboard.press(key); },
  type({ page, value }) { return page.keyboard.type(value); },

  // Waits until it is as it should: visible, hidden, attached or detached.
  wait({ page, at, state_of, patience }) { return find(page, at).first().waitFor({ state: state_of, timeout: patience }); },
  // Waits until something has a text in it.
  text({ page, at }) { return find(page, at).innerText(); },
  texts({ page, at }) { return find(page, at).allInnerTexts(); },
  value({ page, at }) { return find(page, at).inputValue(); },
  attribute({ page, at, name }) { return find(page, at).getAttribute(name); },
  count({ page, at }) { return find(page, at).count(); },
  box({ page, at }) { return find(page, at).boundingBox(); },

  evaluate({ page, code }) { return page.evaluate(code); },

  // What has the focus, in the words of one who does not see.
  focus({ page }) {
    return page.evaluate(() => {
      const at = document.activeElement;
      const label = at.labels && at.labels[0];
      return {
        tag: at.tagName.toLowerCase(),
        name: (at.getAttribute("aria-label") || (label && label.innerText) || at.innerText || at.value || "").trim(),
        id: at.id,
        outline: getComputedStyle(at).outlineStyle,
      };
    });
  },

  async cookie({ page, name }) {
    const found = (await page.context().cookies()).find((cookie) => cookie.name === name);
    return found && found.value;
  },

  // Lets nothing through any more, or everything again.
  offline({ page, value }) { return page.context().setOffline(value); },
  resize({ page, width, height }) { return page.setViewportSize({ width, height }); },
  emulate({ page, scheme }) { return page.emulateMedia({ colorScheme: scheme }); },
  async screenshot({ page, path }) {
    await settled(page);
    await page.screenshot({ path, fullPage: true });
  },

  // What axe finds against WCAG 2.2 A and AA and its own rules of good practice.
  async axe({ page }) {
    await settled(page);
    await evaluated(page, AXE);
    const report = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    return report.violations.map(({ id, impact, help, nodes }) => ({
      id, impact, help, places: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
    }));
  },
};

// A colour on its way to another is neither.
function settled(page) {
  return page.evaluate(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)));
}

// A page's policy does not hold for what the browser itself is told to run.
async function evaluated(page, source) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: source });
  await session.detach();
}

// ---- the conversation

async function answer(command) {
  const state = command.page === undefined ? undefined : pages.get(command.page);
  try {
    if (command.page !== undefined && !state) throw new Error(`there is no page ${command.page}`);
    const value = await commands[command.do]({ ...command, state, number: command.page, page: state && state.page });
    return { id: command.id, value };
  } catch (error) {
    return { id: command.id, error: error.message.replace(/\u001b\[\d+m/g, "") };
  }
}

async function main() {
  // The browser's own sandbox does not start for root.
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  // Names of examples are of this machine.
  args.push("--disable-dev-shm-usage", "--host-resolver-rules=MAP *.example 127.0.0.1");
  browser = await chromium.launch({ executablePath: process.argv[2], args });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
  await browser.close();
}

main().catch((error) => {
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
  process.exitCode = 1;
});
