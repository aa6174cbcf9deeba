package io.godwit.submission;

import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Reply;
import io.godwit.intake.Screening;
import io.godwit.message.Limits;
import io.godwit.message.Text;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** {@code POST /v1/messages/preview}: what a text would become; sends and stores nothing. The price comes with the billing room. */
final class Preview {
  private static final Set<String> FIELDS = Set.of("text", "encoding", "transliterate");

  void mount(Router router) {
    router.post("/v1/messages/preview").handler(Bodies.json()).handler(Reply.now(Preview::preview));
  }

  private static Reply preview(RoutingContext ctx) {
    Input in = Input.of(ctx.body().buffer()).only(FIELDS);
    String text = in.required("text", Limits.BODY_BYTES);
    var encoding = SubmissionReader.encoding(in);
    boolean transliterate = in.flag("transliterate");
    if (in.problem() != null) return in.problem();
    Screening.Reading reading = Screening.read(text, encoding, transliterate);
    return reading.refusal() == null ? Answer.ok(json(reading.analysis())) : Refusals.problem(reading.refusal());
  }

  /** {@code text} is what would be sent; {@code unitsLeft} counts characters, and two for those of the GSM extension table. */
  private static JsonObject json(Text.Analysis a) {
    return new JsonObject().put("encoding", a.encoding().wireName()).put("segments", a.segments()).put("units", a.units())
      .put("unitsLeft", a.unitsLeftInLastSegment()).put("text", a.text()).put("price", (Object) null);
  }
}
