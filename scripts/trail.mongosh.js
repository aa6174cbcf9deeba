// In mongosh: load("scripts/trail.mongosh.js"), then trail("01…"): the events of one message, in order.
// It matches the id's millisecond (k) and the id first and unwinds then, day by day from the id's day on: a view would scan.
function trail(id) {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  let upper = 0n;
  for (const c of id.slice(0, 12)) upper = upper * 32n + BigInt(digits.indexOf(c));
  const millis = Number(upper >> 12n);
  const first = "events_" + new Date(millis - 86400000).toISOString().slice(0, 10).replaceAll("-", "");
  const events = [];
  for (const day of db.getCollectionNames().filter(n => /^events_\d{8}$/.test(n) && n >= first).sort()) {
    events.push(...db.getCollection(day).aggregate([
      {$match: {k: Long.fromString(String(millis)), "e.id": id}},
      {$unwind: "$e"}, {$match: {"e.id": id}}, {$replaceRoot: {newRoot: "$e"}},
    ]).toArray());
  }
  return events.sort((a, b) => a.at - b.at || a.n - b.n);
}
