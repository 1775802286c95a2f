// What arrives shows in pages that are open, without a reload and without
// taking anything from who is typing.
import { assert } from "./lib.mjs";

export default async function (j) {
  const server = await j.demo();
  const page = await j.page();
  await j.step("signs in", () => j.signIn(page));
  await j.step("the stream is open", () => page.locator("html[data-live=on]").waitFor());
  const row = (text) => page.locator('a[href^="/inbox/"]').filter({ hasText: text });
  await j.step("a text shows in the inbox and in the title", async () => {
    await server.text("+14155551212", "+13109060901", "First of all");
    await row("First of all").waitFor();
    await page.waitForFunction(() => document.title.startsWith("(1) "));
  });
  await j.step("who opens the conversation has read it", async () => {
    await row("First of all").click();
    await page.waitForURL(/\/inbox\/\d+/);
    await page.locator("html[data-live=on]").waitFor();
    await page.waitForFunction(() => !document.title.startsWith("("));
  });
  await j.step("the next text stands in the open conversation, and what is being typed stays", async () => {
    const composer = page.locator("main textarea").first();
    await composer.fill("Half of an ans");
    await composer.evaluate((e) => e.setSelectionRange(4, 6));
    await server.text("+14155551212", "+13109060901", "Second thoughts");
    await page.locator("main").getByText("Second thoughts").first().waitFor();
    const kept = await composer.evaluate((e) => [e.value, e.selectionStart, e.selectionEnd, e === document.activeElement]);
    assert.deepEqual(kept, ["Half of an ans", 4, 6, true]);
  });
  await j.step("a text that came to somebody else's page is there, too", async () => {
    const other = await page.context().newPage();
    await other.goto("/messages");
    await other.locator("html[data-live=on]").waitFor();
    await server.text("+14155559999", "+13109060902", "To the other number");
    await other.locator("main").getByText("To the other number").first().waitFor();
    await other.close();
  });
  await j.axe(page);
}
