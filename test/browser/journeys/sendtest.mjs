// Send a test: a marked text goes down the wires of a number and lights each,
// live; the one that leads nowhere says so.
import { assert } from "./lib.mjs";
import { acme, ann, desk, endpoint, mailServer } from "../house.mjs";

export default async function (j) {
  const mail = await mailServer(j);
  const good = await endpoint(j);
  const bad = await endpoint(j, 500);
  bad.answer = "the database is on holiday";
  const server = await j.serve(acme({ number: `forwards: [
        {type: http, destination: "${good.url}"}, {type: http, destination: "${bad.url}"}, {type: email, destination: team@acme.test},
        {type: sms, destination: "+14155550199"}, {type: console, destination: Chat}]` }), mail.smtp);
  const page = await j.page();
  await j.signIn(page, ann);
  await page.goto("/numbers/" + desk);
  await j.live(page);
  const wire = (name) => page.locator("#wiring .outs > li").filter({ hasText: name });
  await j.step("nothing is lit yet", async () => {
    assert.equal(await page.locator("#wiring .outs .badge").count(), 0);
    await j.axes(page);
  });
  await j.step("one press lights every wire", async () => {
    await page.getByRole("button", { name: "Send a test" }).click();
    for (const name of [good.url, "team@acme.test", "+1 (415) 555-0199", "Chat"]) {
      await page.locator("#wiring .outs > li.good").filter({ hasText: name }).waitFor();
    }
    await wire(bad.url).getByRole("link", { name: /500/ }).waitFor();
    assert.equal(await page.locator("#wiring svg.right path.good").count(), 4);
    await j.axes(page);
    await j.shot(page, "lit");
  });
  await j.step("it can be pressed again at once", async () => {
    await page.getByRole("button", { name: "Send a test" }).click();
    await good.told(2);
    assert.equal(await server.api("GET", "/messages?direction=inbound&limit=9", undefined, "acme-token").then((l) => l.length), 2);
  });
}
