// Two people at two browsers: who has a conversation shows at the other's at
// once, and who acts on what was true before is told.
import { assert } from "./lib.mjs";
import { acme, ann, bob, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  await server.text(handset, desk, "Who takes this?");
  const [anns, bobs] = [await j.page(), await j.page()];
  await j.step("both look at it", async () => {
    for (const [page, who] of [[anns, ann], [bobs, bob]]) {
      await j.signIn(page, who);
      await page.locator("#threads a").first().click();
      await page.waitForURL(/\/inbox\/\d+/);
      await j.live(page);
    }
  });
  const assign = async (page, name) => {
    await page.locator(".threadhead summary").click();
    await page.getByLabel("Assigned to").selectOption({ label: name });
    await page.getByRole("button", { name: "Assign", exact: true }).click();
  };
  await j.step("Ann gives it to Bob, who sees it without a reload", async () => {
    await bobs.evaluate(() => { window.never = "reloaded"; });
    await assign(anns, "Bob Bream");
    await bobs.locator("#threadstate").getByText("Bob Bream looks after this").waitFor();
    await bobs.locator("#thread").getByText("Ann Aldous assigned this to Bob Bream").waitFor();
    await bobs.locator("#threads").getByText("Bob Bream").waitFor();
    assert.equal(await bobs.evaluate(() => window.never), "reloaded");
    await j.axes(anns);
  });
  await j.step("Bob's page still thinks that it is nobody's: he is told", async () => {
    j.allow(/status of 409 /);
    await bobs.locator(".threadhead summary").click();
    assert.deepEqual(await bobs.getByLabel("Assigned to").locator("option").allTextContents(), ["nobody", "Ann Aldous", "Bob Bream"]);
    await bobs.locator(".threadhead summary").click();
    await assign(bobs, "Ann Aldous");
    await bobs.getByRole("alert").getByText(/Bob Bream/).waitFor();
    await bobs.locator("#threadstate").getByText("Bob Bream looks after this").waitFor();
    await j.axes(bobs);
  });
  await j.step("it is among Bob's", async () => {
    await bobs.goto("/inbox?view=mine");
    await bobs.locator("#threads").getByText("Who takes this?").waitFor();
    await anns.goto("/inbox?view=unassigned");
    assert.equal(await anns.locator("#threads > li").count(), 0);
  });
}
