package io.godwit.billing;

import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.ops.Finding.Kind;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What the audit says of the money when nothing of it moves any more; what these tests make of messages is not of interest here. */
final class Money {
  private static final Set<Kind> KINDS = EnumSet.of(Kind.MONEY_OFF, Kind.OVERDRAWN, Kind.MONEY_LEFT, Kind.MONEY_TWICE);

  private Money() {
  }

  static List<Finding> off(TestNode node) {
    List<Finding> findings = new ArrayList<>();
    Await.until("the money is at rest", () -> {
      findings.clear();
      return "checked".equals(node.await(() -> new Audit(node.vertx.getOrCreateContext(), findings::add).run(node.sets.all())).toJson().getValue("money"));
    });
    return findings.stream().filter(finding -> KINDS.contains(finding.kind())).toList();
  }
}
