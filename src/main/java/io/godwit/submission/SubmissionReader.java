package io.godwit.submission;

import io.godwit.http.Input;
import io.godwit.intake.Submission;
import io.godwit.message.EncodingChoice;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Origin;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;

/** A message's fields in JSON, as they stand in single requests and in batches. What is wrong is remembered by the {@link Input}. */
final class SubmissionReader {
  static final Set<String> OPTIONS = Set.of("from", "integrationId", "priority", "scheduleAt", "validFor", "replyable", "callbackUrl", "clientRef",
    "encoding", "transliterate", "tags", "flash");
  static final Set<String> FIELDS = union(OPTIONS, Set.of("to", "text"));

  private SubmissionReader() {
  }

  /** A submission is only of use when the input has no problem. */
  static Submission read(Input in, String account) {
    return read(in.only(FIELDS), account, in.required("to", Limits.FIELD_CHARS), in.required("text", Limits.BODY_BYTES));
  }

  /** The options, for a recipient and a text that come from elsewhere. */
  static Submission read(Input in, String account, String to, String text) {
    Lane lane = "alert".equals(in.word("priority", List.of("bulk", "alert"))) ? Lane.ALERT : Lane.BULK;
    long validFor = in.duration("validFor");
    if (in.has("validFor") && validFor <= 0) in.wrong("invalid-validity", "validFor", "must be longer than nothing");
    Origin origin = new Origin(in.text("integrationId", Limits.FIELD_CHARS), in.text("clientRef", Limits.FIELD_CHARS),
      in.texts("tags", Limits.TAGS, Limits.FIELD_CHARS), url(in), null, in.instant("scheduleAt"), in.flag("replyable"), in.flag("flash"), null);
    return new Submission(account, lane, in.text("from", Limits.FIELD_CHARS), to, text, encoding(in), in.flag("transliterate"), validFor, origin);
  }

  static EncodingChoice encoding(Input in) {
    return EncodingChoice.of(in.word("encoding", List.of("auto", "gsm7", "ucs2"))).orElse(EncodingChoice.AUTO);
  }

  private static String url(Input in) {
    String text = in.text("callbackUrl", Limits.URL_CHARS);
    if (text == null) return null;
    try {
      URI uri = new URI(text);
      if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) return text;
    } catch (URISyntaxException e) {
      // said below
    }
    in.wrong("invalid-field", "callbackUrl", "must be an absolute http or https URL");
    return null;
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new java.util.HashSet<>(some);
    all.addAll(others);
    return Set.copyOf(all);
  }
}
