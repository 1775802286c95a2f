// Two tenants see nothing of each other, anywhere; and who may only look finds
// no form to do more with.
import { assert } from "./lib.mjs";
import { acme, ann, desk, globex, gus, handset, vera } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme({ number: "forwards: [{type: console, destination: Chat}]" }));
  await server.text(handset, desk, "Only for Acme");
  await server.text(handset, globex, "Only for Globex");
  const [gusPage, annPage, veraPage] = [await j.page(), await j.page(), await j.page()];
  await j.signIn(gusPage, gus);
  await j.signIn(annPage, ann);
  const own = [];
  await j.step("Ann's pages have addresses", async () => {
    await annPage.locator("#threads a").first().click();
    await annPage.waitForURL(/\/inbox\/\d+/);
    own.push(new URL(annPage.url()).pathname);
    const [m] = await server.api("GET", "/messages?limit=1", undefined, "acme-token");
    await annPage.goto("/webhooks/log");
    own.push(await annPage.locator("tbody a").first().getAttribute("href"), "/messages/" + m.id, "/numbers/" + desk, own[0] + "/print", own[0] + "/export.csv");
  });
  await j.step("which lead Gus nowhere", async () => {
    for (const at of own) {
      const answer = await gusPage.request.get(at);
      assert.equal(answer.status(), 404, at);
      assert.doesNotMatch(await answer.text(), /Only for Acme|Ann Aldous/, at);
    }
  });
  await j.step("his own pages say nothing of Acme, and his stream tells him nothing", async () => {
    for (const at of ["/inbox", "/inbox/search?q=only", "/numbers", "/messages", "/contacts", "/webhooks", "/webhooks/log", "/campaigns", "/carriers", "/reports", "/bulk", "/calls"]) {
      await gusPage.goto(at);
      const text = await gusPage.locator("body").innerText();
      assert.doesNotMatch(text, /Acme|Ann Aldous|906-0901/, at);
    }
    await gusPage.goto("/messages");
    await j.live(gusPage);
    await server.text(handset, desk, "Again only for Acme");
    await server.text(handset, globex, "Again only for Globex");
    await gusPage.getByText("Again only for Globex").waitFor();
    assert.equal(await gusPage.getByText("Again only for Acme").count(), 0);
  });
  await j.step("Vera, who may look, has no form that changes anything", async () => {
    await j.signIn(veraPage, vera);
    await veraPage.locator("#threads a").first().click();
    await veraPage.waitForURL(/\/inbox\/\d+/);
    for (const at of [veraPage.url(), "/numbers", "/numbers/" + desk, "/messages", own[2], "/contacts", "/webhooks", own[1], "/campaigns"]) {
      await veraPage.goto(at);
      const forms = await veraPage.locator("form[method=post]").evaluateAll((list) => list.map((f) => new URL(f.action).pathname));
      const more = forms.filter((f) => !["/signout", "/presence"].includes(f));
      assert.deepEqual(more, [], at);
      await j.axe(veraPage);
    }
  });
  await j.step("and is refused what she asks for by hand", async () => {
    j.allow(/status of 403 /);
    assert.equal((await veraPage.goto("/buy")).status(), 403);
    await veraPage.getByText(/your role \(viewer\)/).waitFor();
    await j.axes(veraPage);
  });
}
