// A carrier made with node-smpp:  node smsc.js PORT RESULT.json   (written at SIGTERM)
const fs = require('fs');
const smpp = require('smpp');
const [port, result] = [Number(process.argv[2]), process.argv[3]];
const RECEIPT_AFTER = 50;
const texts = [], parts = new Map();
let submits = 0;

function keep(pdu) {
  const { message, udh } = pdu.short_message;
  if (!udh) return texts.push(message);
  const [reference, total, number] = [...udh[0].slice(-3)];
  const key = `${pdu.destination_addr}/${reference}`;
  const known = parts.get(key) || [];
  known[number - 1] = message;
  parts.set(key, known);
  if (known.filter(part => part !== undefined).length === total) texts.push(known.join(''));
}

const server = smpp.createServer({}, session => {
  session.on('error', error => console.error(error.message));
  session.on('bind_transceiver', pdu => {
    session.send(pdu.response({ system_id: 'node' }));
    console.log('bound');
  });
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('unbind', pdu => {
    session.send(pdu.response());
    session.close();
  });
  session.on('submit_sm', pdu => {
    const id = `n${++submits}`;
    keep(pdu);
    session.send(pdu.response({ message_id: id }));
    setTimeout(() => session.deliver_sm({ source_addr_ton: 1, source_addr_npi: 1, source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:` }), RECEIPT_AFTER);
  });
});
server.listen(port);
process.on('SIGTERM', () => {
  fs.writeFileSync(result, JSON.stringify({ submits, texts }));
  process.exit(0);
});
