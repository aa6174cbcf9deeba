package io.godwit.accounts;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Addresses from which somebody may come: {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or one alone. Names are not looked up.
 *
 * @param bits so many of the address count
 */
public record AddressRange(byte[] address, int bits) {
  private static final Pattern LITERAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** @throws IllegalArgumentException for anything else */
  public static AddressRange of(String text) {
    String[] parts = text.split("/", 2);
    byte[] address = octets(parts[0]);
    int all = address.length * 8;
    int bits = parts.length == 1 ? all : parts[1].matches("[0-9]{1,3}") ? Integer.parseInt(parts[1]) : -1;
    if (bits < 0 || bits > all) throw new IllegalArgumentException("'" + text + "' is no address range");
    return new AddressRange(address, bits);
  }

  /** Where somebody is who has many addresses: an IPv4 address alone, of IPv6 the 64 bits that a customer of a provider has to himself. */
  public static AddressRange place(String host) {
    byte[] octets = octets(host);
    return octets.length == 4 ? new AddressRange(octets, 32) : new AddressRange(Arrays.copyOf(Arrays.copyOf(octets, 8), octets.length), 64);
  }

  /** @param host a numeric address, as sockets tell it */
  public boolean contains(String host) {
    byte[] other = octets(host);
    if (other.length != address.length) return false;
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % 8;
      if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) return false;
    }
    return true;
  }

  /** A zone such as {@code %eth0} is the machine's own affair. */
  private static byte[] octets(String host) {
    String plain = host.contains("%") ? host.substring(0, host.indexOf('%')) : host;
    if (!LITERAL.matcher(plain).matches()) throw new IllegalArgumentException("'" + host + "' is no address");
    try {
      return java.net.InetAddress.getByName(plain).getAddress();
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException("'" + host + "' is no address", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressRange range && bits == range.bits && Arrays.equals(address, range.address);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(address) + bits;
  }
}
