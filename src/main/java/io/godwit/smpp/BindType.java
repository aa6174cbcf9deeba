package io.godwit.smpp;

import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BindReceiver;
import com.cloudhopper.smpp.pdu.BindTransceiver;
import com.cloudhopper.smpp.pdu.BindTransmitter;

/** The direction an ESME asks for when it binds (SMPP 3.4 §2.2): it may send, be sent to, or both. */
public enum BindType {
  /** bind_transmitter: the ESME submits. */
  TX,
  /** bind_receiver: the ESME is delivered to. */
  RX,
  /** bind_transceiver: both on one session. */
  TRX;

  /** May the ESME of this bind submit? */
  public boolean transmits() {
    return this != RX;
  }

  /** May receipts and mobile originated messages be delivered to the ESME of this bind? */
  public boolean receives() {
    return this != TX;
  }

  static BindType of(BaseBind<?> bind) {
    if (bind instanceof BindTransmitter) {
      return TX;
    }
    return bind instanceof BindReceiver ? RX : TRX;
  }

  BaseBind<?> newRequest() {
    switch (this) {
      case TX:
        return new BindTransmitter();
      case RX:
        return new BindReceiver();
      default:
        return new BindTransceiver();
    }
  }
}
