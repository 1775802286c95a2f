// On a phone: list, conversation and back, the menu, a number's page; nothing
// has to be scrolled sideways.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme({ number: `forwards: [{type: http, destination: "https://a-rather-long-name.of-a-host.example.test/with/a/path/that/does/not/end?and=more&of=it"}, {type: console, destination: Chat}]` }));
  await server.text(handset, desk, "A long word: " + "Donaudampfschifffahrt".repeat(8));
  await server.text("+14155550112", desk, "And a second one");
  const page = await j.page({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await j.signIn(page, ann);
  const look = async () => { await j.fits(page); await j.axes(page); };
  await j.step("the list", async () => {
    await look();
    assert.equal(await page.getByRole("region", { name: "Conversation", exact: true }).isVisible(), false);
  });
  await j.step("a conversation, in place of the list", async () => {
    await page.locator("#threads a").filter({ hasText: "long word" }).tap();
    await page.waitForURL(/\/inbox\/\d+/);
    await j.live(page);
    assert.equal(await page.locator("#threads").isVisible(), false);
    await page.getByLabel("Your answer").fill("On my way");
    const send = page.getByRole("button", { name: "Send", exact: true });
    await look();
    await send.tap();
    await page.locator("#thread .outbound").getByText("delivered").waitFor();
    const box = await page.locator("#thread .outbound").last().boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 844, `what was sent is not in sight: ${JSON.stringify(box)}`);
  });
  await j.step("back to the list", async () => {
    await page.getByRole("link", { name: "Back to the list" }).tap();
    await page.locator("#threads").getByText("On my way").waitFor();
  });
  await j.step("the menu leads to the numbers", async () => {
    assert.equal(await page.getByRole("link", { name: "Numbers" }).isVisible(), false, "the menu begins unfolded");
    await page.locator(".menu > summary").tap();
    await page.getByRole("link", { name: "Numbers" }).waitFor();
    await look();
    await page.getByRole("link", { name: "Numbers" }).tap();
    await page.waitForURL("**/numbers");
    await look();
  });
  await j.step("a number's page", async () => {
    await page.getByRole("link", { name: /906-0901/ }).tap();
    await page.waitForURL(/\/numbers\/./);
    await page.getByRole("heading", { name: "What it does" }).waitFor();
    await look();
  });
}
