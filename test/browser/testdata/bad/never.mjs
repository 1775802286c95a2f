// Fails with: locator.click: Timeout
import { bad } from "./lib.mjs";

export default async function (j) {
  const page = await bad(j, "");
  await page.getByRole("button", { name: "Not there" }).click({ timeout: 200 });
}
