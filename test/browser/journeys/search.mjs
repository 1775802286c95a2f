// Search finds texts by the beginnings of their words and leads to the
// conversation.
import { assert } from "./lib.mjs";
import { acme, ann, desk, handset } from "../house.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  await server.text(handset, desk, "Can we move the meeting to Thursday?");
  await server.text("+14155550112", desk, "My sofa is green");
  const page = await j.page();
  await j.signIn(page, ann);
  const look = async (words) => {
    await page.keyboard.press("/");
    await page.keyboard.type(words);
    await page.keyboard.press("Enter");
    await page.waitForURL((u) => u.pathname === "/inbox/search" && u.searchParams.get("q") === words);
  };
  await j.step("beginnings of words find it, whatever their case", async () => {
    await look("MEET thurs");
    assert.equal(await page.locator(".hits > li").count(), 1);
    assert.match(await page.locator(".hits").innerText(), /move the meeting/);
    await j.axes(page);
  });
  await j.step("what is asked for is only words", async () => {
    for (const words of ['"', "a* OR b", "-green", "NEAR(", "' OR 1=1 --"]) {
      await page.goto("/inbox/search?q=" + encodeURIComponent(words));
      await page.getByRole("heading", { name: "Search", exact: true }).waitFor();
    }
    await page.goto("/inbox/search?q=elephant");
    await page.getByText("No text has all these words").waitFor();
  });
  await j.step("it opens the conversation", async () => {
    await page.goto("/inbox/search?q=sofa");
    await page.locator(".hits").getByRole("link").first().click();
    await page.locator("#thread").getByText("My sofa is green").waitFor();
  });
}
