// The pages that are there whatever else is: the browser gets them, twice over
// a restart, and the simulator's handset can be heard.
import { assert } from "./lib.mjs";

export default async function (j) {
  const server = await j.demo();
  const page = await j.page();
  await j.step("the server is well", async () => {
    const answer = await page.goto("/healthz");
    assert.equal(answer.status(), 200);
    assert.match(await page.textContent("body"), /ok/);
  });
  await j.step("the root leads somewhere", async () => {
    assert.equal((await page.goto("/")).status(), 200);
  });
  await j.step("a handset texts", async () => {
    await server.text("+14155551212", "+13109060901", "Hello from a journey");
    const [m] = await server.api("GET", "/messages?direction=inbound&limit=1");
    assert.equal(m.text, "Hello from a journey");
  });
  await j.step("the server restarts", async () => {
    const before = server.url;
    await server.restart();
    assert.equal(server.url, before);
    assert.equal((await page.goto("/healthz")).status(), 200);
    const [m] = await server.api("GET", "/messages?direction=inbound&limit=1");
    assert.equal(m.text, "Hello from a journey");
  });
}
