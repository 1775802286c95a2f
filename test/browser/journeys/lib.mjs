// What a journey has at hand. See doc.go of test/browser.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

export { assert };

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// The sizes in which pages are looked at.
export const wide = { width: 1280, height: 800 };
export const narrow = { width: 360, height: 740 };

// colours is what can be wrong in the dark and not in the light.
const colours = ["color-contrast"];

const patience = 10_000; // ms that something may take to show

export class Journey {
  steps = []; // what was begun, in words
  failed; // the first of them that did
  troubles = []; // what no page may do
  #contexts = [];
  #allowed = []; // patterns of troubles that are part of the journey
  #shots = 0;
  #hosts = new Set();
  #ends = [];
  #session; // cookies of the last signIn

  constructor({ browser, ask, screenshots, pictures }) {
    this.browser = browser;
    this.ask = ask;
    this.screenshots = screenshots; // folder for what a failure leaves
    this.pictures = pictures; // folder for pictures taken on the way; "": none
  }

  // step does something under a name that a failure will tell.
  async step(name, what) {
    this.steps.push(name);
    try {
      return await what();
    } catch (error) {
      this.failed ??= name;
      throw error;
    }
  }

  // demo starts `wirechief demo`.
  async demo() {
    return this.#server(await this.ask("demo"));
  }

  // serve starts `wirechief serve` with a state file (YAML) and a simulator
  // called sim; more is further lines of the configuration.
  async serve(state, more = "") {
    return this.#server(await this.ask("serve", { state, more }));
  }

  // host says that pages may ask it, too.
  host(url) {
    this.#hosts.add(new URL(url).host);
  }

  #server(got) {
    this.server = new Server(this, got);
    this.host(got.url);
    return this.server;
  }

  // page opens a page of its own cookies. With signedIn it has those of the last
  // signIn. The other options are those of playwright's newContext, as
  // colorScheme, viewport, javaScriptEnabled.
  async page({ signedIn = false, ...options } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.server?.url,
      viewport: wide,
      locale: "en-US",
      reducedMotion: "reduce",
      storageState: signedIn ? this.#session : undefined,
      ...options,
    });
    context.setDefaultTimeout(patience);
    this.#contexts.push(context);
    context.on("request", (r) => {
      const u = new URL(r.url());
      if (!["data:", "blob:"].includes(u.protocol) && !this.#hosts.has(u.host)) {
        this.#trouble(`a request to ${u.host}: ${r.url()}`);
      }
    });
    context.on("weberror", (e) => this.#trouble(`uncaught: ${e.error()}`));
    context.on("console", (m) => {
      if (m.type() === "error") this.#trouble(`console: ${m.text()} (${m.location().url})`);
    });
    // Report-only policies and those that the console does not print.
    await context.exposeBinding("__violation", (_, text) => this.#trouble(`content policy: ${text}`));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (e) => {
        globalThis.__violation(`${e.effectiveDirective} forbids ${e.blockedURI} on ${e.documentURI}`);
      });
    });
    return context.newPage();
  }

  #trouble(text) {
    if (!this.#allowed.some((pattern) => pattern.test(text))) this.troubles.push(text);
  }

  // allow says that a trouble is part of the journey: Chromium writes to the
  // console of every answer of 400 and above, for one.
  allow(pattern) {
    this.#allowed.push(pattern);
  }

  // judge throws when a page did what no page may do.
  judge() {
    if (this.troubles.length > 0) {
      const list = this.troubles.splice(0);
      throw new Error(list.join("\n"));
    }
  }

  // axe checks what a page shows against WCAG 2.2 AA and axe's best practices.
  // It is evaluated through the debugger: a script tag is what the policy forbids.
  async axe(page, { without = [], only } = {}) {
    const debug = await page.context().newCDPSession(page);
    const evaluate = async (expression) => {
      const got = await debug.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (got.exceptionDetails) throw new Error("axe: " + (got.exceptionDetails.exception?.description ?? got.exceptionDetails.text));
      return got.result.value;
    };
    const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
    const options = {
      runOnly: only ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      rules,
      resultTypes: ["violations"],
    };
    if (!(await evaluate("'axe' in window"))) await evaluate(axeSource + ";undefined");
    const { violations } = await evaluate(`axe.run(document, ${JSON.stringify(options)})`);
    await debug.detach();
    const list = violations.flatMap((v) =>
      v.nodes.map((n) => `${v.id} (${v.impact}): ${v.help}\n    ${n.html.slice(0, 300)}\n    ${n.failureSummary.replaceAll("\n", "\n    ")}`),
    );
    assert.equal(list.length, 0, `axe finds on ${page.url()}:\n  ${list.join("\n  ")}`);
  }

  // axes judges a page in light and in dark.
  async axes(page, options) {
    await this.axe(page, options);
    await page.emulateMedia({ colorScheme: "dark" });
    await this.axe(page, { ...options, only: colours });
    await page.emulateMedia({ colorScheme: "light" });
  }

  // fits fails when a page has to be scrolled sideways.
  async fits(page) {
    const [across, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(across <= room, `${page.url()} is ${across} px wide in a window of ${room}`);
  }

  // live waits until a page has its stream.
  async live(page) {
    await page.locator("html[data-live=on]").waitFor();
  }

  // shot takes a picture of the page, the whole or what is in the window, for
  // people, when they ask for it.
  async shot(page, name, { fullPage = true } = {}) {
    if (this.pictures) {
      await mkdir(this.pictures, { recursive: true });
      await page.screenshot({ path: path.join(this.pictures, name + ".png"), fullPage });
    }
  }

  // looks checks a page in light, dark and narrow, and takes a picture of each.
  // go is given a page and brings it to where it is to be looked at.
  async looks(name, go, { signedIn = true } = {}) {
    const look = async (viewport, schemes) => {
      const page = await this.page({ signedIn, viewport });
      for (const [how, colorScheme] of schemes) {
        await this.step(`looks at ${name}, ${how}`, async () => {
          if (colorScheme === "light") await go(page);
          else await page.emulateMedia({ colorScheme });
          await this.axe(page, how === "dark" ? { only: colours } : {});
          await this.fits(page);
          await this.shot(page, `${name}-${how}`);
        });
      }
      await page.context().close();
    };
    const looked = await Promise.allSettled([
      look(wide, [["light", "light"], ["dark", "dark"]]),
      look(narrow, [["narrow", "light"]]),
    ]);
    const wrong = looked.filter((l) => l.reason).map((l) => l.reason.message);
    assert.equal(wrong.length, 0, wrong.join("\n\n"));
  }

  // signIn signs a person in and comes to the inbox.
  async signIn(page, { email, password } = this.server.login) {
    await page.goto("/signin");
    await page.getByLabel("Mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/inbox**");
    await this.live(page);
    this.#session = await page.context().storageState();
  }

  // autopsy keeps pictures of the pages as they stand after a failure.
  async autopsy() {
    const shots = [];
    for (const context of this.#contexts) {
      for (const page of context.pages()) {
        const file = path.join(this.screenshots, `failure-${++this.#shots}.png`);
        try {
          await mkdir(this.screenshots, { recursive: true });
          await page.screenshot({ path: file, fullPage: true, timeout: 5000 });
          await writeFile(file.replace(/png$/, "html"), `<!-- ${page.url()} -->\n` + (await page.content()));
          shots.push(`${file} (${page.url()})`);
        } catch (error) {
          shots.push(`no picture of ${page.url()}: ${error.message.split("\n")[0]}`);
        }
      }
    }
    return shots;
  }

  // atEnd is done when the journey is over.
  atEnd(what) {
    this.#ends.push(what);
  }

  async close() {
    await Promise.all(this.#contexts.map((context) => context.close().catch(() => {})));
    for (const end of this.#ends) await end();
  }
}

// Server is a running wirechief.
class Server {
  #journey;
  #id;

  constructor(journey, { id, ...got }) {
    this.#journey = journey;
    this.#id = id;
    Object.assign(this, got); // url, banner, token, admin, login {email, password}
  }

  // restart ends the server as an operator would and starts it again, with the
  // same data and address. The demo makes new credentials each time.
  async restart() {
    const { id, ...got } = await this.#journey.ask("restart", { server: this.#id });
    Object.assign(this, got);
  }

  // stop ends it; start starts it again.
  stop() {
    return this.#journey.ask("stop", { server: this.#id });
  }

  async start() {
    return this.restart();
  }

  // cli runs the program's command line against the server and gives what it prints.
  cli(...args) {
    return this.#journey.ask("cli", { server: this.#id, args });
  }

  // text plays a handset that texts a number.
  text(from, to, text) {
    return this.cli("sim", "text", "--from", from, "--to", to, text);
  }

  // api asks the own API, as the tenant unless a token is given.
  async api(method, at, body, token = this.token) {
    const answer = await fetch(this.url + "/wirechief/v1" + at, {
      method,
      headers: { Authorization: "Bearer " + token, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${at} answers ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }
}
