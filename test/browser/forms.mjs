// What journeys ask of every form and every page.
import { assert } from "./journeys/lib.mjs";

// refused types a wrong value, sends its form and wants to be told there: the
// field is marked, described by why, has the focus and still has what was typed.
export async function refused(j, page, field, wrong, why = /./) {
  await j.step(`${JSON.stringify(wrong.slice(0, 40))} is refused where it stands`, async () => {
    j.allow(/status of 4\d\d /); // Chromium writes it to the console
    await field.fill(wrong);
    await field.evaluate((e) => { e.form.noValidate = true; e.form.requestSubmit(); e.form.dataset.old = ""; });
    await page.locator("form[data-old]").waitFor({ state: "detached" });
    await page.locator("[aria-invalid=true]").first().waitFor();
    const told = await field.evaluate((e) => ({
      invalid: e.getAttribute("aria-invalid"),
      why: document.getElementById(e.getAttribute("aria-describedby") ?? "")?.textContent ?? "",
      focus: e === document.activeElement,
      value: e.value,
    }));
    assert.equal(told.invalid, "true");
    assert.match(told.why, why);
    assert.equal(told.value, wrong);
    assert.ok(told.focus, "the focus is not where the trouble is");
  });
}

// lookAt looks at pages in light, dark and narrow. One that is bad is no reason
// not to look at the others.
export async function lookAt(j, pages) {
  const wrong = [];
  for (const [name, at] of pages) {
    try {
      await j.looks(name, async (page) => {
        const answer = await page.goto(at);
        assert.equal(answer.status(), 200, at);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
      });
    } catch (error) {
      wrong.push(error.message);
    }
  }
  assert.equal(wrong.length, 0, wrong.join("\n\n"));
}
