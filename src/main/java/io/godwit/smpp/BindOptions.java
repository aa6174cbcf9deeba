package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.type.Address;

/**
 * Where an ESME binds to and as whom (SMPP 3.4 §4.1).
 *
 * @param interfaceVersion 0x33, 0x34 or 0x50 for SMPP 3.3, 3.4 and 5.0
 * @param systemType often empty
 */
public record BindOptions(String host, int port, String systemId, String password, String systemType, BindType type,
                          byte interfaceVersion, SessionOptions session) {

  /** A bind as SMPP 3.4 without a system_type, with the default session options. */
  public static BindOptions of(String host, int port, String systemId, String password, BindType type) {
    return new BindOptions(host, port, systemId, password, "", type, SmppConstants.VERSION_3_4, SessionOptions.DEFAULTS);
  }

  public BindOptions withSession(SessionOptions options) {
    return new BindOptions(host, port, systemId, password, systemType, type, interfaceVersion, options);
  }

  public BindOptions withInterfaceVersion(byte version) {
    return new BindOptions(host, port, systemId, password, systemType, type, version, session);
  }

  public BindOptions withSystemType(String newSystemType) {
    return new BindOptions(host, port, systemId, password, newSystemType, type, interfaceVersion, session);
  }

  public BindOptions withType(BindType newType) {
    return new BindOptions(host, port, systemId, password, systemType, newType, interfaceVersion, session);
  }

  BaseBind<?> toRequest() {
    BaseBind<?> bind = type.newRequest();
    bind.setSystemId(systemId);
    bind.setPassword(password);
    bind.setSystemType(systemType);
    bind.setInterfaceVersion(interfaceVersion);
    bind.setAddressRange(new Address());
    return bind;
  }

  /** Without the password: this text goes to logs. */
  @Override
  public String toString() {
    return type + " " + systemId + "@" + host + ":" + port;
  }
}
