// Pictures of the main pages with something in them, for people to look at; see
// doc.go. Without WIRECHIEF_SCREENSHOTS there is nothing to do.
import { assert } from "./lib.mjs";
import { acme, ann, desk, endpoint, mailServer, sales } from "../house.mjs";

const people = [
  ["Maya Lindqvist", "+14155550111", "Lindqvist Interiors"],
  ["Tom Okafor", "+14155550112", ""],
  ["Priya Raman", "+16285550113", "Raman & Sons"],
  ["José Álvarez", "+15105550114", ""],
  ["Harbor Dental", "+15105550115", "Harbor Dental"],
];

const talk = [
  [2, sales, "Do you also move pianos?"],
  [3, sales, "Hola, ¿cuánto cuesta una mudanza de dos habitaciones a Oakland?"],
  [1, desk, "The boxes arrived, thank you!"],
  [4, desk, "Our old desks can go whenever it suits you."],
  [0, desk, "Hi! Is the blue van free this Friday?"],
];

const answers = [
  [0, desk, "Good morning Maya. It is free from ten o'clock. Shall I hold it for you?"],
  [2, sales, "We do. Uprights and small grands, up to the third floor."],
  [3, sales, "Hola José. Entre 640 y 780 dólares; le llamo hoy."],
];

export default async function (j) {
  if (!j.pictures) return;
  const mail = await mailServer(j);
  const good = await endpoint(j);
  const gone = await endpoint(j, (body) => (/chairs/.test(body) ? 410 : 200));
  gone.answer = "this shop has moved";
  const server = await j.serve(acme({
    tenant: `webhooks: [{name: Shop, description: Orders of the web shop, url: "${gone.url}", method: POST}]`,
    number: `tags: [front, west], webhook: Shop, forwards: [
        {type: console, destination: Front desk}, {type: http, destination: "${good.url}", encoding: json}, {type: email, destination: team@acme.test, timezone: America/Los_Angeles},
        {type: sms, destination: "+14155550199", prefix: "Desk: "}], replies: {agents_offline: {enabled: true, message: "Thank you. We are back at eight."}}`,
    offers: `offers:
  - {number: "+15105574992", carrier: sim, capabilities: [voice, sms, mms], location: CA, price: "1.00", address: none}
  - {generate: {country: US, area_codes: ["510"], count: 12}, carrier: sim, capabilities: [voice, sms, mms], location: CA, price: "1.00", address: none}
  - {generate: {country: US, area_codes: ["888"], count: 6}, carrier: sim, type: toll-free, capabilities: [voice, sms], price: "2.00", address: none}
`,
  }), mail.smtp + "delivery: {schedule: [0s, 1s]}\n");
  const page = await j.page({ viewport: { width: 1360, height: 860 } });
  await j.signIn(page, ann);
  await j.step("people have names", async () => {
    await page.goto("/contacts/import");
    await page.getByLabel("Or paste its lines").fill(["name,phones,company,labels", ...people.map(([name, phone, company]) => `${name},${phone},${company},customer`)].join("\n"));
    await page.getByLabel("Only show what would happen").uncheck();
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByRole("heading", { name: "Imported" }).waitFor();
  });
  const threads = {};
  await j.step("they text, and are answered", async () => {
    const send = (from, to, text) => server.api("POST", "/messages", { from, to: [to], text }, "acme-token");
    await send(sales, "+14155550002", "Your move is confirmed for Monday.");
    for (const phone of ["+14155552010", "+15105552011", "+16285552012"]) await send(sales, phone, "Reminder: we move you tomorrow at nine.");
    await send(desk, "+14155552013", "Your quote: 780 dollars, boxes included.");
    for (const [who, number, text] of talk) {
      await server.text(people[who][1], number, text);
      const answer = answers.find((a) => a[0] === who && a[1] === number);
      if (answer) await send(number, people[who][1], answer[2]);
    }
    await server.text(people[4][1], desk, "And the chairs, too, if there is room.");
    await server.text(people[0][1], desk, "Yes please, ten is perfect. There is a piano stool, too.");
    await page.goto("/inbox");
    for (const [name] of people) {
      threads[name] = await page.locator("#threads a").filter({ hasText: name }).first().getAttribute("href");
    }
  });
  await j.step("the conversation is Ann's, with a note and a draft", async () => {
    await page.goto(threads["Maya Lindqvist"]);
    await page.locator(".threadhead summary").click();
    await page.getByLabel("Assigned to").selectOption({ label: "Ann Aldous" });
    await page.getByRole("button", { name: "Assign", exact: true }).click();
    await page.getByText("Ann Aldous looks after this").waitFor();
    await page.getByText("Private note").click();
    await page.getByLabel(/Note, seen/).fill("Second floor, no lift.");
    await page.getByRole("button", { name: "Add note" }).click();
    await page.locator("#thread").getByText("Second floor").waitFor();
    await page.getByLabel("Your answer").fill("Held for you, Maya: Friday, ten o'clock, the blue van.");
  });
  const last = await server.api("GET", "/messages?direction=inbound&limit=9", undefined, "acme-token").then((list) => list.find((m) => m.text.startsWith("And the chairs")));
  await j.step("what fails has failed, and a number is held", async () => {
    await page.goto("/messages/" + last.id);
    await page.locator("#timeline").getByText("exhausted").first().waitFor();
    await page.goto("/buy?contains=PIZZA");
    await page.getByRole("button", { name: /Hold/ }).click();
    await page.getByText(/left$/).first().waitFor();
  });
  const pages = {
    inbox: threads["Maya Lindqvist"], numbers: "/numbers", number: "/numbers/" + desk, buy: "/buy", messages: "/messages", message: "/messages/" + last.id,
    webhooks: "/webhooks", log: "/webhooks/log", carriers: "/carriers?to=%2B14155550111", contacts: "/contacts", reports: "/reports?range=hour", compliance: "/settings/compliance",
  };
  const small = await j.page({ signedIn: true, viewport: { width: 390, height: 844 } });
  for (const [name, at] of Object.entries(pages)) {
    await j.step("pictures of " + name, async () => {
      for (const [p, how, colorScheme] of [[page, "light", "light"], [page, "dark", "dark"], [small, "narrow", "light"]]) {
        await p.emulateMedia({ colorScheme });
        if (how !== "dark") {
          assert.equal((await p.goto(at)).status(), 200);
          await j.live(p);
        }
        await j.shot(p, `${name}-${how}`, { fullPage: p === small });
      }
    });
  }
}
