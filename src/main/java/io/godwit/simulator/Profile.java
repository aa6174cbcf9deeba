package io.godwit.simulator;

import io.godwit.message.Alphabet;
import io.godwit.smpp.Receipt.State;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How a simulator behaves; all of it may change while it runs.
 *
 * @param alphabet what data_coding 0 is read as
 * @param answerDelay of submit_sm_resp, milliseconds
 * @param answerDelays other delays, milliseconds, and their shares of all answers: a carrier's distribution; what they leave to one has {@code answerDelay}
 * @param errors command_status of submit_sm_resp and its share of all messages
 * @param ratePerSecond what each system_id may submit, more is answered with ESME_RTHROTTLED; 0 for no limit
 * @param neverAnswered share of submit_sm that get no answer
 * @param drops share of submit_sm at which the connection is dropped, without unbind
 * @param paused nothing is answered and nothing delivered until this is false again
 * @param deliveriesHeld receipts and replies are kept until this is false again, while answers go out
 * @param idForm message_id in submit_sm_resp
 * @param receiptIdForm message id in receipts
 * @param receiptDelay milliseconds after the answer
 * @param receiptFormat how receipts look
 * @param receiptsAlways also to who did not ask by registered_delivery
 * @param outcomes final states and their weights; empty for all DELIVERED
 * @param receiptsLost share of receipts that never come
 * @param receiptsDoubled share of receipts that come twice
 * @param replies share of messages that the handset replies to
 * @param replyText what it replies
 * @param replyDelay milliseconds after the answer
 * @param repliesShuffled the parts of a long reply come in reverse order
 * @param magicNumbers whether the suffixes in the package's description work
 */
public record Profile(Alphabet alphabet, Delay answerDelay, Map<Integer, Double> answerDelays, Map<Integer, Double> errors, int ratePerSecond, double neverAnswered,
                      double drops, boolean paused, boolean deliveriesHeld,
                      IdForm idForm, IdForm receiptIdForm, Delay receiptDelay, ReceiptFormat receiptFormat,
                      boolean receiptsAlways, Map<State, Double> outcomes, double receiptsLost, double receiptsDoubled,
                      double replies, String replyText, Delay replyDelay, boolean repliesShuffled, boolean magicNumbers) {

  boolean holdsDeliveries() {
    return paused || deliveriesHeld;
  }

  /** Equally distributed from min to max, both included. */
  public record Delay(int min, int max) {
  }

  /** How a message id is written. */
  public enum IdForm {
    DECIMAL, HEX, UUID
  }

  private static final int DAY_MILLIS = 86_400_000;

  /** Answers at once, and delivers everything half a second later. */
  public static final Profile DEFAULT = from(new JsonObject());

  /** @throws IllegalArgumentException naming the key that is unknown or wrong */
  public static Profile from(JsonObject json) {
    return from(new Json("profile", json));
  }

  private static Profile from(Json json) {
    Profile profile = new Profile(json.word("alphabet", Alphabet.GSM7),
      delay(json, "answerDelay", 0), answerDelays(json), errors(json), json.integer("ratePerSecond", 0, 0, Integer.MAX_VALUE),
      json.ratio("neverAnswered", 0), json.ratio("drops", 0), json.flag("paused", false), json.flag("deliveriesHeld", false),
      json.word("idForm", IdForm.DECIMAL), receiptIdForm(json),
      delay(json, "receiptDelay", 500), json.word("receiptFormat", ReceiptFormat.STANDARD),
      json.flag("receiptsAlways", false), outcomes(json), json.ratio("receiptsLost", 0), json.ratio("receiptsDoubled", 0),
      json.ratio("replies", 0), json.string("replyText", "YES"), delay(json, "replyDelay", 500),
      json.flag("repliesShuffled", false), json.flag("magicNumbers", true));
    json.refuseOthers();
    return profile;
  }

  /** UUIDs have no other form; a number may be written in another one, the same as in the answer if it is not said. */
  private static IdForm receiptIdForm(Json json) {
    IdForm answered = json.word("idForm", IdForm.DECIMAL);
    IdForm receipted = json.word("receiptIdForm", answered);
    if ((answered == IdForm.UUID) != (receipted == IdForm.UUID)) {
      throw json.refused("receiptIdForm", "must be UUID if and only if idForm is");
    }
    return receipted;
  }

  private static Delay delay(Json json, String key, int otherwise) {
    int min = json.integer(key + "Min", otherwise, 0, DAY_MILLIS);
    int max = json.integer(key + "Max", Math.max(min, otherwise), 0, DAY_MILLIS);
    if (max < min) {
      throw json.refused(key + "Max", "is less than " + key + "Min");
    }
    return new Delay(min, max);
  }

  private static Map<Integer, Double> answerDelays(Json json) {
    Map<Integer, Double> delays = new LinkedHashMap<>();
    JsonObject object = json.object("answerDelays");
    Json ratios = new Json("profile.answerDelays", object);
    for (String millis : object.fieldNames()) {
      if (!millis.matches("\\d{1,8}") || Integer.parseInt(millis) > DAY_MILLIS) {
        throw ratios.refused(millis, "must be milliseconds, a day at most");
      }
      delays.put(Integer.parseInt(millis), ratios.ratio(millis, 0));
    }
    return Collections.unmodifiableMap(delays);
  }

  private static Map<Integer, Double> errors(Json json) {
    Map<Integer, Double> errors = new LinkedHashMap<>();
    JsonObject object = json.object("errors");
    Json ratios = new Json("profile.errors", object);
    for (String status : object.fieldNames()) {
      errors.put(status(ratios, status), ratios.ratio(status, 0));
    }
    return Collections.unmodifiableMap(errors);
  }

  private static int status(Json json, String status) {
    try {
      return Integer.decode(status);
    } catch (NumberFormatException e) {
      throw json.refused(status, "must be a command_status such as 0x58");
    }
  }

  private static Map<State, Double> outcomes(Json json) {
    Map<State, Double> outcomes = new EnumMap<>(State.class);
    JsonObject object = json.object("outcomes");
    Json ratios = new Json("profile.outcomes", object);
    for (String state : object.fieldNames()) {
      outcomes.put(state(ratios, state), ratios.ratio(state, 0));
    }
    return Collections.unmodifiableMap(outcomes);
  }

  private static State state(Json json, String state) {
    try {
      return State.valueOf(state.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw json.refused(state, "must be a state such as DELIVERED or UNDELIVERABLE");
    }
  }
}
