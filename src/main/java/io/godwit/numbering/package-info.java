/**
 * Whose a number is: the network of a recipient, for prices and for routes alike.
 *
 * <p>{@link io.godwit.numbering.Networks} is one for the whole process. It asks, in this order: each {@link io.godwit.numbering.Portability} of the class path or the plug-in
 * folder; the file that {@code portability.file} of {@code conf/godwit.json} names; the entries {@code network} of the directory.
 * <pre>
 * network   {mccmnc: "26201", prefixes: ["49151", …], name?}            by leading digits; a ported number is a prefix of its whole length
 * file      +4915112345678,26203                                        a line: a number or leading digits, and MCC with MNC; # begins a remark
 * </pre>
 * The file is looked at each second, and read anew, off the event loop, when it has changed and has not been written to for a second. A line that cannot be read is left out, and the
 * log names it. Without the file the process does not start; when it vanishes later, what was read stays.
 */
package io.godwit.numbering;
