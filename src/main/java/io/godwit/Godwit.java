package io.godwit;

public final class Godwit {
  public static void main(String[] args) {
  }
}
