// Runs journeys, one at a time, as browser_test.go says on standard input; see
// doc.go. Standard output is for answers, so whatever else is printed goes to
// standard error.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { Journey } from "./journeys/lib.mjs";

console.log = console.info = console.error;

const send = (message) => process.stdout.write(JSON.stringify(message) + "\n");

// What journeys have asked for and wait for.
const asked = new Map();
let asks = 0;

function ask(what, given = {}) {
  return new Promise((resolve, reject) => {
    asked.set(++asks, { resolve, reject });
    send({ ask: what, id: asks, given });
  });
}

const browser = await chromium.launch({
  executablePath: process.argv[2],
  headless: true,
  chromiumSandbox: false,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Names lead nowhere: nothing leaves this machine, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
});
send({ ready: browser.version() });

// late ends the journey under way when it has taken too long.
let late = () => {};

async function run({ file, screenshots, pictures }) {
  const journey = new Journey({ browser, ask, screenshots, pictures });
  try {
    const walk = (await import(pathToFileURL(file))).default;
    const tooLate = new Promise((_, reject) => (late = () => reject(new Error("the journey takes too long"))));
    await Promise.race([walk(journey), tooLate]);
    journey.judge();
    send({ done: file, steps: journey.steps });
  } catch (error) {
    const shots = await journey.autopsy();
    const trouble = journey.troubles.map((t) => "  " + t).join("\n");
    send({
      done: file,
      steps: journey.steps,
      failed: journey.failed ?? journey.steps.at(-1) ?? "start",
      error: String(error?.stack ?? error) + (trouble ? "\nmeanwhile:\n" + trouble : ""),
      shots,
    });
  } finally {
    await journey.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.run) {
    run(message.run);
  } else if (message.late) {
    late();
  } else {
    const waits = asked.get(message.id);
    asked.delete(message.id);
    if (message.error) waits?.reject(new Error(message.error));
    else waits?.resolve(message.got);
  }
}
await browser.close();
