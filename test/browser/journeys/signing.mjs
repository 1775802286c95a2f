// A destination is signed: its secret is shown once, rotated beside the old one,
// rotated at once after a question, and taken away. The page that shows it is
// looked at as it is the answer to a form, for it has no address.
import { assert, narrow, wide } from "./lib.mjs";
import { acme, ann, endpoint } from "../house.mjs";

export default async function (j) {
  const far = await endpoint(j);
  const server = await j.serve(acme());
  const made = await server.api("POST", "/endpoints", { url: far.url, events: ["message.received"], description: "CRM", enabled: true }, "acme-token");
  const page = await j.page();
  await j.signIn(page, ann);
  const secrets = [];
  const shown = async (name) => {
    await page.getByRole("heading", { level: 1, name: "Your new secret" }).waitFor();
    const secret = await page.locator("#secret").innerText();
    assert.match(secret, /^whsec_[A-Za-z0-9+/=]{32,}$/);
    assert.ok(!secrets.includes(secret) && !page.url().includes(secret));
    secrets.push(secret);
    await page.getByRole("button", { name: "Copy the secret" }).waitFor();
    await j.axes(page);
    await j.shot(page, name + "-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await j.shot(page, name + "-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(narrow);
    await j.axe(page);
    await j.fits(page);
    await j.shot(page, name + "-narrow");
    await page.setViewportSize(wide);
    await page.getByRole("link", { name: "I have the secret" }).click();
    await page.waitForURL("**/webhooks");
    for (const s of secrets) assert.ok(!(await page.content()).includes(s), "a secret is shown again");
  };
  const main = page.getByRole("main");
  const open = async () => {
    await page.goto("/webhooks");
    await j.live(page);
  };
  await j.step("it is signed, and shown the secret once", async () => {
    await open();
    await main.getByRole("button", { name: /^Sign/ }).first().click();
    await shown("secret");
  });
  await j.step("it is rotated: the old one signs beside it", async () => {
    await open();
    await page.getByRole("button", { name: /^Rotate secret/ }).click();
    await page.getByText("signs beside it until").waitFor();
    await shown("rotated");
  });
  await j.step("rotated again it asks, for both end at once", async () => {
    await open();
    await page.getByRole("button", { name: /^Rotate secret/ }).click();
    await page.getByRole("alertdialog", { name: /end at once/ }).getByRole("button", { name: /^Rotate/ }).click();
    await page.getByRole("heading", { name: "Your new secret" }).waitFor();
    assert.equal(await page.getByText("signs beside it until").count(), 0);
    await shown("again");
  });
  await j.step("what goes there carries a signature", async () => {
    await page.goto("/endpoints/" + made.id);
    await main.getByRole("button", { name: "Test" }).click();
    await far.told(1);
    await page.getByText("webhook-signature").first().waitFor({ state: "attached" });
  });
  await j.step("it is taken away", async () => {
    await open();
    await page.getByRole("button", { name: /^Remove secret/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: /^Remove/ }).click();
    await page.locator(".flash").getByText("not signed any more").waitFor();
  });
}
