/**
 * The REST interface by which operators and resellers run their business: accounts, keys, SMPP logins, prices, rates of exchange, credit, links to carriers and what these
 * cost, routes, and who changed what.
 *
 * <p>Every request is a {@link io.godwit.management.Visit}: who asks, about which account, with the directory as of one moment. A caller
 * sees and changes only his own subtree; of all else he is told 404. A change is judged by that picture and written with it as its condition
 * ({@link io.godwit.accounts.Directory#change}): when anybody changed anything meanwhile, it is judged anew. So what holds between entries (no
 * circle, eight accounts deep, one owner of a system_id) holds whoever changes them at the same time. What took long before, such as reading and storing a million rows, is not done again for
 * that ({@code Office.last}): the more is changed, the later an upload lands, but it lands.
 *
 * <p>What an entry says by itself those who read it judge; what holds between entries of several kinds an {@code Accord}, for one change as for an import; how it may be called {@code Ids}. What an
 * earlier release took, and stays as it is, an import does not judge again by what only changes must heed. Whoever imports is locked out by no file: the operator stays ACTIVE, and the key
 * with which he asks what it is.
 *
 * <p>Each entity's version is its ETag. A change must name it by {@code If-Match}: 428 {@code if-match-missing}, 412 {@code stale} (of what was removed since, too). It is effective here when it
 * is answered, and on every other node within a second (long price lists: see {@link io.godwit.billing}). A new entry's is the number of the change that
 * made it: an entry may come again, a version does not.
 *
 * <p>The whole directory goes out and in as one JSON object ({@link io.godwit.management.DirectoryEndpoints}), uploaded prices as lines in the entries of their lists: a million of
 * them are some 20 MB. They are stored beside the directory before the one transaction that names them, so that an import that fails in the end leaves rows that nobody
 * names; like those of a list that is removed, they go when they are an hour old, with the next change of their list or the hourly {@code OldRows}.
 */
package io.godwit.management;
