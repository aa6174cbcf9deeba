package io.godwit.management;

import io.godwit.accounts.Alerts;
import io.godwit.accounts.Changes;
import io.godwit.billing.Ledger;
import io.godwit.billing.ListedRows;
import io.godwit.billing.PriceUploads;
import io.godwit.billing.Pricing;
import io.godwit.http.Auth;
import io.godwit.http.Routes;
import io.godwit.link.LinkViews;
import io.godwit.link.Order;
import io.godwit.node.Node;
import io.godwit.numbering.Networks;
import io.godwit.replies.Numbers;
import io.godwit.reporting.Usage;
import io.godwit.routing.Guards;
import io.godwit.routing.LinkStates;
import io.godwit.routing.RouteRules;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The room's endpoints, in every process that serves HTTP. */
public final class ManagementRoutes implements Routes {
  private static final Logger log = LoggerFactory.getLogger(ManagementRoutes.class);

  private Usage usage;
  private BalanceWatch watch;
  private OldRows oldRows;
  private LinkStates states;

  @Override
  public void mount(Router router, Node node, Auth auth) {
    Context context = node.vertx().getOrCreateContext();
    Changes changes = new Changes(node.sets().control());
    Office office = new Office(context, node, auth);
    new AccountEndpoints(office).mount(router);
    LinkViews links = new LinkViews(context, node);
    ListedRows rows = new ListedRows(node.sets().control());
    new DirectoryEndpoints(office, node.directory(), rows, links, node::now).mount(router);
    oldRows = new OldRows(context, node, rows).start();
    Numbers.judge(node.directory());   // these two are judged where they are imported, whether this process has a worker or not
    Order.judge(node.directory());
    Guards guards = Guards.of(node.directory());
    Guards.kinds().forEach((kind, path) -> EntryEndpoints.each(office, kind, kind.equals(RouteRules.SENDER_RULE) ? RouteRules::ofSenderRule : Accord.NONE).mount(router, "/v1/" + path));
    new KeyEndpoints(office, auth.uses(), node::now).mount(router);
    new LoginEndpoints(office, node.vertx()).mount(router);
    new ExchangeEndpoints(office).mount(router);
    new LinkEndpoints(office, links, node::now).mount(router);
    Ledger ledger = new Ledger(node.sets(), new Pricing(node.directory()));
    usage = Usage.open(node.vertx(), node.settings().postgres());
    PriceUploads uploads = PriceUploads.ofRates(node.sets().control());
    new RateEndpoints(office, uploads).mount(router);
    uploads.prepare().onFailure(e -> log.warn("the collection of uploaded prices is not prepared: {}", e.toString()));
    new CostEndpoints(office, PriceUploads.ofCosts(node.sets().control())).mount(router);
    states = LinkStates.listen(node.vertx());
    new RouteExplanations(office, node, states, guards).mount(router);
    EntryEndpoints.each(office, RouteRules.ROUTE, RouteRules::ofRoute).mount(router, "/v1/routes");
    EntryEndpoints.together(office, Networks.KIND).mount(router, "/v1/networks");
    new CreditEndpoints(office, ledger, usage).mount(router);
    new StatementEndpoints(office, ledger, usage, node::now).mount(router);
    Alerts alerts = new Alerts(node.sets().control());
    new History(office, changes, alerts).mount(router);
    watch = new BalanceWatch(context, node, ledger, alerts).start();
    changes.open(context).compose(v -> ledger.open()).onFailure(e -> log.warn("collections and indexes are not prepared: {}", e.toString()));
  }

  @Override
  public Future<Void> close() {
    if (watch != null) watch.stop();
    if (oldRows != null) oldRows.stop();
    Future<Void> deaf = states == null ? Future.succeededFuture() : states.close();
    return deaf.transform(v -> usage == null ? Future.succeededFuture() : usage.close());
  }
}
