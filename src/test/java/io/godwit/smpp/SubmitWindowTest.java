package io.godwit.smpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubmitWindowTest {
  private final List<Integer> late = new ArrayList<>();

  private final ResponseHandler handler = new ResponseHandler() {
    @Override
    public void onResponse(PduResponse response) {
    }

    @Override
    public void onUnanswered(Unanswered reason) {
    }

    @Override
    public void onLateResponse(PduResponse response) {
      late.add(response.getSequenceNumber());
    }
  };

  private static SubmitSmResp answer(int sequence) {
    SubmitSmResp answer = new SubmitSmResp();
    answer.setSequenceNumber(sequence);
    return answer;
  }

  private SubmitWindow expired(int size) {
    SubmitWindow window = new SubmitWindow(size);
    for (int sequence = 1; sequence <= size; sequence++) window.add(sequence, handler, sequence);
    assertTrue(window.expire(size));
    assertEquals(size, window.free());
    return window;
  }

  @Test
  void lateAnswersOfALargeWindowAreKnownForItsLastThousandRequests() {
    SubmitWindow window = expired(10_000);
    assertFalse(window.answer(answer(9_000)));
    assertTrue(window.answer(answer(9_001)));
    assertTrue(window.answer(answer(10_000)));
    assertEquals(List.of(9_001, 10_000), late);
  }

  @Test
  void aLateAnswerIsToldOnce() {
    SubmitWindow window = expired(10);
    assertTrue(window.answer(answer(1)));
    assertFalse(window.answer(answer(1)));
    assertEquals(List.of(1), late);
  }
}
