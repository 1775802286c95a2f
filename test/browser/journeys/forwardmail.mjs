// A mail address is added to a number; wrong addresses and zones are refused
// where they stand.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset, mailServer } from "../house.mjs";
import { refused } from "../forms.mjs";

export default async function (j) {
  const mail = await mailServer(j);
  const server = await j.serve(acme(), mail.smtp);
  const page = await j.page();
  await j.signIn(page, ann);
  await page.goto(`/numbers/${desk}?add=email`);
  const address = page.getByLabel("Mail address");
  for (const wrong of ["nobody", "two@example.test, three@example.test", "a@b@c"]) await refused(j, page, address, wrong);
  await address.fill("team@acme.test");
  await refused(j, page, page.getByLabel("Time zone of the transcript"), "Mars/Olympus", /zone/i);
  assert.equal(await address.inputValue(), "team@acme.test", "what was right has to be typed again");
  await refused(j, page, page.getByLabel("Messages before it"), "many");
  await j.axes(page);
  await j.step("a good one is taken", async () => {
    await page.getByLabel("Messages before it").fill("3");
    await page.getByLabel("Time zone of the transcript").fill("Europe/Berlin");
    await page.locator("#forward").getByRole("button", { name: "Save" }).click();
    await page.getByText("Mail, with 3 messages before it, Europe/Berlin").waitFor();
  });
  await j.step("a text goes there as a mail, and the wire says so without a reload", async () => {
    await j.live(page);
    await server.text(handset, desk, "By mail, please");
    await page.locator("#wiring .outs").getByText("delivered").waitFor();
    assert.equal(mail.mails.length, 1);
    assert.match(mail.mails[0], /^To: .*team@acme\.test/m);
    assert.match(mail.mails[0], /By mail, please/);
  });
}
