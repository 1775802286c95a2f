// A small server of bad pages.
import { createServer } from "node:http";
import { once } from "node:events";

export async function bad(j, body, headers = {}) {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers });
    answer.end(`<!doctype html><html lang="en"><head><title>Bad</title><link rel="icon" href="data:,"></head><body><main><h1>Bad</h1>${body}</main></body></html>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}/`;
  const page = await j.page();
  j.host(url);
  await j.step("opens the bad page", async () => {
    await page.goto(url);
    await page.waitForLoadState("networkidle");
  });
  server.close();
  return page;
}
