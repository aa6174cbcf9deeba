package io.godwit.routing;

/**
 * A route that is for a message, as far as its other conditions are concerned, too; the lesser of two comes first.
 *
 * @param digits of the longest of its prefixes that the recipient has
 * @param distance from the message's account up to the nearest that the route names; as far as can be when it names none
 * @param rank of its id among all routes
 */
record Candidate(Route route, int digits, int distance, int rank) implements Comparable<Candidate> {
  /** Of a route that names no account. */
  static final int ANY = Integer.MAX_VALUE;
  private static final Criterion[] CRITERIA = Criterion.values();

  /** What decides between two routes, the first that tells them apart. */
  enum Criterion {
    /** Those that override come first. */
    OVERRIDE {
      int compare(Candidate one, Candidate other) {
        return Boolean.compare(other.route.overrides(), one.route.overrides());
      }
    },
    /** Of those that override, the one of the nearest account. */
    OWN_OVERRIDE {
      int compare(Candidate one, Candidate other) {
        return one.route.overrides() && other.route.overrides() ? Integer.compare(one.distance, other.distance) : 0;
      }
    },
    PRIORITY {
      int compare(Candidate one, Candidate other) {
        return Integer.compare(one.route.priority(), other.route.priority());
      }
    },
    PREFIX {
      int compare(Candidate one, Candidate other) {
        return Integer.compare(other.digits, one.digits);
      }
    },
    CONDITIONS {
      int compare(Candidate one, Candidate other) {
        return Integer.compare(other.route.conditions(), one.route.conditions());
      }
    },
    ACCOUNT {
      int compare(Candidate one, Candidate other) {
        return Integer.compare(one.distance, other.distance);
      }
    },
    ID {
      int compare(Candidate one, Candidate other) {
        return Integer.compare(one.rank, other.rank);
      }
    };

    abstract int compare(Candidate one, Candidate other);
  }

  @Override
  public int compareTo(Candidate other) {
    for (Criterion criterion : CRITERIA) {
      int difference = criterion.compare(this, other);
      if (difference != 0) return difference;
    }
    return 0;
  }

  /** Which one tells them apart; null for itself. */
  Criterion apart(Candidate other) {
    for (Criterion criterion : CRITERIA) if (criterion.compare(this, other) != 0) return criterion;
    return null;
  }
}
