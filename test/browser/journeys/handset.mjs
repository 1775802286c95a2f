// The handset of the demo stays as it is from page to page: open, with its line,
// what is half written, and its screen; closed, it stays closed.
import { assert } from "./lib.mjs";

export default async function (j) {
  await j.demo();
  const page = await j.page();
  await j.signIn(page);
  const box = page.locator("details.handset"), say = box.getByLabel("Text", { exact: true }), line = box.getByLabel("Text this number");
  await j.step("it is opened, and used", async () => {
    await box.locator("summary").click();
    await line.selectOption({ index: 1 });
    for (let i = 1; i <= 6; i++) {
      await say.fill(`Text ${i} of the handset, long enough to fill two lines`);
      await say.press("Enter");
      await box.locator("#screen").getByText(`Text ${i} of`).waitFor();
    }
    await say.fill("half writ");
  });
  await j.step("another page has it as it was", async () => {
    const chosen = await line.inputValue();
    await page.getByRole("link", { name: "Numbers" }).click();
    await page.waitForURL("**/numbers");
    await say.waitFor();
    assert.deepEqual([await line.inputValue(), await say.inputValue()], [chosen, "half writ"]);
    const left = await box.locator("#screen").evaluate((s) => s.scrollHeight - s.scrollTop - s.clientHeight);
    assert.ok(left < 8, `the newest text is ${left} px below`);
    await j.axe(page);
    await j.shot(page, "open", { fullPage: false });
  });
  await j.step("closed, it stays closed", async () => {
    await box.locator("summary").click();
    await page.getByRole("link", { name: "Messages" }).click();
    await page.waitForURL("**/messages");
    await j.live(page);
    assert.equal(await box.getAttribute("open"), null);
  });
}
