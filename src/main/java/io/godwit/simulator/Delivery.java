package io.godwit.simulator;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.smpp.Receipt.State;

/** A deliver_sm that waits to be sent: a receipt or a message from a handset. Made into a PDU when its turn has come. */
interface Delivery {
  DeliverSm toPdu();

  boolean isReceipt();

  /** @param from the message's source, to which its receipt goes */
  record ReceiptDelivery(ReceiptFormat format, Profile.IdForm form, long id, Address from, Address to, State state,
                         long submittedMillis) implements Delivery {
    @Override
    public DeliverSm toPdu() {
      return format.receipt(to, from, MessageIds.write(id, form), state, submittedMillis, System.currentTimeMillis());
    }

    @Override
    public boolean isReceipt() {
      return true;
    }
  }

  /** One part of a message from a handset. */
  record ReplyDelivery(DeliverSm part) implements Delivery {
    @Override
    public DeliverSm toPdu() {
      return part;
    }

    @Override
    public boolean isReceipt() {
      return false;
    }
  }
}
