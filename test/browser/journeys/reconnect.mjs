// The server goes away and comes back. The page says so, catches up with what
// came meanwhile, and keeps what is being typed.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  await server.text(handset, desk, "Before the night");
  const page = await j.page();
  await j.signIn(page, ann);
  await page.locator("#threads a").first().click();
  await page.waitForURL(/\/inbox\/\d+/);
  await j.live(page);
  const answer = page.getByLabel("Your answer");
  await answer.fill("Half of an answer");
  await page.evaluate(() => { window.never = "reloaded"; });

  j.allow(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/); // it is away
  await j.step("the page says that it has lost the server", async () => {
    await server.stop();
    await page.getByRole("status").getByText(/connection is lost/i).waitFor();
    await j.axes(page);
  });
  await j.step("it catches up, also with what came before it was back", async () => {
    await server.start();
    await server.text(handset, desk, "While you were away");
    await server.text("+14155550112", desk, "I am new here");
    await page.locator("#thread").getByText("While you were away").waitFor({ timeout: 20_000 });
    await page.locator("#threads").getByText("I am new here").waitFor();
    await page.waitForFunction(() => document.title.startsWith("(1) "));
    await page.getByText(/connection is lost/i).waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => window.never), "reloaded");
  });
  await j.step("the draft is kept and can be sent", async () => {
    assert.equal(await answer.inputValue(), "Half of an answer");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator("#thread .outbound").filter({ hasText: "Half of an answer" }).getByText("delivered").waitFor();
  });
}
