// Who has an account comes in, by mouse and by keyboard, and out again.
import { assert } from "./lib.mjs";

export default async function (j) {
  const server = await j.demo();
  const { email, password } = server.login;
  const page = await j.page();
  const button = page.getByRole("button", { name: "Sign in", exact: true });

  await j.step("whoever is not signed in is asked to, wherever they want to go", async () => {
    await page.goto("/numbers");
    assert.match(page.url(), /\/signin\?next=/);
    assert.equal(await page.title(), "Sign in · Wirechief");
  });
  await j.step("a wrong password is refused, and says so to everybody", async () => {
    j.allow(/status of 4\d\d .*\/signin/); // Chromium writes it to the console
    await page.getByLabel("Mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await button.click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /password/i);
    assert.equal(await page.getByLabel("Mail address").inputValue(), email, "the mail address has to be typed again");
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
    await j.axe(page);
    await j.shot(page, "signin-refused");
  });
  await j.step("the right one leads to where they wanted to go", async () => {
    await page.getByLabel("Password", { exact: true }).fill(password);
    await button.click();
    await page.waitForURL("**/numbers");
    await page.getByRole("heading", { level: 1 }).waitFor();
  });
  await j.step("the session's cookie is out of reach of scripts and other sites", async () => {
    const cookies = await page.context().cookies();
    const session = cookies.find((c) => /session/.test(c.name));
    assert.ok(session?.httpOnly && session.sameSite === "Lax", JSON.stringify(cookies.map(({ value, ...c }) => c)));
    assert.equal(await page.evaluate("document.cookie"), "");
  });
  await j.step("signing out ends the session, also for a page that is still open", async () => {
    const other = await page.context().newPage();
    await other.goto("/messages");
    const kept = await page.context().cookies();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/signin");
    assert.match(await page.getByRole("status").innerText(), /signed out/);
    await page.context().addCookies(kept); // who has noted the cookie has nothing
    await other.goto("/messages");
    assert.match(other.url(), /\/signin/);
    await other.close();
    await page.context().clearCookies();
  });
  await j.step("a keyboard is enough", async () => {
    await page.goto("/signin");
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
      return { name: e.name || e.textContent.trim(), seen };
    });
    assert.deepEqual(await focused(), { name: "Skip to the content", seen: true });
    for (const name of ["email", "password"]) {
      await page.keyboard.press("Tab");
      assert.deepEqual(await focused(), { name, seen: true });
      await page.keyboard.type(name === "email" ? email : password);
    }
    await page.keyboard.press("Tab");
    assert.deepEqual(await focused(), { name: "Sign in", seen: true });
    await page.keyboard.press("Enter");
    await page.waitForURL("**/inbox**");
  });
  await j.looks("signin", (p) => p.goto("/signin"), { signedIn: false });
}
