// Every page is looked at in light, dark and narrow, and judged by axe. A new
// page is a line below.
import { lookAt } from "../forms.mjs";

const pages = [
  ["inbox", "/inbox"],
  ["search", "/inbox/search?q=hello"],
  ["new-text", "/inbox/new"],
  ["contacts", "/contacts"],
  ["buy", "/buy"],
  ["campaigns", "/campaigns"],
  ["numbers", "/numbers"],
  ["number", "/numbers/%2B13109060901"],
  ["messages", "/messages"],
  ["carriers", "/carriers"],
  ["bulk", "/bulk"],
  ["new-bulk", "/bulk/new"],
  ["webhooks", "/webhooks"],
  ["webhook", "/webhooks/Default"],
  ["new-webhook", "/webhooks/new"],
  ["new-endpoint", "/endpoints/new"],
  ["log", "/webhooks/log"],
  ["calls", "/calls"],
  ["reports", "/reports"],
  ["new-contact", "/contacts/new"],
  ["import-contacts", "/contacts/import"],
  ["forward", "/numbers/%2B13109060901?add=http"],
  ["new-person", "/settings/team/new"],
  ["new-key", "/settings/keys/new"],
  ["new-template", "/settings/templates/new"],
  ["import-suppression", "/settings/suppression/import"],
  ["settings", "/settings"],
];

export default async function (j) {
  const server = await j.demo();
  await j.step("something has happened", async () => {
    await server.text("+14155551212", "+13109060901", "Hello, is anybody there?");
    await server.cli("send", "--from", "+13109060901", "--to", "+14155551212", "Of course");
    await server.cli("send", "--from", "+13109060902", "--to", "+14155550002", "This one will not arrive");
  });
  const page = await j.page();
  await j.step("signs in", () => j.signIn(page));
  const [inbound] = await server.api("GET", "/messages?direction=inbound&limit=1");
  const paths = [...pages, ["message", `/messages/${inbound.id}`]];
  const thread = await j.step("a conversation is in the inbox", async () => {
    const link = page.locator('a[href^="/inbox/"]').filter({ hasText: "Of course" }).first();
    await link.waitFor();
    return link.getAttribute("href");
  });
  paths.push(["conversation", thread]);
  const endpoint = await j.step("an endpoint is signed", async () => {
    const url = "https://example.com/wirechief";
    const made = await server.api("POST", "/endpoints", { url, events: ["message.received"], description: "CRM", enabled: true });
    await server.api("POST", "/secrets", { destination: url });
    return made.id;
  });
  paths.push(["endpoint", `/endpoints/${endpoint}`]);
  const delivery = await j.step("a delivery is in the log", async () => {
    await page.goto("/webhooks/log");
    return page.locator('a[href^="/webhooks/log/"]').first().getAttribute("href");
  });
  paths.push(["delivery", delivery]);
  await lookAt(j, paths);
}
