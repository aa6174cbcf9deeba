/**
 * What a message costs, and whose credit pays for it: the handler {@code billing}, the purses of commit slots, and the books.
 *
 * <p>Money is a long in micro-units (1,000,000 = 1 EUR), never floating. An account's money is in exactly one of these places:
 * <pre>
 *  balances (control set)                               allotments (each set; one a commit slot)
 *  {_id: account, seq, sent?,                           {_id: "incarnation/slot", inc, open, seq,
 *   free,                      ── draw, see Draw ──▶     a:    {account: amount},        what the slot may spend
 *   open: {slot: {seq, amount, set, slot, at}},          in:   {account: seq},           last draw that arrived
 *   in:   {slot: seq}}         ◀─ return, see Return ──  home: {account: {seq, amount, at}}}
 * </pre>
 * and in the events: reserved in ROUTED, then billed or released. Reserving and releasing change {@code a} inside the unit of work
 * that writes the event. So at rest, for each account: top-ups + transfers between accounts − billed = free + Σ open + Σ a + Σ home + reserved, which
 * {@link io.godwit.billing.Books} proves.
 *
 * <h2>Transfers</h2>
 * A draw and a return are the same three steps between two documents, each step one write of one document:
 * <ol>
 * <li><b>prepared</b>: the source gives the amount up and keeps the transfer in itself ({@code open}, {@code home}), with the next
 *     number of its own count {@code seq};
 * <li><b>applied</b>: the target adds it and keeps the number ({@code in}); the write matches only a target whose {@code in} is
 *     lower, so that it happens once, whoever repeats it;
 * <li><b>closed</b>: the source forgets the transfer of that number.
 * </ol>
 * There is at most one open transfer for a slot, an account and a direction: numbers arrive in order, and one mark is enough. A draw that
 * meets a closed allotment turns round: closed is for ever, so it can never be applied later, and the source takes the
 * amount back in the write that forgets it. Whoever died between two steps is finished by {@link io.godwit.billing.Treasury}.
 * A mark is needed as long as anybody may sleep between two steps: an open allotment forgets none, and when it has very many its slot leaves it, as if it had died, and goes on
 * with a new one ({@code Renewal}). One that is closed and empty is marked {@code drained}, with its {@code closedAt}: it keeps {@code in} for a week, and nothing in {@code a}.
 * What a slot draws, or returns, for many accounts in one turn goes together, in as many writes as for two ({@code Draws}, {@code Returns}): each transfer still has its
 * own number, its own marks and its own way out. The writes to the allotment that a purse makes by itself wait until no step of its slot is under way, since they would abort it.
 *
 * <p>This differs from the shared design, which has a collection of transfers and, for each slot, an {@code out} in the balance: with the transfer
 * inside its source no step is a transaction, none aborts another, and nothing has to be tidied up afterwards. An {@code out} would only ever
 * grow, since what one slot draws others release and the rest is billed; who still holds something is read from the
 * allotments themselves ({@link io.godwit.billing.Credit}).
 *
 * <h2>Credit</h2>
 * Whoever stands above an account tops it up with money from outside, a top-up that changes no other balance: the price that he himself pays is reserved from his own with each message anyway.
 * So that nobody makes credit of his own in this way, a seller takes back by transfers only what he gave by transfers ({@code Debt}).
 *
 * <h2>Never below the floor</h2>
 * {@code free} is lowered by one guarded write, and {@code a} is reserved from in memory first ({@link io.godwit.billing.Purse}); the unit of work checks
 * it again in the store, so that a mistake in memory fails a step and spends nothing.
 *
 * <h2>Nobody is refused wrongly</h2>
 * A message is refused only when the free balance, what slots hold (its own may hold more than it knows) and what is on its way come to less than it lacks, in one look at
 * all of them; or when they come to enough and it has not come back in a minute, which is longer than the living and the dead take
 * ({@link io.godwit.billing.Patience}). While a set does not answer nobody is refused at all. A slot that lost an answer may hold more than it knows: it counts its
 * allotment again while it has nothing in flight ({@link io.godwit.billing.Doubts}), and the rest goes home.
 *
 * <h2>Prices</h2>
 * A seller's lists are entries of the directory ({@code PriceList}); long ones name rows that were uploaded ({@code Decks}) and are compiled into arrays
 * ({@code Deck}), once a process ({@code PriceBook}). What carriers take is kept in the same way ({@link io.godwit.billing.Costs}). {@code Rates} finds
 * what a buyer pays: by its own list, its rows first and then its markup on what the seller pays; by its seller's list in the same way; or else what the seller pays itself.
 *
 * <p>A process begins to read rows when it knows the entry that names them, and takes all of them over at once: within a second of the commit, but for a list of a million rows some
 * seconds later. Until then the prices before stay, those of other lists that were changed meanwhile, too. The process that makes the change answers when it has them
 * ({@code PriceBook.inForce}), or after eight seconds. Rows with a {@code from} are there before their time if they were uploaded in time, and hold to their millisecond.
 *
 * <h2>Currencies</h2>
 * An account's money and its legs are in its own currency, always; its seller's may be another. Where a price is named in another one (a seller's list, a markup on what he
 * pays, or what he pays himself) the price of a segment is converted by the rate of that moment ({@code ExchangeRates}), half a micro-unit up, before it is multiplied; the leg
 * tells by which rates ({@code Leg.conversions}). Without a rate there is no price. Each currency adds up by itself; credit moves only between accounts of one currency.
 */
package io.godwit.billing;
