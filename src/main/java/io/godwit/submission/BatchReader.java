package io.godwit.submission;

import io.godwit.http.Census;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.intake.Submission;
import io.godwit.message.Limits;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The three forms of a batch: {@code {messages: […]}}, {@code {text, recipients: [{to, vars}], …options}}, and lines with a message each.
 *
 * @param items in the order of the request; empty when there is a problem
 * @param problem what is wrong with the batch as a whole; null when nothing is
 */
record BatchReader(List<Item> items, Problem problem) {
  /** The fields whose entries are a message each. */
  private static final Set<String> LISTS = Set.of("messages", "recipients");
  private static final Set<String> TEMPLATE_FIELDS = union(SubmissionReader.OPTIONS, Set.of("text", "recipients"));

  /** One message of it: {@code submission} is of use only when {@code problem} is null. */
  record Item(int index, Submission submission, Problem problem) { }

  static BatchReader of(Buffer body, String account) {
    Census many = Census.beyond(body, Limits.BODY_VALUES);
    if (many != null) return wrong(LISTS.contains(many.field()) && many.entries() > Limits.BATCH_MESSAGES ? tooMany(many.field()) : many.problem());
    Input in = Input.of(body, Long.MAX_VALUE);
    if (in.has("messages")) {
      JsonArray messages = in.only(Set.of("messages")).array("messages");
      return in.problem() != null ? wrong(in.problem()) : each("messages", messages, (entry, i) -> message(i, entry, account));
    }
    Template template = Template.of(in.only(TEMPLATE_FIELDS).required("text", Limits.TEXT_CHARS));
    SubmissionReader.read(in, account, "", "");
    JsonArray recipients = in.array("recipients");
    if (in.problem() != null) return wrong(in.problem());
    return each("recipients", recipients, (entry, i) -> recipient(i, entry, in, template, account));
  }

  /** One JSON object a line; empty lines are passed over, and what is behind one too many is not looked at. */
  static BatchReader ofLines(Buffer body, String account) {
    List<String> lines = body == null ? List.of() : body.toString().lines().filter(line -> !line.isBlank()).limit(Limits.BATCH_MESSAGES + 1L).toList();
    return each("messages", new JsonArray(lines), (line, i) -> {
      Input in = Input.of(Buffer.buffer((String) line));
      Submission submission = SubmissionReader.read(in, account);
      return new Item(i, submission, in.problem());
    });
  }

  private static BatchReader wrong(Problem problem) {
    return new BatchReader(List.of(), problem);
  }

  private static Problem tooMany(String field) {
    return Problem.invalid("too-many-messages", field, "a batch has no more than " + Limits.BATCH_MESSAGES + " messages");
  }

  private static BatchReader each(String field, JsonArray entries, BiFunction<Object, Integer, Item> read) {
    if (entries.isEmpty()) return wrong(Problem.invalid("empty-batch", field, "the batch has no message"));
    if (entries.size() > Limits.BATCH_MESSAGES) return wrong(tooMany(field));
    List<Item> items = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) items.add(read.apply(entries.getValue(i), i));
    return new BatchReader(items, null);
  }

  private static Item message(int index, Object entry, String account) {
    if (!(entry instanceof JsonObject message)) return noObject(index);
    Input in = Input.of(message);
    Submission submission = SubmissionReader.read(in, account);
    return new Item(index, submission, in.problem());
  }

  private static Item recipient(int index, Object entry, Input options, Template template, String account) {
    if (!(entry instanceof JsonObject recipient)) return noObject(index);
    Input in = Input.of(recipient).only(Set.of("to", "vars"));
    String to = in.required("to", Limits.FIELD_CHARS);
    String text = template.fill(in, in.object("vars"));
    return new Item(index, in.problem() != null ? null : SubmissionReader.read(options, account, to, text), in.problem());
  }

  private static Item noObject(int index) {
    return new Item(index, null, Problem.of(400, "invalid-field", "must be an object"));
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return Set.copyOf(all);
  }
}
