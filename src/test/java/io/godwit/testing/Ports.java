package io.godwit.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that have to be told theirs. They lie below those from which the kernel takes the ports of outgoing connections, each process of Surefire's has a
 * range of its own, and none is given twice: so that nobody takes one between now and when its server listens.
 */
public final class Ports {
  private static final int LOWEST = 10_000;
  private static final int EACH = 2_700;
  private static final int RANGES = 4;
  private static final int MINE = LOWEST + EACH * (Integer.getInteger("surefire.forkNumber", 0) % RANGES);
  /** Elsewhere in each run, since servers of the last may still be ending. */
  private static final AtomicInteger NEXT = new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % EACH));

  private Ports() {
  }

  public static int free() {
    for (int tries = 0; tries < EACH; tries++) {
      int port = MINE + NEXT.getAndIncrement() % EACH;
      if (isFree(port)) return port;
    }
    throw new IllegalStateException("no port is free from " + MINE + " to " + (MINE + EACH));
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
