package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.billing.Pricing;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Draft;
import io.godwit.intake.Refusal;
import io.godwit.intake.Screening;
import io.godwit.intake.Submission;
import io.godwit.message.Conversion;
import io.godwit.message.EncodingChoice;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.node.Node;
import io.godwit.replies.OptOuts;
import io.godwit.routing.Choice;
import io.godwit.routing.Explanation;
import io.godwit.routing.Guards;
import io.godwit.routing.LinkStates;
import io.godwit.routing.Routing;
import io.godwit.worker.MessageHandler.Decision;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * {@code POST /v1/routes/explain}: over which link a message would go now, or {@code at} another time, and why, and what it would cost each account in its chain; nothing is sent. For the
 * operator, and for resellers about what is below them: these are told nothing of links, and of prices only their own and those of their customers. What blocks,
 * opt-outs and sender rules do to it comes first: {@code refusal: {status, code, detail}} and nothing more, or {@code sender: {named, used}}. Of velocity limits the operator is told what nodes have
 * drawn ({@code velocity}). Reply paths, which depend on what was sent before, are not in it.
 */
final class RouteExplanations {
  private static final Set<String> FIELDS = Set.of("account", "to", "from", "text", "encoding", "transliterate", "tags", "at");
  private static final String SOME_TEXT = "Hello";

  private final Office office;
  private final Node node;
  private final LinkStates states;
  private final Guards guards;
  private final OptOuts optOuts;
  private final Future<Routing> routing;
  private final Future<Pricing> pricing;

  RouteExplanations(Office office, Node node, LinkStates states, Guards guards) {
    this.office = office;
    this.node = node;
    this.states = states;
    this.guards = guards;
    this.optOuts = new OptOuts(node.sets());
    this.routing = Routing.of(node);
    this.pricing = Pricing.open(node);
  }

  void mount(Router router) {
    router.post("/v1/routes/explain").handler(office.handler(this::explain));
  }

  private Future<Reply> explain(Visit visit) {
    boolean isOperator = visit.caller().isOperator();
    if (!isOperator && visit.tree().children(visit.caller().id()).isEmpty()) return Office.reply(Problem.of(403, "resellers-only", "this is the business of resellers and the operator"));
    Input in = visit.input().only(FIELDS);
    String id = in.has("account") ? in.text("account", Limits.FIELD_CHARS) : visit.caller().id();
    long at = in.has("at") ? in.instant("at") : node.now();
    Submission submission = submission(in, id == null ? null : visit.tree().get(id));
    if (in.problem() != null) return Office.reply(in.problem());
    if (!visit.sees(id)) return Office.reply(Problem.invalid("invalid-field", "account", "'account' is no account of yours"));
    Screening.Result result = Screening.screen(submission, node.now());
    if (result instanceof Refusal no) return Office.reply(Problem.invalid(no.reason().code(), no.field(), no.detail()));
    Message message = ((Draft) result).message(node.queues().all().get(0).newId(), null);
    return decided(message).compose(decision -> decision instanceof Decision.Refuse no ? Office.reply(Answer.ok(refused(message, no)))
      : way(visit, message, ((Decision.Next) decision).message(), at));
  }

  /** In the order of the handlers: opt-outs come behind blocks and before sender rules. */
  private Future<Decision> decided(Message message) {
    Decision guarded = guards.decide(message);
    if (guarded instanceof Decision.Refuse no && no.reason() == Status.USER_BLOCKED) return Future.succeededFuture(guarded);
    return optOuts.decide(office.context(), node.sets().control(), message).map(wanted -> wanted instanceof Decision.Refuse ? wanted : guarded);
  }

  private static JsonObject refused(Message message, Decision.Refuse no) {
    return about(message).put("refusal", new JsonObject().put("status", no.reason().name()).put("code", no.error().code()).put("detail", no.error().text()));
  }

  /** @param sent as the sender rules leave it */
  private Future<Reply> way(Visit visit, Message named, Message sent, long at) {
    boolean isOperator = visit.caller().isOperator();
    Future<JsonArray> limits = isOperator ? guards.limits(office.context(), node.sets().control(), named, node.now()) : Future.succeededFuture(new JsonArray());
    return Future.all(routing, pricing, limits).map(v -> {
      Choice choice = routing.result().choose(sent, states::isUp, at);
      JsonObject sender = new JsonObject().put("named", named.from()).put("used", sent.from());
      JsonObject about = about(named).put("sender", sender).mergeIn(Explanation.of(choice, isOperator)).put("price", price(visit, pricing.result().quote(sent, at)));
      return Answer.ok(limits.result().isEmpty() ? about : about.put("velocity", limits.result()));
    });
  }

  private static Submission submission(Input in, Account account) {
    String to = in.required("to", Limits.FIELD_CHARS);
    String from = in.text("from", Limits.FIELD_CHARS);
    String text = in.has("text") ? in.text("text", Limits.BODY_BYTES) : SOME_TEXT;
    String encoding = in.word("encoding", List.of("auto", "gsm7", "ucs2"));
    Origin origin = new Origin(null, null, in.texts("tags", Limits.TAGS, Limits.FIELD_CHARS), null, null, 0, false);
    boolean transliterate = in.flag("transliterate");
    if (in.problem() != null) return null;
    return new Submission(account == null ? "" : account.id(), Lane.BULK, from == null && account != null ? account.sender() : from, to, text,
      EncodingChoice.valueOf(encoding.toUpperCase(Locale.ROOT)), transliterate, 0, origin);
  }

  private static JsonObject about(Message message) {
    return new JsonObject().put("account", message.account()).put("to", message.to()).put("country", message.country()).put("from", message.from())
      .put("encoding", message.encoding().wireName()).put("segments", message.segments());
  }

  private static JsonObject price(Visit visit, Pricing.Quote quote) {
    if (!quote.isComplete()) return new JsonObject().put("missing", quote.missing());
    JsonArray legs = new JsonArray();
    for (Leg leg : quote.legs()) {
      if (visit.sees(leg.account())) legs.add(leg(leg));
    }
    return new JsonObject().put("legs", legs);
  }

  /** With the rates of exchange, as the message's events would have them. */
  private static JsonObject leg(Leg leg) {
    JsonObject json = new JsonObject().put("account", leg.account()).put("seller", leg.seller()).put("amount", leg.amount()).put("currency", leg.currency());
    JsonArray conversions = new JsonArray();
    for (Conversion each : leg.conversions()) conversions.add(new JsonObject().put("from", each.from()).put("to", each.to()).put("rate", each.rate()));
    return conversions.isEmpty() ? json : json.put("conversions", conversions);
  }
}
