// STOP: the thread says so, answers are refused with how that is lifted. START
// lifts it.
import { assert } from "./lib.mjs";
import { acme, bob, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  await server.text(handset, desk, "STOP 12345 is my parcel's number");
  const page = await j.page();
  await j.signIn(page, bob);
  await page.locator("#threads a").first().click();
  await page.waitForURL(/\/inbox\/\d+/);
  await j.live(page);
  const state = page.locator("#threadstate");
  await j.step("a text that only begins with the word is none", async () => {
    assert.equal(await state.getByText("opted out").count(), 0);
  });
  await j.step("STOP puts up the banner, live", async () => {
    await server.text(handset, desk, "STOP");
    await state.getByText(/They have opted out with “STOP”/).waitFor();
    await j.axes(page);
  });
  await j.step("an answer is refused, with how it is lifted, and is not lost", async () => {
    j.allow(/status of 4\d\d /);
    await page.getByLabel("Your answer").fill("But we have an offer");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /START/);
    assert.equal(await page.getByLabel("Your answer").inputValue(), "But we have an offer");
    await j.axes(page);
    await j.shot(page, "refused");
  });
  await j.step("START takes it down, live, and the answer goes", async () => {
    await j.live(page);
    await server.text(handset, desk, "START");
    await state.getByText("opted out").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator("#thread .outbound").filter({ hasText: "But we have an offer" }).getByText("delivered").waitFor();
  });
}
