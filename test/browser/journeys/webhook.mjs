// A webhook fails. Within a few clicks it is known why, by the request and its
// answer; the URL is mended, and what was missed is replayed: one, then many.
import { assert } from "./lib.mjs";
import { acme, ann, desk, endpoint, handset } from "../house.mjs";

export default async function (j) {
  const there = await endpoint(j, 404);
  there.answer = "no such page: /textz";
  const server = await j.serve(acme({ tenant: `webhooks: [{name: Shop, url: "${there.url}", method: POST}]`, number: "webhook: Shop" }), "delivery: {schedule: [0s]}\n");
  for (const text of ["First order", "Second order", "Third order"]) await server.text(handset, desk, text);
  const page = await j.page();
  await j.signIn(page, ann);
  await j.step("the number's wire says that it fails, and leads to the log", async () => {
    await page.goto("/numbers/" + desk);
    await page.locator("#wiring .outs > li").filter({ hasText: "Webhook Shop" }).getByRole("link", { name: /404/ }).click();
    await page.waitForURL("**/webhooks/log/*");
  });
  await j.step("the log shows request and answer", async () => {
    await page.getByText("Request and answer").first().click();
    const raw = await page.locator("#tries pre").first().innerText();
    assert.match(raw, /POST \/texts/);
    assert.match(raw, /no such page: \/textz/);
    await j.axes(page);
    await j.shot(page, "why");
  });
  await j.step("the URL is mended on the bench, and tested", async () => {
    await page.goto("/webhooks");
    await j.axes(page);
    await page.getByRole("link", { name: "Shop", exact: true }).click();
    await page.getByLabel("URL").fill(there.url.replace("texts", "orders"));
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    there.status = 200;
    there.answer = "OK";
    await page.getByRole("button", { name: "Test Shop" }).click();
    await page.waitForURL("**/webhooks/log/*");
    await page.locator("#tries").getByText("delivered").first().waitFor();
    assert.equal(there.got.at(-1).url, "/orders");
  });
  await j.step("one of the missed is replayed", async () => {
    await page.goto("/webhooks/log?kind=webhook&destination=" + encodeURIComponent(there.url));
    const first = page.locator("tbody tr").last();
    const before = there.got.length;
    await first.getByRole("link").first().click();
    await page.waitForURL("**/webhooks/log/*");
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("status").waitFor();
    await page.locator("#tries").getByText("delivered").first().waitFor();
    assert.equal(there.got.length, before + 1);
    assert.match(there.got.at(-1).body, /First/);
  });
  await j.step("the others together", async () => {
    await page.goto("/webhooks/log?kind=webhook");
    await j.live(page);
    await j.axes(page);
    const before = there.got.length;
    await page.getByLabel("All on this page").check();
    await page.getByRole("button", { name: "Replay those ticked" }).click();
    await page.getByRole("status").waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll("tbody .badge")].every((b) => b.textContent === "delivered"));
    assert.ok(there.got.length >= before + 2, `${there.got.length - before} were told`);
  });
}
