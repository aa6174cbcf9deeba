package io.godwit;

import io.godwit.accounts.PasswordHash;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Reads a password from standard input and prints what an {@code smpp} entry of the directory stores of it. */
@Command(name = "password", description = "Prints the stored form of the SMPP password that is read from standard input.")
final class PasswordCommand implements Callable<Integer> {
  /** A C-octet string of 9 with its end (SMPP 3.4 §5.2.2). */
  private static final int MOST_CHARS = 8;

  @Override
  public Integer call() throws Exception {
    String password = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    if (password == null || password.isEmpty() || password.length() > MOST_CHARS) {
      System.err.println("password: SMPP 3.4 allows 1 to " + MOST_CHARS + " characters");
      return 1;
    }
    System.out.println(PasswordHash.of(password));
    return 0;
  }
}
