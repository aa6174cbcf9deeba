package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;

/** The peer answered our bind with an error. Everything else that goes wrong with a bind is another exception and worth a retry. */
public final class BindRefused extends Exception {
  private final int status;

  BindRefused(int status) {
    super(String.format("bind refused with command_status 0x%08X%s", status, name(status)), null, false, false);
    this.status = status;
  }

  /** The command_status of the answer (SMPP 3.4 §5.1.3). */
  public int status() {
    return status;
  }

  /**
   * Would the same bind be refused again until somebody changes the configuration? ESME_RALYBND is not final: the carrier
   * may not have noticed yet that our last session is gone.
   */
  public boolean isFinal() {
    return status == SmppConstants.STATUS_INVPASWD || status == SmppConstants.STATUS_INVSYSID
      || status == SmppConstants.STATUS_INVSYSTYP;
  }

  private static String name(int status) {
    String name = SmppConstants.STATUS_MESSAGE_MAP.get(status);
    return name == null ? "" : " (" + name + ")";
  }
}
