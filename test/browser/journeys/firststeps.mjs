// The demo: a handset in the corner texts and is texted, and the first steps
// tick themselves.
import { assert } from "./lib.mjs";

export default async function (j) {
  await j.demo();
  const page = await j.page();
  await j.signIn(page);
  const steps = page.locator("#checklist");
  const done = (name) => steps.locator("li.done").filter({ hasText: name }).waitFor();
  await j.step("nothing is done yet", async () => {
    await steps.getByText("0 of 4").waitFor();
    await j.axes(page);
  });
  await j.step("the handset texts, and the first step ticks itself", async () => {
    await page.locator(".handset > summary").click();
    await page.getByLabel("Text", { exact: true }).fill("Hello from the handset");
    await page.locator(".phone").getByRole("button", { name: "Send" }).click();
    await page.locator("#threads").getByText("Hello from the handset").waitFor();
    await page.locator("#screen .own").getByText("Hello from the handset").waitFor();
    await done("Receive a text");
    await steps.getByText("1 of 4").waitFor();
    await j.axes(page);
  });
  await j.step("it is answered, the handset has it, and the second step ticks itself", async () => {
    await page.locator("#threads a").first().click();
    await page.waitForURL(/\/inbox\/\d+/);
    await j.live(page);
    await page.locator(".handset > summary").click();
    await page.getByLabel("Your answer").fill("Hello handset");
    await page.locator(".composer").getByRole("button", { name: "Send" }).press("Enter");
    await done("Send a text");
    await page.locator(".handset > summary").click();
    await page.locator("#screen").getByText("Hello handset").waitFor();
    await page.locator(".handset > summary").click();
  });
  await j.step("a forward ticks the third, which is seen live from another window", async () => {
    await page.goto("/inbox");
    await j.live(page);
    const other = await page.context().newPage();
    await other.goto("/numbers/%2B13109060901?add=console");
    await other.locator("#forward").getByRole("button", { name: "Save" }).click();
    await other.getByText("Saved.").waitFor();
    await other.close();
    await done("Forward what arrives");
    assert.match(await steps.innerText(), /3 of 4/);
  });
}
