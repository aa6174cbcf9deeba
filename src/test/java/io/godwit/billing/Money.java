package io.godwit.billing;

import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.ops.Finding.Kind;
import io.godwit.testing.TestNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What the audit says of the money; what these tests make of messages is not of interest here. */
final class Money {
  private static final Set<Kind> KINDS = EnumSet.of(Kind.MONEY_OFF, Kind.OVERDRAWN, Kind.MONEY_LEFT, Kind.MONEY_TWICE);

  private Money() {
  }

  static List<Finding> off(TestNode node) {
    List<Finding> findings = new ArrayList<>();
    Object money = node.await(() -> new Audit(node.vertx.getOrCreateContext(), findings::add).run(node.sets.all())).toJson().getValue("money");
    if (!"checked".equals(money)) throw new AssertionError("the money is not at rest");
    return findings.stream().filter(finding -> KINDS.contains(finding.kind())).toList();
  }
}
