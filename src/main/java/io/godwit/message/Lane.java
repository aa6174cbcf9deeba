package io.godwit.message;

/** Which messages overtake which: alerts before bulk. The number is what parcels are sorted by. */
public enum Lane {
  ALERT(0), BULK(1);

  private final int number;

  Lane(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  public static Lane of(int number) {
    return number == 0 ? ALERT : BULK;
  }
}
