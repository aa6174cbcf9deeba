package io.godwit.link;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.bson.Document;

/**
 * How the seats of one link are spread over the processes that serve links, as a look found it. Each is to have as many as any other, give or take one; who cannot bind
 * the link, while others can, none. Processes of an earlier release keep what they hold, and are not counted.
 */
final class Shares {
  private final LinkConfig link;
  private final int self;
  private final List<Document> seats;
  private final List<Document> processes;
  private final Set<Integer> living;
  private final List<Integer> serving;
  private final List<Integer> fit;

  /**
   * @param all the link's seats, as they stand in the control set
   * @param processes the living, read after the seats: {@code {_id, links: {except}}} of those that serve links
   */
  Shares(LinkConfig link, int self, List<Document> all, List<Document> processes) {
    this.link = link;
    this.self = self;
    this.seats = all.stream().filter(seat -> seat.getInteger("number") < link.binds()).sorted(Comparator.comparing(seat -> seat.getInteger("number"))).toList();
    this.processes = processes;
    this.living = processes.stream().map(process -> process.getInteger("_id")).collect(Collectors.toSet());
    this.serving = processes.stream().filter(process -> process.get("links") != null).map(process -> process.getInteger("_id")).toList();
    List<Integer> able = processes.stream().filter(this::isAble).map(process -> process.getInteger("_id")).toList();
    this.fit = able.isEmpty() ? serving : able;
  }

  private boolean isAble(Document process) {
    Document serves = process.get("links", Document.class);
    return serves != null && !serves.getList("except", String.class).contains(link.id());
  }

  /** The same with the seats as they stand by now. */
  Shares with(List<Document> all) {
    return new Shares(link, self, all, processes);
  }

  LinkConfig link() {
    return link;
  }

  int self() {
    return self;
  }

  /** Numbers of the seats that this process holds, in order. */
  List<Integer> mine() {
    return of(self).stream().map(seat -> seat.getInteger("number")).toList();
  }

  List<Document> of(int process) {
    return seats.stream().filter(seat -> seat.getInteger("holder") == process).toList();
  }

  /** Seats that nobody living holds. */
  List<Document> free() {
    return seats.stream().filter(seat -> !living.contains(seat.getInteger("holder"))).toList();
  }

  /** The free seats that are for this process: up to the least of its share first, so that all have that. */
  List<Document> due() {
    boolean othersLack = fit.stream().anyMatch(process -> process != self && of(process).size() < least(process));
    int most = othersLack ? least(self) : most(self);
    return free().stream().limit(Math.max(0, most - of(self).size())).toList();
  }

  /**
   * Whether this process is the one that should give a seat back: the first of those that have most beyond their share, while another lacks one and is bound with all that it
   * has. Not while one of the others has not bound any of what it took, nor while an earlier release holds some: that takes whatever is free.
   */
  boolean isToGive() {
    if (!free().isEmpty() || isHeldByEarlier() || fit.stream().anyMatch(process -> process != self && isDown(process))) return false;
    boolean someHaveTooMany = serving.stream().anyMatch(process -> of(process).size() > most(process));
    IntUnaryOperator share = someHaveTooMany ? this::most : this::least;
    if (fit.stream().noneMatch(process -> process != self && lacks(process, share.applyAsInt(process)))) return false;
    Comparator<Integer> beyond = Comparator.comparingInt(process -> of(process).size() - share.applyAsInt(process));
    return serving.stream().filter(process -> of(process).size() > share.applyAsInt(process))
      .max(beyond.thenComparing(Comparator.<Integer>reverseOrder())).filter(process -> process == self).isPresent();
  }

  private boolean isHeldByEarlier() {
    return seats.stream().map(seat -> seat.getInteger("holder")).anyMatch(holder -> living.contains(holder) && !serving.contains(holder));
  }

  private boolean isDown(int process) {
    List<Document> its = of(process);
    return !its.isEmpty() && its.stream().allMatch(seat -> sessions(seat) == 0);
  }

  private boolean lacks(int process, int share) {
    List<Document> its = of(process);
    return its.size() < share && its.stream().allMatch(seat -> sessions(seat) >= its.size() * link.direction().types().size());
  }

  /** Whether another that may be able to bind the link holds none of it. */
  boolean isAnotherIdle() {
    return fit.stream().anyMatch(process -> process != self && of(process).isEmpty());
  }

  private int least(int process) {
    return fit.contains(process) ? link.binds() / fit.size() : 0;
  }

  private int most(int process) {
    return fit.contains(process) ? (link.binds() + fit.size() - 1) / fit.size() : 0;
  }

  /** Whether another process has a session with the carrier. */
  boolean isBoundElsewhere() {
    return seats.stream().anyMatch(seat -> seat.getInteger("holder") != self && living.contains(seat.getInteger("holder")) && sessions(seat) > 0);
  }

  /** How many the holder of the seat says it has of the link. */
  private static int sessions(Document seat) {
    Document told = seat.get("told", Document.class);
    return told == null ? 0 : told.getInteger("bound");
  }

  /** Whether each of this process's seats says this. */
  boolean isTold(Told told) {
    Document said = told.toDocument();
    return of(self).stream().allMatch(seat -> Objects.equals(seat.getBoolean("up"), told.up()) && said.equals(seat.get("told")));
  }
}
