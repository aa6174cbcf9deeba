package io.godwit.submission;

import io.godwit.accounts.Amount;
import io.godwit.billing.Pricing;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Screening;
import io.godwit.message.Leg;
import io.godwit.message.Limits;
import io.godwit.message.NumberPlan;
import io.godwit.message.Text;
import io.godwit.node.Node;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** {@code POST /v1/messages/preview}: what a text would become, and what it would cost the caller to a recipient; sends and stores nothing. */
final class Preview {
  private static final Set<String> FIELDS = Set.of("text", "encoding", "transliterate", "to");

  private final Auth auth;
  private final Node node;
  private Future<Pricing> pricing;

  Preview(Auth auth, Node node) {
    this.auth = auth;
    this.node = node;
    this.pricing = Pricing.open(node);
  }

  void mount(Router router) {
    router.post("/v1/messages/preview").handler(Bodies.json()).handler(Reply.now(this::preview));
  }

  private Reply preview(RoutingContext ctx) {
    Input in = Input.of(ctx.body().buffer()).only(FIELDS);
    String text = in.required("text", Limits.BODY_BYTES);
    String to = in.text("to", Limits.FIELD_CHARS);
    var encoding = SubmissionReader.encoding(in);
    boolean transliterate = in.flag("transliterate");
    if (in.problem() != null) return in.problem();
    NumberPlan.Result recipient = to == null ? null : NumberPlan.parse(to);
    if (recipient instanceof NumberPlan.Refused no) return Problem.invalid("invalid-recipient", "to", "no message can be sent to this number: " + no.reason());
    Screening.Reading reading = Screening.read(text, encoding, transliterate);
    if (reading.refusal() != null) return Refusals.problem(reading.refusal());
    Leg leg = recipient instanceof NumberPlan.Number number ? leg(auth.caller(ctx).id(), number.e164(), reading.analysis().segments()) : null;
    return Answer.ok(json(reading.analysis()).put("price", leg == null ? null : Amount.text(leg.amount())).put("currency", leg == null ? null : leg.currency()));
  }

  /** What the sender pays by the prices of this moment; null where there is no price, or prices are not read yet. */
  private Leg leg(String account, String to, int segments) {
    if (pricing.failed()) pricing = Pricing.open(node);
    if (!pricing.succeeded()) return null;
    Pricing.Quote quote = pricing.result().quote(account, to, segments);
    return quote.legs().isEmpty() ? null : quote.legs().get(0);
  }

  /** {@code text} is what would be sent; {@code unitsLeft} counts characters, and two for those of the GSM extension table. */
  private static JsonObject json(Text.Analysis a) {
    return new JsonObject().put("encoding", a.encoding().wireName()).put("segments", a.segments()).put("units", a.units())
      .put("unitsLeft", a.unitsLeftInLastSegment()).put("text", a.text());
  }
}
