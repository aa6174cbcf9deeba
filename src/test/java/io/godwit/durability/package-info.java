/**
 * What must hold when something dies, with everything real: gateways as processes of their own ({@link io.godwit.testing.GodwitProcess}), a
 * replica set of three, a carrier that outlives them ({@link io.godwit.testing.Site}), and load that goes on whatever happens
 * ({@link io.godwit.testing.Load}). In the end the books are audited, and the carrier's log is held against them: nothing lost, every copy
 * explained by an event, nothing paid twice.
 *
 * <p>What load meets by chance only is forced elsewhere, one interleaving a test: two processes on one real set, one of them stopped at a
 * named command by a {@link io.godwit.testing.Gate} between it and its mongod, or by MongoDB's own fail points; nothing sleeps.
 *
 * <table>
 *   <caption>Interleavings, and the tests that force them</caption>
 *   <tr><th>interleaving</th><th>test</th></tr>
 *   <tr><td>receipt before SENT commits</td><td>link/ReceiptsOnTwoNodesTest.aReceiptBeforeSentCommitsOnAnotherNodeWaitsForIt,
 *     link/InboxInterleavingsTest.aReceiptOnAnotherNodeBeforeTheLinksSettlementCommitsDeliversAfterIt; on one node:
 *     link/LinkTest.aReceiptThatIsFasterThanTheCommitOfItsMessageWaitsForIt</td></tr>
 *   <tr><td>the same receipt on two nodes</td><td>link/ReceiptsOnTwoNodesTest.theSameReceiptOnTwoNodesDeliversOnce,
 *     theSameReceiptInTwoOpenTransactionsDeliversOnce; one of them from memory:
 *     link/InboxInterleavingsTest.aReceiptThatTheInboxSettlesFromMemoryWhileAnotherNodeDoesDeliversOnce</td></tr>
 *   <tr><td>last two segments on two nodes</td><td>link/ReceiptsOnTwoNodesTest.theLastTwoSegmentsOnTwoNodesDeliverTheMessageOnce,
 *     aSegmentWhoseAnswerIsLostWhileTheOtherIsSettledElsewhereIsNotLost; one of them from memory:
 *     link/InboxInterleavingsTest.aSegmentThatTheInboxSettlesFromMemoryWhileAnotherNodeSettlesTheOtherIsNotLost</td></tr>
 *   <tr><td>receipt against time-out</td><td>link/ReceiptsOnTwoNodesTest.aReceiptThatIsFasterThanTheTimeOutDelivers,
 *     aReceiptThatIsSlowerThanTheTimeOutIsLate, aReceiptAgainstTheTimeOutOfItsNeighboursLeavesThemToIt</td></tr>
 *   <tr><td>paused link whose parcels were taken over</td><td>durability/PausedGatewayTest; queue/MongoQueueLeasesTest.whoeverIsFoundDeadBeginsANewLifeAndDropsWhatItHeld</td></tr>
 *   <tr><td>two take-overs in a row</td><td>queue/InterleavingsTest.afterTwoTakeOversInARowWhatEitherMayHaveSubmittedIsUnknownAndTheRestIsNot,
 *     aSecondHolderThatDiesBeforeItSettledAnythingAddsNothingToWhatIsUnknown; durability/KilledGatewayTest</td></tr>
 *   <tr><td>abandoned transaction on the head parcel</td><td>queue/MongoQueueLeasesTest.anAbandonedTransactionOnTheHeadHoldsNobodyUp (claimers, 1 s),
 *     transactionsOfTheDeadAreEndedWhenTheyAreBuried (take-over)</td></tr>
 *   <tr><td>accept by a process already declared dead</td><td>queue/InterleavingsTest.whatWasAcceptedByAProcessThatIsDeclaredDeadBeforeTheCommitIsLeftToOthers,
 *     queue/MongoQueueLeasesTest.aLeaseThatArrivesAfterItsHolderWasBuriedIsFreedByALaterSweep; accepted and routed at once:
 *     worker/AbsorbedStepsTest.aMessageWhoseProcessIsDeclaredDeadBeforeTheCommitIsAcceptedAndLeftToOthers</td></tr>
 *   <tr><td>a kill around the commit of a step that was absorbed</td><td>worker/AbsorbedStepsTest.aMessageWhoseProcessDiesBeforeTheCommitWasNeverAccepted,
 *     aMessageWhoseProcessDiesBeforeItKnowsOfTheCommitIsTakenOver</td></tr>
 *   <tr><td>settlement or receipt by a process already declared dead</td>
 *     <td>link/InboxInterleavingsTest.aLinkWhoseProcessIsDeclaredDeadBeforeItsSettlementCommitsSettlesOnceAndSendsNoCopy,
 *     aReceiptThatTheInboxSettlesWhileItsProcessIsDeclaredDeadDeliversOnce</td></tr>
 *   <tr><td>a sweeper that dies between marking and freeing</td><td>queue/InterleavingsTest.aSweeperThatDiesBetweenMarkingAndFreeingIsFollowedByAnother</td></tr>
 *   <tr><td>a claim whose answer was lost</td><td>queue/MongoQueueLeasesTest.aClaimWhoseAnswerIsLostCostsNoParcel</td></tr>
 *   <tr><td>a parcel leased to a living process that does not know it</td><td>queue/MongoQueueLeasesTest.aParcelLeasedByALostAnswerIsReturnedAfterTwoSweeps</td></tr>
 *   <tr><td>a parcel changed again and again while its holder asks for it</td><td>queue/InterleavingsTest.aHolderWhoseParcelIsChangedSixTimesInARowKeepsIt,
 *     aParcelWhoseTakingBackIsDoneButNotAnsweredIsKept, aParcelThatAnotherStageOfTheProcessHasClaimedMeanwhileStaysWithThatStage</td></tr>
 *   <tr><td>page committed late; the primary's clock stepped forward while a transaction is open</td>
 *     <td>reporting/ProjectionTest.aPageThatCommitsAfterALaterOneIsNotSkipped, aPageThatIsSecondsLateIsAppliedAfterARestartToo;
 *     reporting/MarkTest.theMarkWaitsFifteenSecondsOfOurClockWhenMongodsJumpsAhead (timestamps as values: no test moves a mongod's clock)</td></tr>
 *   <tr><td>a unit of work re-run after an unknown commit whose session record is gone</td>
 *     <td>queue/InterleavingsTest.aStepWithInsertsWhoseCommitAndSessionAreForgottenIsKnownToHaveTakenEffect,
 *     aStepWithoutInsertsWhoseCommitAndSessionAreForgottenIsKnownToHaveTakenEffect, moneyAloneIsMovedOnceThoughItsCommitAndSessionAreForgotten,
 *     aStepThatSomebodyFencedWhileItsOutcomeWasUnknownHasNoEffect; worker/AbsorbedStepsTest.aMessageWhoseCommitAndSessionAreForgottenIsAcceptedOnce;
 *     other troubles of a commit: queue/MongoQueueOutcomesTest</td></tr>
 *   <tr><td>cancel against claim</td><td>intake/CancelAgainstClaimTest; queue/InterleavingsTest.whatIsCancelledWhileAClaimIsOnItsWayIsNotInTheClaimedParcel,
 *     aCancellationThatReadTheParcelBeforeItWasClaimedHasNoEffect</td></tr>
 *   <tr><td>release into an allotment after it was closed</td><td>billing/TransferTest.aReleaseIntoAnAllotmentThatWasClosedMeanwhileHasNoEffect;
 *     link/LinkTest.aLinkWhoseLifeEndedCanStillGiveMoneyBack</td></tr>
 *   <tr><td>refusal during an open transfer</td><td>billing/BillingHandlerTest.aMessageThatMeetsAnOpenDrawOfAnotherSlotWaitsAndIsRoutedWhenItTurnsRound,
 *     aMessageThatMeetsAnOpenReturnOfAnotherSlotWaitsAndIsRoutedWhenItIsHome, aMessageIsNotRefusedForCreditThatCameHomeAndWasDrawnAgainWhileItWasLookedFor</td></tr>
 * </table>
 */
package io.godwit.durability;
