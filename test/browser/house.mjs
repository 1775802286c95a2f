// What journeys are walked in: tenants with people and numbers, and the
// programs outside that a number tells of its texts. See doc.go.
import { createServer } from "node:http";
import net from "node:net";
import { EventEmitter, once } from "node:events";

// The people of Acme, and their parts.
export const ann = { email: "ann@acme.test", password: "ann has a long one" }; // admin
export const bob = { email: "bob@acme.test", password: "bob has a long one" }; // agent
export const vera = { email: "vera@acme.test", password: "vera has a long one" }; // viewer
export const gus = { email: "gus@globex.test", password: "gus has a long one" }; // owner of the other tenant

export const desk = "+13109060901"; // Acme's front desk
export const sales = "+13109060902";
export const globex = "+13109060909"; // of the other tenant
export const handset = "+14155550111"; // of somebody out there

// acme is a state file: Acme with its people, and what a journey adds to the
// number of the front desk and to the tenant, in YAML of one line each.
export function acme({ number = "", tenant = "", offers = "" } = {}) {
  const person = (id, name, who, role) => `      - {id: ${id}, name: ${name}, email: ${who.email}, password: ${who.password}, role: ${role}}\n`;
  return `
tenants:
  - id: acme
    name: Acme Removals
    messaging: true
    agreement: true
    require_campaign: false
    ${tenant}
    credentials:
      - {dialect: wirechief, token: acme-token, scopes: [all]}
    agents:
${person(7, "Ann Aldous", ann, "admin")}${person(8, "Bob Bream", bob, "agent")}${person(9, "Vera Vole", vera, "viewer")}
    numbers:
      - {number: "${desk}", carrier: sim, capabilities: [voice, sms, mms], name: Front desk${number && ", " + number}}
      - {number: "${sales}", carrier: sim, capabilities: [sms], name: Sales}
  - id: globex
    name: Globex
    messaging: true
    agreement: true
    require_campaign: false
    credentials:
      - {dialect: wirechief, token: globex-token, scopes: [all]}
    agents:
${person(11, "Gus Gull", gus, "owner")}
    numbers:
      - {number: "${globex}", carrier: sim, capabilities: [sms], name: Globex line}
${offers}`;
}

class Endpoint extends EventEmitter {
  got = [];
  answer = "OK";

  async told(times) {
    while (this.got.length < times) await once(this, "told", { signal: AbortSignal.timeout(10_000) });
  }
}

// endpoint is somebody's program: it keeps what it is told and answers with
// status, a number or what makes one of a body. told waits until it has been told so many times.
export async function endpoint(j, status = 200) {
  const out = new Endpoint();
  out.status = status;
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const part of request) body += part;
    out.got.push({ url: request.url, method: request.method, body });
    answer.writeHead(typeof out.status === "function" ? out.status(body) : out.status, { "Content-Type": "text/plain" });
    answer.end(out.answer);
    out.emit("told");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  out.url = `http://127.0.0.1:${server.address().port}/texts`;
  j.atEnd(() => { server.closeAllConnections(); server.close(); });
  return out;
}

// mailServer takes mails and keeps them; smtp is the configuration of who sends
// them there.
export async function mailServer(j) {
  const mails = [];
  const open = new Set();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => {});
    socket.write("220 mail.test\r\n");
    let rest = "", data = false;
    socket.on("data", (part) => {
      rest += part.toString("latin1");
      for (;;) {
        const end = rest.indexOf(data ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const line = rest.slice(0, end);
        rest = rest.slice(end + (data ? 5 : 2));
        if (data) {
          mails.push(line);
          data = false;
          socket.write("250 taken\r\n");
        } else if (/^DATA/i.test(line)) {
          data = true;
          socket.write("354 go on\r\n");
        } else if (/^QUIT/i.test(line)) {
          socket.end("221 bye\r\n");
        } else {
          socket.write("250 mail.test\r\n");
        }
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  j.atEnd(() => { for (const socket of open) socket.destroy(); server.close(); });
  return { mails, smtp: `smtp: {host: 127.0.0.1, port: ${server.address().port}, tls: none, from: no-reply@acme.test}\n` };
}
