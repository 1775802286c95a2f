// Another phone is added to a number: it gets the text with what stands before
// and after it. Our own number and what is none are refused where they stand.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";
import { refused } from "../forms.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  const page = await j.page();
  await j.signIn(page, ann);
  await page.goto(`/numbers/${desk}?add=sms`);
  const phone = page.getByLabel("Phone", { exact: true });
  for (const wrong of ["12", "my phone"]) await refused(j, page, phone, wrong);
  await refused(j, page, phone, desk);
  await j.axes(page);
  await j.step("a good one is taken", async () => {
    await phone.fill("+14155550199");
    await page.getByLabel("Before the text").fill("Desk: ");
    await page.getByLabel("After the text").fill(" (end)");
    await page.locator("#forward").getByRole("button", { name: "Save" }).click();
    await page.getByText('before it "Desk: "').waitFor();
  });
  await j.step("a text goes there as a text, and the wire says so without a reload", async () => {
    await j.live(page);
    await server.text(handset, desk, "On to the phone");
    await page.locator("#wiring .outs").getByText("delivered").waitFor();
    const [sent] = await server.api("GET", "/messages?direction=outbound&limit=1", undefined, "acme-token");
    assert.equal(sent.to, "+14155550199");
    assert.equal(sent.text, "Desk: On to the phone (end)");
  });
}
