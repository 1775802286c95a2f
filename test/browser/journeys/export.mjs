// A conversation is taken out as CSV, as JSON and as paper; what was written to
// do harm is only text in each, and on the pages.
import { readFile } from "node:fs/promises";
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";

const hostile = [
  "=HYPERLINK(\"http://evil.test\",\"click\")",
  "<script>alert(1)</script><img src=x onerror=alert(2)>",
  "{{.Secret}} ${7*7} %0d%0aSet-Cookie: a=b",
  "\u202Egnp.exe\u0007 \"quoted\", and; parted",
];

export default async function (j) {
  const server = await j.serve(acme());
  for (const text of hostile) {
    await server.api("POST", "/sim/texts", { from: handset, to: desk, text }, "operator-token");
  }
  const page = await j.page();
  page.on("dialog", () => assert.fail("a text has run"));
  await j.signIn(page, ann);
  await page.locator("#threads a").first().click();
  await j.step("on the page it is text", async () => {
    await page.locator("#thread").getByText(hostile[1]).waitFor();
    await page.locator("#thread").getByText("{{.Secret}} ${7*7}").waitFor();
    await j.axes(page);
  });
  const take = async (name) => {
    await page.locator(".threadhead summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    await page.locator(".threadhead summary").click();
    return readFile(await download.path(), "utf8");
  };
  await j.step("in the CSV no cell is a formula", async () => {
    const csv = await take("CSV");
    assert.match(csv, /evil\.test/);
    assert.doesNotMatch(csv, /(^|,)"?=HYPERLINK/m);
    assert.match(csv, /<script>alert\(1\)<\/script>/);
  });
  await j.step("the JSON has the texts as they came", async () => {
    const json = JSON.stringify(JSON.parse(await take("JSON")));
    for (const text of hostile) assert.ok(json.includes(JSON.stringify(text).slice(1, -1)), text);
  });
  await j.step("on paper it is text", async () => {
    await page.locator(".threadhead summary").click();
    await page.getByRole("link", { name: "Print" }).click();
    await page.waitForURL("**/print");
    await page.getByText(hostile[1]).waitFor();
    await j.axes(page);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("header.side").isVisible(), false);
  });
}
