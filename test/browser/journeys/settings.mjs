// Settings: somebody is invited and comes in, a key is shown once, quiet hours
// are set and wrong ones refused, and the audit log says who did all that.
import { assert } from "./lib.mjs";
import { acme, ann } from "../house.mjs";
import { refused } from "../forms.mjs";

const cleo = { email: "cleo@acme.test", password: "cleo has a long one" };

export default async function (j) {
  const server = await j.serve(acme());
  const page = await j.page();
  await j.signIn(page, ann);
  await j.step("Cleo is invited, and comes in", async () => {
    await page.goto("/settings/team");
    await page.getByRole("link", { name: "Invite somebody" }).click();
    await page.getByLabel("Mail address").fill(cleo.email);
    await page.getByLabel("Name").fill("Cleo Crane");
    await page.getByLabel("Role").selectOption("agent");
    await page.getByLabel("With this password").check();
    await page.getByLabel("Password", { exact: true }).fill(cleo.password);
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("rowheader", { name: "Cleo Crane" }).waitFor();
    const hers = await j.page();
    await j.signIn(hers, cleo);
    assert.equal((await hers.request.get("/settings/team")).status(), 403);
    await hers.context().close();
  });
  await j.step("a key is shown once, and lets a program in", async () => {
    await page.goto("/settings/keys/new");
    await page.getByLabel("Label").fill("The shop");
    await page.getByRole("checkbox", { name: /^read/ }).check();
    await page.getByRole("button", { name: "Make the key" }).click();
    const secret = await page.locator("#secret").innerText();
    await j.axes(page);
    await server.api("GET", "/numbers", undefined, secret);
    await page.getByRole("link", { name: "I have the secret" }).click();
    await page.getByRole("rowheader", { name: "The shop" }).waitFor();
    assert.ok(!(await page.content()).includes(secret));
  });
  await j.step("quiet hours are refused where they stand, then set", async () => {
    await page.goto("/settings/compliance");
    const quiet = page.getByLabel("Quiet hours");
    await refused(j, page, quiet, "late", /./);
    await quiet.fill("21:00-08:00");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".flash").waitFor();
    assert.equal(await quiet.inputValue(), "21:00-08:00");
  });
  await j.step("the audit log says who it was, and has no secrets", async () => {
    await page.goto("/settings/audit");
    const log = await page.getByRole("table").innerText();
    for (const what of [/Ann Aldous[\s\S]*cleo|cleo[\s\S]*Ann Aldous/i, /21:00-08:00/]) assert.match(log, what);
    assert.ok(!log.includes(cleo.password));
    await j.axes(page);
  });
}
