// Who is blocked does not pop up any more: no conversation, no count, no title.
// What they send is kept in the message log.
import { assert } from "./lib.mjs";
import { acme, ann, desk, endpoint, handset } from "../house.mjs";

export default async function (j) {
  const there = await endpoint(j);
  const server = await j.serve(acme({ number: `forwards: [{type: http, destination: "${there.url}"}]` }));
  await server.text(handset, desk, "Buy my watches");
  const page = await j.page();
  await j.signIn(page, ann);
  await j.step("the conversation is blocked", async () => {
    await page.locator("#threads a").filter({ hasText: "watches" }).click();
    await page.locator(".threadhead summary").click();
    await page.getByRole("button", { name: "Block" }).click();
    await page.locator("#threadstate").getByText("Blocked: what they send").waitFor();
    await j.axes(page);
  });
  await j.step("their next text shows nowhere, and is told to nobody", async () => {
    await page.goto("/inbox");
    await j.live(page);
    await page.waitForFunction(() => document.title === "Inbox · Wirechief");
    await server.text(handset, desk, "Cheap watches again");
    await server.text("+14155550112", desk, "A real question"); // when this is there, the other would be
    await page.locator("#threads").getByText("A real question").waitFor();
    assert.equal(await page.getByText("Cheap watches again").count(), 0);
    await page.waitForFunction(() => document.title === "(1) Inbox · Wirechief");
    await page.waitForFunction(() => document.querySelector("#unread").textContent.startsWith("1"));
    await there.told(2);
    assert.deepEqual(there.got.map((g) => /watches again/.test(g.body)), [false, false]);
  });
  await j.step("the message log has it, and says why it went no further", async () => {
    await page.goto("/messages");
    await page.locator("tr").filter({ hasText: "Cheap watches again" }).getByRole("link").first().click();
    await page.locator("#timeline").getByText(/block/i).first().waitFor();
    await j.axes(page);
  });
}
