// A text that arrives is in the list, in the open conversation, in the counter
// and in the title, and nobody has reloaded anything.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset, sales } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  const page = await j.page();
  await j.step("Ann signs in; nothing is there yet", async () => {
    await j.signIn(page, ann);
    await page.locator("#main").getByText("Nothing here").waitFor();
    await j.axes(page);
  });
  const log = await page.context().newPage();
  await j.step("nor in the message log", async () => {
    await log.goto("/messages");
    await j.live(log);
    await log.getByText("No messages").waitFor();
    assert.equal(await log.getByRole("table").isVisible(), false);
  });
  await page.evaluate(() => { window.never = "reloaded"; });
  const rows = page.locator("#threads > li");
  await j.step("the first text takes its place in the list", async () => {
    await server.text(handset, desk, "Is the blue van free on Friday?");
    await rows.filter({ hasText: "blue van" }).waitFor();
    await page.locator("#main").getByText("Nothing here").waitFor({ state: "hidden" });
    await log.getByRole("table").getByText("blue van").waitFor();
    await log.getByText("No messages").waitFor({ state: "hidden" });
    await log.close();
  });
  await j.step("it is counted in the menu and in the title", async () => {
    await page.locator("#unread").filter({ hasText: /^1/ }).waitFor();
    assert.equal(await page.title(), "(1) Inbox · Wirechief");
  });
  await j.step("who texts last stands first", async () => {
    await server.text("+14155550112", sales, "How much for two rooms?");
    await rows.filter({ hasText: "two rooms" }).waitFor();
    assert.match(await rows.first().innerText(), /two rooms/);
    await server.text(handset, desk, "Or on Saturday?");
    await rows.filter({ hasText: "Saturday" }).waitFor();
    assert.match(await rows.first().innerText(), /Or on Saturday\?[\s\S]*2/);
    assert.equal(await rows.count(), 2);
    assert.equal(await page.title(), "(2) Inbox · Wirechief");
    assert.equal(await page.evaluate(() => window.never), "reloaded");
  });
  await j.step("in the open conversation it stands below the last, and is read at once", async () => {
    await rows.first().getByRole("link").click();
    await page.waitForURL(/\/inbox\/\d+/);
    await j.live(page);
    await page.waitForFunction(() => document.title.startsWith("(1) "));
    await server.text(handset, desk, "Sunday would do, too");
    const last = page.locator("#thread > li").last();
    await last.getByText("Sunday would do, too").waitFor();
    await page.waitForFunction(() => {
      const box = document.getElementById("thread").lastElementChild.getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    });
    await page.waitForFunction(() => document.title.startsWith("(1) "));
    await page.locator("#threads > li").first().locator(".count").waitFor({ state: "hidden" });
    await j.axes(page);
  });
}
