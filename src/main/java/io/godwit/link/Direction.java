package io.godwit.link;

import io.godwit.smpp.BindType;
import java.util.List;

/** Which sessions a bind of a link is. */
enum Direction {
  /** Both ways on one. */
  TRX(BindType.TRX),
  TX(BindType.TX),
  RX(BindType.RX),
  /** Each way on its own. */
  TX_RX(BindType.TX, BindType.RX);

  private final List<BindType> types;

  Direction(BindType... types) {
    this.types = List.of(types);
  }

  List<BindType> types() {
    return types;
  }
}
