// What a program built on standardwebhooks does with what it is told.
// node standardwebhooks.js URL TOKEN

const assert = require('node:assert/strict');
const {once} = require('node:events');
const {createServer} = require('node:http');
const {Webhook, WebhookVerificationError} = require('standardwebhooks');

const [url, token] = process.argv.slice(2);

async function ask(path, body) {
  const answer = await fetch(url + '/wirechief/v1' + path, {
    method: 'POST',
    headers: {authorization: 'Bearer ' + token, 'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  // Ids may be larger than numbers of this language are exact.
  return {...JSON.parse(text), id: /"id":\s*(\d+)/.exec(text)[1]};
}

async function main() {
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    response.end();
    server.emit('told', request.headers, Buffer.concat(parts).toString());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const destination = `http://127.0.0.1:${server.address().port}/hook`;
  const endpoint = await ask('/endpoints', {url: destination, events: [], description: '', enabled: true});
  const first = await ask('/secrets', {destination});
  const tell = async () => {
    const told = once(server, 'told');
    await ask(`/endpoints/${endpoint.id}/test`);
    return told;
  };

  const [headers, body] = await tell();
  const webhook = new Webhook(first.secret);
  assert.equal(webhook.verify(body, headers).type, 'endpoint.test');
  const refuses = (w, b, h) => assert.throws(() => w.verify(b, h), WebhookVerificationError);
  refuses(webhook, body.replace('endpoint.test', 'message.received'), headers);
  refuses(webhook, body + ' ', headers);
  refuses(webhook, body, {...headers, 'webhook-id': '1'});
  refuses(webhook, body, {...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1)});
  refuses(webhook, body, {...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 3600)});
  refuses(new Webhook('whsec_' + Buffer.alloc(32).toString('base64')), body, headers);

  // While one secret is exchanged for another, either will do.
  const second = await ask(`/secrets/${first.id}/rotate`, {});
  const [later, again] = await tell();
  for (const s of [first.secret, second.secret]) assert.equal(new Webhook(s).verify(again, later).type, 'endpoint.test');

  server.close();
  server.closeAllConnections();
  console.log('all is well');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
