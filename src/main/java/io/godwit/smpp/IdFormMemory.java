package io.godwit.smpp;

import io.godwit.smpp.CarrierId.IdForm;

/**
 * Learns the {@link IdForm} of one link from the receipts that met their messages. While it detects, a second receipt for a
 * finished message could be taken for that of another whose number is the first one's other form; so it settles after a few
 * in a row. Not thread-safe.
 */
public final class IdFormMemory {
  private static final int ENOUGH = 8;

  private final IdForm configured;
  private IdForm last;
  private int inARow;

  /** @param configured a form other than DETECT is never doubted */
  public IdFormMemory(IdForm configured) {
    this.configured = configured;
  }

  /** What it was made for. */
  public IdForm configured() {
    return configured;
  }

  /** The form to make candidates by. */
  public IdForm current() {
    return configured != IdForm.DETECT || inARow < ENOUGH ? configured : last;
  }

  /** A receipt met its message by this form. */
  public void matched(IdForm form) {
    inARow = form == last ? inARow + 1 : 1;
    last = form;
  }

  /** Receipts find nothing any more: the carrier may have changed its form. */
  public void doubt() {
    inARow = 0;
  }
}
