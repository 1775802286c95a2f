// The whole work at the inbox without a mouse: in, through the list, answer,
// archive, search, help and out of each; the focus is always in sight.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  for (const [from, text] of [[handset, "The oldest"], ["+14155550112", "The middle one"], ["+14155550113", "The newest"]]) await server.text(from, desk, text);
  const page = await j.page();
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = () => page.evaluate(() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
    return {
      text: (e.innerText ?? e.value ?? "").trim(), name: e.name ?? "", tag: e.localName,
      seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && box.bottom > 0 && box.top < innerHeight,
    };
  });
  await j.step("signs in", async () => {
    await page.goto("/signin");
    await press("Tab", "Tab");
    await page.keyboard.type(ann.email);
    await press("Tab");
    await page.keyboard.type(ann.password);
    await press("Enter");
    await page.waitForURL("**/inbox");
    await j.live(page);
  });
  await j.step("the first Tab skips the menu", async () => {
    await press("Tab");
    const at = await focused();
    assert.ok(at.seen && at.text === "Skip to the content", JSON.stringify(at));
    await press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "main");
  });
  await j.step("j and k go through the list, Enter opens", async () => {
    for (const [key, text] of [["j", "newest"], ["j", "middle"], ["j", "oldest"], ["j", "oldest"], ["k", "middle"]]) {
      await press(key);
      const at = await focused();
      assert.ok(at.seen && at.text.includes(text), `${key}: ${JSON.stringify(at)}`);
    }
    await press("Enter");
    await page.waitForURL(/\/inbox\/\d+/);
    await j.live(page);
    await page.locator("#thread").getByText("The middle one").waitFor();
  });
  await j.step("r writes, Escape leaves it, Ctrl and Enter sends", async () => {
    await press("r");
    assert.deepEqual(await focused().then((f) => [f.name, f.seen]), ["text", true]);
    await page.keyboard.type("rejected? no: jotted down");
    await press("Escape");
    assert.equal((await focused()).tag, "body");
    await press("r");
    assert.equal(await page.getByLabel("Your answer").inputValue(), "rejected? no: jotted down");
    await press("Control+Enter");
    await page.locator("#thread .outbound").getByText("jotted down").waitFor();
  });
  await j.step("? shows the keys, Escape closes them", async () => {
    await j.live(page);
    await press("?");
    await page.getByRole("dialog").waitFor();
    await j.axes(page);
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });
  await j.step("e archives", async () => {
    await press("e");
    await page.waitForURL((u) => u.pathname === "/inbox");
    await page.locator("#threads > li").nth(1).waitFor();
    assert.equal(await page.locator("#threads").getByText("jotted down").count(), 0);
    await j.live(page);
  });
  await j.step("/ searches", async () => {
    await press("/");
    assert.deepEqual(await focused().then((f) => [f.name, f.seen]), ["q", true]);
    await page.keyboard.type("oldest");
    await press("Enter");
    await page.waitForURL(/search\?q=oldest/);
    await press("j", "Enter");
    await page.locator("#thread").getByText("The oldest").waitFor();
  });
  await j.step("every stop of Tab on a number's page is in sight", async () => {
    await page.goto("/numbers/" + desk);
    await j.live(page);
    for (let stops = 0; stops < 200; stops++) {
      await press("Tab");
      const at = await focused();
      if (at.tag === "body") break;
      assert.ok(at.seen, `the focus is on something that cannot be seen: ${JSON.stringify(at)}`);
    }
  });
}
