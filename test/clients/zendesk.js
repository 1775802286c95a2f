// What a program built on node-zendesk does with phone numbers.
// node zendesk.js URL EMAIL TOKEN

const assert = require('node:assert/strict');
const {createClient} = require('node-zendesk');

const [url, username, token] = process.argv.slice(2);
const endpointUri = url + '/api/v2/channels/voice';
const open = (more) => createClient({username, token, endpointUri, ...more});

async function refused(status, promise) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.statusCode, status, String(error));
    return true;
  });
}

async function main() {
  // The answers are {response, result}; result is the whole body here.
  const numbers = open({throwOriginalException: true}).voice.phonenumbers;

  const before = (await numbers.list()).result;
  assert.equal(before.count, before.phone_numbers.length);
  assert.ok(before.count > 0);
  assert.equal(before.next_page, null);

  // Its own search() puts the question where the service does not look for it.
  assert.deepEqual((await numbers.search('pizza')).result.phone_numbers, []);
  const found = (await numbers.get(['phone_numbers', 'search', {country: 'US', area_code: '510', contains: '5*5'}])).result;
  const offer = found.phone_numbers[0];
  assert.match(offer.number, /^\+1510/);
  assert.match(offer.price, /^\$\d+\.\d\d$/);

  const bought = (await numbers.create({phone_number: {token: offer.token}})).result.phone_number;
  assert.equal(bought.number, offer.number);
  assert.equal(bought.nickname, null);
  await refused(422, numbers.create({phone_number: {token: offer.token}}));
  await refused(400, numbers.create({token: offer.token}));

  const shown = (await numbers.show(bought.id)).result.phone_number;
  assert.deepEqual(shown, bought);

  const changed = (await numbers.update(bought.id, {phone_number: {nickname: 'Awesome Support Line'}})).result.phone_number;
  assert.equal(changed.name, 'Awesome Support Line');
  await refused(422, numbers.update(bought.id, {phone_number: {group_ids: [987654321]}}));

  const loaded = open({throwOriginalException: true}).voice.phonenumbers;
  loaded.setSideLoad(['settings', 'ivrs']);
  const full = (await loaded.show(bought.id)).result.phone_number;
  assert.equal(full.settings.voicemail, true);
  assert.deepEqual(full.ivrs, []);

  // It follows next_page as it comes.
  const paged = open({throwOriginalException: true, query: {per_page: 1}}).voice.phonenumbers;
  const all = await paged.getAll(['phone_numbers']);
  assert.equal(all.flatMap((page) => page.phone_numbers ?? page).length, before.count + 1);

  await numbers.delete(bought.id);
  await refused(404, numbers.show(bought.id));

  const wrong = createClient({username, token: 'wrong', endpointUri, throwOriginalException: true});
  await refused(401, wrong.voice.phonenumbers.list());
  console.log('all is well');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
