// A half-written answer keeps its text, selection and focus while texts come in
// and fragments around it are swapped; then it is sent.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  await server.text(handset, desk, "Can you come tomorrow?");
  const page = await j.page();
  await j.signIn(page, ann);
  await page.locator("#threads a").first().click();
  await page.waitForURL(/\/inbox\/\d+/);
  await j.live(page);
  const answer = page.getByLabel("Your answer");
  const typed = "We can come at ten, or after noon";
  const kept = () => answer.evaluate((e) => [e.value, e.selectionStart, e.selectionEnd, e === document.activeElement]);

  await j.step("the composer counts", async () => {
    await answer.fill(typed);
    await page.getByText("33 characters · 1 segment · GSM-7").waitFor();
    await answer.fill(typed + " 👍");
    await page.getByText(/1 segment · UCS-2 because of “👍”/).waitFor();
    await answer.fill(typed);
  });
  await j.step("texts come in from here and elsewhere, and the draft stays as it is", async () => {
    await answer.evaluate((e) => e.setSelectionRange(12, 18));
    for (const [from, text] of [[handset, "At best before ten"], ["+14155550112", "Hello from another"], [handset, "Or call me"]]) {
      await server.text(from, desk, text);
      await page.locator("#main").getByText(text).first().waitFor();
      assert.deepEqual(await kept(), [typed, 12, 18, true]);
    }
  });
  await j.step("it is there again after a look elsewhere", async () => {
    const at = page.url();
    await page.goto("/numbers");
    await page.goto(at);
    assert.equal(await answer.inputValue(), typed);
  });
  await j.step("it is sent, shown, delivered, and the composer is empty", async () => {
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const bubble = page.locator("#thread .outbound").filter({ hasText: typed });
    await bubble.getByText("delivered").waitFor();
    assert.equal(await answer.inputValue(), "");
    assert.equal(await page.locator("#thread .outbound").count(), 1);
    await j.axes(page);
  });
}
