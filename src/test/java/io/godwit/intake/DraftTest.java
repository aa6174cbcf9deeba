package io.godwit.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.EncodingChoice;
import io.godwit.message.Lane;
import io.godwit.message.NumberPlan;
import io.godwit.message.Origin;
import io.godwit.message.SmppOrigin;
import io.godwit.message.Text;
import java.util.List;
import org.junit.jupiter.api.Test;

class DraftTest {
  private static Draft draft(SmppOrigin smpp) {
    Origin origin = new Origin(null, null, List.of(), null, null, 0, false, false, smpp);
    return new Draft("demo", Lane.BULK, "Godwit", (NumberPlan.Number) NumberPlan.parse("+4915112345678"), (Text.Analysis) Text.analyse("Hello", EncodingChoice.AUTO, false), 1, origin);
  }

  @Test
  void itWeighsWhatItsMessageWillWithWhatIsPassedOn() {
    SmppOrigin.Party party = new SmppOrigin.Party(1, 1, "4915112345678");
    Draft draft = draft(new SmppOrigin(0, party, party, null, false, List.of(new SmppOrigin.Parameter(0x1400, "00".repeat(512)))));
    assertEquals(draft.message("id", null).weight(), draft.weight());
    assertTrue(draft.weight() >= draft(null).weight() + 1_024);
    assertEquals(draft(null).message("id", null).weight(), draft(null).weight());
  }
}
