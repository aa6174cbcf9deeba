// A customer made with node-smpp:  node esme.js PORT COUNT RESULT.json
const fs = require('fs');
const smpp = require('smpp');
const [port, count, result] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const WINDOW = 50;
const TEXTS = ['Hello', 'Ça va? [€]', 'Привет', 'ж'.repeat(60)];
const ids = new Set(), receipts = new Set();
let sent = 0;

function fail(why) {
  console.error(why);
  process.exit(1);
}

const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` }, () =>
  session.bind_transceiver({ system_id: 'demo', password: 'demo', interface_version: 0x34 }, answer => {
    if (answer.command_status !== 0) fail(`bind: ${answer.command_status}`);
    for (let i = 0; i < WINDOW; i++) next();
  }));
session.on('error', fail);
session.on('enquire_link', pdu => session.send(pdu.response()));
session.on('close', () => fail('the connection ended'));
session.on('deliver_sm', pdu => {
  session.send(pdu.response());
  const found = /^id:(\S+) .* stat:(\S+) /.exec(pdu.short_message.message);
  if (!found) fail(`no receipt: ${JSON.stringify(pdu.short_message)}`);
  if (found[2] !== 'DELIVRD' || pdu.receipted_message_id !== found[1]) fail(`receipt ${found[0]}, TLV ${pdu.receipted_message_id}`);
  receipts.add(found[1]);
  finish();
});

function next() {
  if (sent === count) return;
  const n = sent++;
  session.submit_sm({ source_addr_ton: 5, source_addr: 'Godwit', dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: `49171${String(n).padStart(7, '0')}`,
    registered_delivery: 1, short_message: TEXTS[n % TEXTS.length] }, answer => {
    if (answer.command_status !== 0) fail(`submit ${n}: ${answer.command_status}`);
    ids.add(answer.message_id);
    next();
    finish();
  });
}

function finish() {
  if (ids.size !== count || [...ids].some(id => !receipts.has(id))) return;
  session.unbind(() => {
    fs.writeFileSync(result, JSON.stringify({ answered: ids.size, delivered: receipts.size }));
    process.exit(0);
  });
}
