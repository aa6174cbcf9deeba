package io.godwit.quality;

import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Routes;
import io.godwit.node.Node;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Set;

/** {@code GET /v1/quality?link=&country=}: delivery rates of the last two hours, for the operator. */
public final class QualityRoutes implements Routes {
  private Node node;
  private Auth auth;
  private Qualities qualities;

  @Override
  public void mount(Router router, Node node, Auth auth) {
    this.node = node;
    this.auth = auth;
    this.qualities = Qualities.open(node);
    router.get("/v1/quality").handler(Reply.now(this::list));
  }

  private Reply list(RoutingContext ctx) {
    if (!auth.caller(ctx).isOperator()) return Problem.of(403, "operator-only", "this is the operator's business");
    Parameters parameters = new Parameters(ctx.queryParams(), Set.of("link", "country"));
    String link = parameters.text("link");
    String country = parameters.text("country");
    if (parameters.problem() != null) return parameters.problem();
    JsonArray items = new JsonArray();
    qualities.rates().forEach((l, countries) -> countries.forEach((c, count) -> {
      if ((link == null || link.equals(l)) && (country == null || country.equals(c))) items.add(view(l, c, count));
    }));
    return Answer.ok(new JsonObject().put("since", Instant.ofEpochMilli(node.now() - Qualities.WINDOW_MS).toString()).put("fewest", Qualities.FEWEST).put("items", items));
  }

  /** {@code permille}: null when there are too few to mean anything. */
  private static JsonObject view(String link, String country, Count count) {
    return new JsonObject().put("link", link).put("country", country).put("delivered", count.delivered()).put("ended", count.ended())
      .put("permille", count.permille() < 0 ? null : count.permille());
  }
}
