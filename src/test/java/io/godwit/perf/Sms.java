package io.godwit.perf;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.SubmitSm;
import io.godwit.message.Concat;
import io.godwit.message.EncodingChoice;
import io.godwit.message.Text;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SmppTime;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A message of a {@link Mix} as SMPP has it: one submit_sm, or several with user data headers when the customer cuts a long text himself. */
final class Sms {
  private static final AddressPlan PLAN = AddressPlan.DEFAULT;
  private static final int ALERT = 2;
  /** Of twenty messages, one asks for no receipt, one for failures only, and the others for any end. */
  private static final int OF = 20;

  private Sms() {
  }

  /** @param random which long texts are cut, and which receipts are asked for */
  static List<SubmitSm> of(Mix.Request request, Random random) {
    JsonObject message = request.body();
    Text.Analysis text = (Text.Analysis) Text.analyse(message.getString("text"), EncodingChoice.AUTO, false);
    boolean cut = text.segments() > 1 && "DELIVERED".equals(request.expected().get(0)) && random.nextBoolean();
    List<byte[]> octets = cut ? Text.segments(text.text(), text.encoding(), Concat.UDH8, random.nextInt()) : List.of(Text.encode(text.text(), text.encoding()));
    int lot = random.nextInt(OF);
    List<SubmitSm> submits = new ArrayList<>();
    for (byte[] each : octets) {
      SubmitSm sm = Pdus.submit(PLAN.address("Godwit"), PLAN.address(message.getString("to")), each, (byte) text.encoding().dataCoding(), cut, true);
      sm.setRegisteredDelivery((byte) (lot == 0 ? 0 : lot == 1 ? SmppConstants.REGISTERED_DELIVERY_SMSC_RECEIPT_ON_FAILURE : SmppConstants.REGISTERED_DELIVERY_SMSC_RECEIPT_REQUESTED));
      times(sm, message);
      submits.add(sm);
    }
    return submits;
  }

  /** A validity over REST counts from the scheduled time, and over SMPP from now. */
  private static void times(SubmitSm sm, JsonObject message) {
    if (message.getString("priority") != null) sm.setPriority((byte) ALERT);
    Instant scheduled = message.getInstant("scheduleAt");
    if (scheduled != null) sm.setScheduleDeliveryTime(SmppTime.absolute(scheduled.toEpochMilli()));
    if (message.getString("validFor") == null) return;
    Duration validity = Duration.parse(message.getString("validFor"));
    Pdus.setValidity(sm, scheduled == null ? validity : validity.plus(Duration.between(Instant.now(), scheduled)));
  }
}
