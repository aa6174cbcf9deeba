package io.godwit.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that have to be told theirs. They lie below those from which the kernel takes the ports of outgoing connections, each process has a range of its own,
 * whoever started it, and none is given twice: so that nobody takes one between now and when its server listens.
 */
public final class Ports {
  private static final int LOWEST = 10_000;
  private static final int EACH = 2_700;
  private static final int RANGES = 8;
  /** Listens below all ranges, as the sign that one of them is this process's for as long as it lives; null when all are taken. */
  private static final ServerSocket SIGN = sign();
  private static final int MINE = LOWEST + EACH * (SIGN == null ? RANGES - 1 : LOWEST - 1 - SIGN.getLocalPort());
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

  private static ServerSocket sign() {
    for (int range = 0; range < RANGES; range++) {
      try {
        return listen(LOWEST - 1 - range);
      } catch (IOException e) {
        // another process's
      }
    }
    return null;
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = listen(port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
  }
}
