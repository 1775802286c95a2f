// One text to many, from pasted lines: a preview that says what would come of
// it, the start, the progress as it goes, the results.
import { readFile } from "node:fs/promises";
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";
import { refused } from "../forms.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  await server.text(handset, desk, "STOP");
  const rows = Array.from({ length: 20 }, (_, i) => `+1415555${String(1000 + i)},Person ${i}`);
  const csv = ["to,name", ...rows, `${handset},Out`, "nonsense,Nobody"].join("\n");
  const page = await j.page();
  await j.signIn(page, ann);
  await page.goto("/bulk");
  await j.axes(page);
  await page.getByRole("link", { name: "New bulk send" }).click();
  await page.getByLabel("Name").fill("Summer notice");
  await page.getByLabel("Text", { exact: true }).fill("Hello {{name}}, we are closed on Monday.");
  await j.step("what cannot be read is refused, and the rest stays", async () => {
    await refused(j, page, page.getByLabel("Or paste its lines"), "name\nNobody", /to/);
    assert.equal(await page.getByLabel("Name").inputValue(), "Summer notice");
  });
  await j.step("the preview says what would come of it", async () => {
    await page.getByLabel("Or paste its lines").fill(csv);
    await page.getByRole("button", { name: "Preview" }).click();
    await page.waitForURL(/\/bulk\/\d+/);
    await page.locator("#bulkprogress").getByText("0 of").waitFor();
    const facts = await page.locator("dl.facts").innerText();
    assert.match(facts, /Rows\s+22/);
    assert.match(facts, /Opted out or suppressed\s+1/);
    assert.match(facts, /Cannot be sent\s+[12]/);
    await page.locator("tbody").getByText("Hello Person 0, we are closed").waitFor();
    await j.axes(page);
    const sent = await server.api("GET", "/messages?direction=outbound&limit=9", undefined, "acme-token");
    assert.equal(sent.length, 0, "a preview sends nothing");
  });
  await j.step("it is started, and its progress shows without a reload", async () => {
    await j.live(page);
    await page.getByRole("button", { name: /^Send \d+/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: /^Send \d+/ }).click();
    await page.locator("#bulkprogress").getByText("done", { exact: true }).waitFor();
    await page.locator("#bulkprogress").getByText(/^(\d+) of \1 done$/).waitFor();
    await j.axes(page);
  });
  await j.step("the results are taken out", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Results" }).click()]);
    const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
    assert.equal(lines.length, 23);
  });
}
