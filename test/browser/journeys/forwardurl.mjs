// A URL is added to a number; wrong ones are refused where they stand.
import { assert } from "./lib.mjs";
import { acme, ann, desk, endpoint, handset } from "../house.mjs";
import { refused } from "../forms.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  const there = await endpoint(j);
  const page = await j.page();
  await j.signIn(page, ann);
  await page.goto("/numbers/" + desk);
  await page.getByText("Nothing yet: texts are kept").waitFor();
  await page.getByRole("link", { name: "URL" }).click();
  const url = page.getByLabel("URL", { exact: true });
  for (const wrong of ["not a url", "ftp://example.test/x", "http://"]) {
    await refused(j, page, url, wrong);
  }
  await j.axes(page);
  await j.step("a good one is taken, with how it wants to be told", async () => {
    await url.fill(there.url + "?key=kept");
    await page.getByLabel("Encoding").selectOption("JSON");
    await page.getByLabel("With who we are in the body").check();
    await page.locator("#forward").getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    const wire = page.locator("#wiring .outs > li").filter({ hasText: there.url });
    assert.match(await wire.innerText(), /POST, json, as Message2Give/);
  });
  await j.step("a text goes there, and the wire says so without a reload", async () => {
    await j.live(page);
    await server.text(handset, desk, "To the URL");
    await page.locator("#wiring .outs").getByText("delivered").waitFor();
    assert.equal(there.got.length, 1);
    assert.equal(there.got[0].url, "/texts?key=kept");
    assert.match(there.got[0].body, /"To the URL"/);
  });
  await j.step("it is switched off, and removed", async () => {
    await page.locator("#wiring .outs").getByRole("link", { name: there.url }).click();
    await page.getByLabel("Switched on").first().uncheck();
    await page.locator("#forward").getByRole("button", { name: "Save" }).click();
    await page.locator("#wiring .outs").getByText("off", { exact: true }).waitFor();
    await page.locator("#wiring .outs").getByRole("link", { name: there.url }).click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText("Nothing yet: texts are kept").waitFor();
  });
}
