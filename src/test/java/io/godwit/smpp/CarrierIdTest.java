package io.godwit.smpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.smpp.CarrierId.IdForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FIELD traps 4, 5 and 7. */
class CarrierIdTest {
  @ParameterizedTest
  @CsvSource({
    "812FC7470000001B, 9308878062554710043, HEX_THEN_DECIMAL",
    "812fc7470000001b, 9308878062554710043, HEX_THEN_DECIMAL",
    "9308878062554710043, 812FC7470000001B, DECIMAL_THEN_HEX",
    "FFFFFFFFFFFFFFFF, 18446744073709551615, HEX_THEN_DECIMAL",
    "10000000, 268435456, HEX_THEN_DECIMAL",
    "268435456, 10000000, DECIMAL_THEN_HEX",
    "0000123, 123, SAME",
    "123, 0000000000000000000000123, SAME",
    "00ab, AB, SAME",
    "000A, 10, HEX_THEN_DECIMAL",
    "0, 000, SAME",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8, 6ba7b810-9dad-11d1-80b4-00c04fd430c8, SAME",
    "00000000000000000000000000000abc, 00000000000000000000000000000abc, SAME"})
  void anIdOfAReceiptMeetsTheOneOfTheAnswer(String answered, String receipted, IdForm form) {
    assertTrue(meets(answered, receipted, IdForm.DETECT));
    assertTrue(meets(answered, receipted, form));
  }

  @Test
  void uuidsStayAsTheyAre() {
    assertEquals("0ba7b810-9DAD-11d1-80b4-00c04fd430c8", CarrierId.key("0ba7b810-9DAD-11d1-80b4-00c04fd430c8"));
    assertEquals("00000000000000000000000000000abc", CarrierId.key("00000000000000000000000000000abc"));
    assertFalse(meets("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B810-9dad-11d1-80b4-00c04fd430c8", IdForm.DETECT));
  }

  @Test
  void aSettledFormDoesNotMeetAnotherMessagesNumber() {
    assertFalse(meets("10000000", "268435456", IdForm.SAME));
    assertFalse(meets("10000000", "268435456", IdForm.DECIMAL_THEN_HEX));
  }

  @Test
  void theSameIdOnTwoLinksHasTwoHashes() {
    assertNotEquals(CarrierId.hash("a", "1"), CarrierId.hash("b", "1"));
    assertNotEquals(CarrierId.hash("a", "b1"), CarrierId.hash("ab", "1"));
  }

  @Test
  void theHashIsStableSinceItIsStored() {
    assertEquals(6145248585368234805L, CarrierId.hash("carrier", "812FC7470000001B"));
  }

  @Test
  void aLinksFormIsLearnedFromItsReceipts() {
    IdFormMemory memory = new IdFormMemory(IdForm.DETECT);
    for (int i = 0; i < 8; i++) {
      assertEquals(IdForm.DETECT, memory.current());
      memory.matched(IdForm.HEX_THEN_DECIMAL);
    }
    assertEquals(IdForm.HEX_THEN_DECIMAL, memory.current());
    memory.doubt();
    assertEquals(IdForm.DETECT, memory.current());
    assertEquals(IdForm.SAME, new IdFormMemory(IdForm.SAME).current());
  }

  private static boolean meets(String answered, String receipted, IdForm form) {
    String key = CarrierId.key(answered);
    return CarrierId.candidates(receipted, form).stream().anyMatch(candidate -> candidate.key().equals(key));
  }
}
