// What cannot be undone is asked about first: the harmless answer has the focus,
// Escape is that answer, the focus comes back, and yes does it. Without scripts the
// form is sent as it is. No page asks in a box of the browser's own.
import { assert } from "./lib.mjs";
import { acme, ann, desk } from "../house.mjs";

export default async function (j) {
  await j.serve(acme());
  const page = await j.page();
  page.on("dialog", () => assert.fail("the browser asks"));
  await j.signIn(page, ann);
  const at = "/numbers/" + encodeURIComponent(desk);
  const release = page.getByRole("button", { name: /^Release/ });
  const dialog = page.getByRole("alertdialog", { name: /^Release/ });
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  const press = async (answer) => {
    await page.goto(at);
    await j.live(page);
    await page.locator("details:not([open])").filter({ has: page.locator("[data-confirm]") }).evaluateAll((all) => all.forEach((d) => { d.open = true; }));
    await release.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    assert.equal(await focused(), "Go back");
    await j.axes(page);
    if (answer) await answer();
  };
  await j.step("Escape does nothing, and the focus comes back", async () => {
    await press(() => page.keyboard.press("Escape"));
    await dialog.waitFor({ state: "detached" });
    assert.match(await focused(), /^Release/);
    assert.equal(await page.locator("dialog.ask").count(), 0);
  });
  await j.step("so does Go back, and it is asked again", async () => {
    await press(() => page.keyboard.press("Enter"));
    await dialog.waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await j.shot(page, "ask");
  });
  await j.step("yes does it", async () => {
    await press(async () => { await page.keyboard.press("Tab"); await page.keyboard.press("Enter"); });
    await page.waitForURL((u) => u.pathname === "/numbers");
    await page.locator(".flash").getByText("is released").waitFor();
  });
  await j.step("without scripts the form is sent", async () => {
    const plain = await j.page({ signedIn: true, javaScriptEnabled: false });
    await plain.goto("/settings/templates/new");
    await plain.getByLabel("Name").fill("Hours");
    await plain.getByLabel("Text").fill("Nine to five");
    await plain.getByRole("button", { name: "Save" }).click();
    await plain.getByRole("link", { name: "Hours" }).click();
    await plain.getByRole("button", { name: "Delete" }).click();
    await plain.locator(".flash").waitFor();
    assert.equal(await plain.getByRole("link", { name: "Hours" }).count(), 0);
  });
}
