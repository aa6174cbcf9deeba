package io.godwit.accounts;

import io.vertx.core.json.JsonObject;

/**
 * What somebody does to one entry of the directory.
 *
 * @param version of the entry as it was looked at; 0 = there is none
 * @param before null when it is new
 * @param after null when it is removed
 * @param account among whose changes it is told
 */
public record Change(String kind, String id, long version, JsonObject before, JsonObject after, String account, By by) {
  /**
   * Who did it.
   *
   * @param key the id of the API key
   */
  public record By(String account, String key) { }
}
