package io.godwit.node;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What each component says about whether it can do its work now; behind {@code /health/ready}. Thread-safe. */
public final class Readiness {
  private final Map<String, Supplier<String>> checks = new ConcurrentHashMap<>();

  /**
   * @param check answers null when all is well, else a sentence that an operator can act on
   */
  public void register(String component, Supplier<String> check) {
    checks.put(component, check);
  }

  public void remove(String component) {
    checks.remove(component);
  }

  /** What is wrong, by component; empty = ready. */
  public Map<String, String> troubles() {
    Map<String, String> troubles = new TreeMap<>();
    checks.forEach((component, check) -> {
      String trouble = check.get();
      if (trouble != null) troubles.put(component, trouble);
    });
    return troubles;
  }

  /** Every component that was asked, for the answer's detail. */
  public Iterable<String> components() {
    return new TreeMap<>(checks).keySet();
  }
}
