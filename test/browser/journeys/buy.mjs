// Numbers are held in a basket whose countdown is in sight. One is bought; the
// other expires, which is a state and not an error.
import { assert } from "./lib.mjs";
import { acme, ann } from "../house.mjs";

const offers = `offers:
  - {number: "+15105574992", carrier: sim, capabilities: [voice, sms, mms], location: CA, price: "1.00", address: none}
  - {number: "+15105550101", carrier: sim, capabilities: [voice, sms], location: CA, price: "1.50", address: none}
  - {number: "+12405550102", carrier: sim, capabilities: [sms], location: MD, price: "2.00", address: none}
`;

export default async function (j) {
  await j.serve(acme({ offers }), "numbers: {reservation: 5s}\n");
  const page = await j.page();
  await j.signIn(page, ann);
  const basket = page.getByRole("region", { name: "Basket" });
  await j.step("letters find a number", async () => {
    await page.goto("/buy");
    assert.equal(await page.locator("tbody tr").count(), 3);
    await page.getByLabel("Digits or letters").fill("PIZZA");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/contains=PIZZA/);
    assert.equal(await page.locator("tbody tr").count(), 1);
    assert.match(await page.locator("tbody").innerText(), /1\.00/);
  });
  await j.step("it is held, for a time that is told", async () => {
    await page.getByRole("button", { name: /Hold/ }).click();
    await basket.getByText(/0:0\d left/).waitFor();
    assert.match(page.url(), /contains=PIZZA/, "the search is lost");
  });
  await j.step("it is bought", async () => {
    await basket.getByRole("button", { name: "Buy" }).click();
    await page.getByRole("status").filter({ hasText: "+15105574992" }).waitFor();
    await page.goto("/numbers");
    await page.getByRole("link", { name: "+1 (510) 557-4992" }).waitFor();
  });
  await j.step("what is held too long says that it has expired, and is on offer again", async () => {
    await page.goto("/buy?area=240");
    await page.getByRole("button", { name: /Hold/ }).click();
    await basket.getByText(/0:0\d left/).waitFor();
    await j.axe(page);
    await basket.getByText(/expired/i).waitFor();
    assert.equal(await basket.getByRole("button", { name: "Buy" }).count(), 0, "it can still be bought");
    await j.axes(page);
    await basket.getByRole("link", { name: "Search again" }).click();
    // It is on offer again when the house has swept, within a second or so.
    const again = page.getByRole("button", { name: /Hold.*\+12405550102/ });
    for (let n = 0; n < 100 && !(await again.count()); n++) await page.reload();
    await again.waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
  });
}
