// A text is sent later: it is seen to be scheduled, and canceled before.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  await server.text(handset, desk, "Remind me tomorrow");
  const page = await j.page();
  await j.signIn(page, ann);
  await page.locator("#threads a").first().click();
  await page.waitForURL(/\/inbox\/\d+/);
  await j.live(page);
  await j.step("it is written for tomorrow", async () => {
    await page.getByLabel("Your answer").fill("This is your reminder");
    await page.locator(".composer summary").click();
    const at = new Date(Date.now() + 24 * 3600 * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16);
    await page.getByLabel("Send at").fill(at);
    await j.axes(page);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator("#thread .outbound").getByText("scheduled").waitFor();
  });
  await j.step("its page says when", async () => {
    await page.locator("#thread .outbound").getByRole("link", { name: "scheduled" }).click();
    await page.waitForURL("**/messages/*");
    await page.locator("#timeline").getByText(/scheduled/i).first().waitFor();
    await j.axes(page);
  });
  await j.step("it is canceled, and never sent", async () => {
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator("#timeline").getByText(/canceled/i).first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Cancel" }).count(), 0);
    const [m] = await server.api("GET", "/messages?direction=outbound&limit=1", undefined, "acme-token");
    assert.equal(m.status, "canceled");
  });
}
