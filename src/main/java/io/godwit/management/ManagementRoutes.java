package io.godwit.management;

import io.godwit.accounts.Alerts;
import io.godwit.accounts.Changes;
import io.godwit.http.Auth;
import io.godwit.http.Routes;
import io.godwit.node.Node;
import io.vertx.core.Context;
import io.vertx.ext.web.Router;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The room's endpoints, in every process that serves HTTP. */
public final class ManagementRoutes implements Routes {
  private static final Logger log = LoggerFactory.getLogger(ManagementRoutes.class);

  @Override
  public void mount(Router router, Node node, Auth auth) {
    Context context = node.vertx().getOrCreateContext();
    Changes changes = new Changes(node.sets().control());
    Office office = new Office(context, node, auth);
    new AccountEndpoints(office).mount(router);
    new KeyEndpoints(office, auth.uses(), node::now).mount(router);
    new LoginEndpoints(office, node.vertx()).mount(router);
    new History(office, changes, new Alerts(node.sets().control())).mount(router);
    changes.open(context).onFailure(e -> log.warn("the changes' index is not prepared: {}", e.toString()));
  }
}
