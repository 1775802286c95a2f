// Fails with: the heading is wrong
import { assert } from "../../journeys/lib.mjs";
import { bad } from "./lib.mjs";

export default async function (j) {
  const page = await bad(j, "");
  assert.equal(await page.textContent("h1"), "Good", "the heading is wrong");
}
