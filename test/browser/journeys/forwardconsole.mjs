// The console is a destination, too: it has a name, and its wire lights.
import { acme, ann, desk, handset } from "../house.mjs";
import { refused } from "../forms.mjs";

export default async function (j) {
  const server = await j.serve(acme());
  const page = await j.page();
  await j.signIn(page, ann);
  await page.goto(`/numbers/${desk}?add=console`);
  await refused(j, page, page.getByLabel("What to call it"), "x".repeat(3000));
  await j.step("it is added", async () => {
    await page.getByLabel("What to call it").fill("Chat");
    await page.locator("#forward").getByRole("button", { name: "Save" }).click();
    await page.getByText("The inbox of this console").waitFor();
    await j.axes(page);
  });
  await j.step("a text lights it without a reload", async () => {
    await j.live(page);
    await server.text(handset, desk, "To the console");
    await page.locator("#wiring .outs").getByText("delivered").waitFor();
  });
}
