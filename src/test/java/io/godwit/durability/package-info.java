/**
 * What must hold when something dies, with everything real: gateways as processes of their own ({@link io.godwit.testing.GodwitProcess}), a
 * replica set of three, a carrier that outlives them ({@link io.godwit.testing.Site}), and load that goes on whatever happens
 * ({@link io.godwit.testing.Load}). In the end the books are audited, and the carrier's log is held against them: nothing lost, every copy
 * explained by an event, nothing paid twice.
 *
 * <table>
 *   <caption>When something dies: the promises of the design, and the tests that hold them. {@code scripts/chaos} holds all of them together.</caption>
 *   <tr><th>dies</th><th>promise</th><th>test</th></tr>
 *   <tr><td>MongoDB primary</td><td>submissions wait up to the election, then go on</td>
 *     <td>submission/FailoverTest.acceptedMessagesSurviveTheDeathOfThePrimaryOnceEach (each post is accepted)</td></tr>
 *   <tr><td></td><td>unkeyed ones go to another set at once</td><td>SetDeathTest.messagesOfADeadSetWaitAndTheOthersGoOn, hungSetIsLeftOutAndComesBack, deathOfTheControlSetIsSurvived (the longest gap);
 *     SetElectionTest.whileTheControlSetElectsNothingIsRefused, whileTheOtherSetElectsNothingIsRefused</td></tr>
 *   <tr><td></td><td>no 202 lost, none twice</td><td>LostPrimaryTest.killedPrimaryLosesNoAcceptedMessage, hungPrimaryLosesNoAcceptedMessage;
 *     queue/PrimaryDeathTest.nothingAcknowledgedIsLostAndNothingHappensTwice</td></tr>
 *   <tr><td>a whole set</td><td>its messages wait, new ones use the others, nothing is lost when it returns</td>
 *     <td>SetDeathTest.messagesOfADeadSetWaitAndTheOthersGoOn, hungSetIsLeftOutAndComesBack</td></tr>
 *   <tr><td></td><td>the same of the control set, of both at once, and together with a gateway</td><td>SetDeathTest.deathOfTheControlSetIsSurvived,
 *     whileBothSetsAreDeadNothingIsAcceptedAndNothingIsLost, gatewayThatIsKilledWhileASetIsDeadStartsWithoutIt,
 *     gatewayThatIsStoppedWhileASetIsDeadEndsInTimeAndLosesNothing</td></tr>
 *   <tr><td></td><td>what needs the dead set waits for it</td><td>SetDeathTest.stopFromAHandsetWhileTheControlSetIsDeadIsObeyedWhenItIsBack;
 *     submission/SeveralSetsTest.keyedRequestWhoseSetIsDownComesBackLaterAndNeverGoesElsewhere</td></tr>
 *   <tr><td>a worker, link or submission process, kill -9 or SIGSTOP</td><td>others take over within about 15 s</td>
 *     <td>PausedGatewayTest.pausedGatewayIsTakenOverInTimeAndSendsNothingItNoLongerHolds</td></tr>
 *   <tr><td></td><td>nothing lost; resends at most the sum of unsettledMax; no charge twice</td>
 *     <td>KilledGatewayTest.killedGatewayLosesNothingAndResendsAtMostTheUnsettled, aGatewayThatIsKilledAgainAndAgainLosesNothing; the SMPP server alone:
 *     smppserver/KilledServerTest.whatWasAnsweredIsSentAndHasItsReceipt; each component of its own: {@code scripts/chaos --layout components}</td></tr>
 *   <tr><td></td><td>credit for exactly N messages bills exactly N, also when it was in a dead worker's hands, or the control set was down</td>
 *     <td>ExactCreditTest.eightWorkersBillExactlyWhatTheCreditIsGoodFor, aWorkerProcessThatIsKilledWithCreditInItsHandsCostsNobodyAnything,
 *     whileTheControlSetIsDownForAMinuteWhatLacksCreditWaitsAndNobodyIsRefused; billing/BalancedBooksTest.theBooksBalanceWhateverDies (random plans, a death at any write);
 *     billing/PurseTest.whatManyAccountsFetchedOrReturnedIsHomeInTheEndWhicheverAnswerIsLost</td></tr>
 *   <tr><td></td><td>a stop in order: nothing twice</td><td>StoppedGatewayTest.stoppedGatewaySettlesItsWindowAndSendsNothingTwice;
 *     ComponentsTest.componentsMayStartAndStopInAnyOrder, eachComponentMayBeStoppedAndStartedAlone</td></tr>
 *   <tr><td></td><td>the same key and body are answered the same</td>
 *     <td>submission/IdempotencyTest.keyAndBodyAreAnsweredTheSameIdWhereverTheFirstProcessDied, sameKeyInTwoProcessesAtOnceIsDoneOnce,
 *     oneDuplicateNeverFailsTheOtherRequestsOfItsBatch</td></tr>
 *   <tr><td></td><td>also when the key moves to another set while its commit is under way</td>
 *     <td>submission/IdempotencyTest.commitThatComesLateAtTheEarlierHomeOfItsKeyHasNoEffect, retryThatDiesOnItsWayToTheNewHomeOfItsKeyIsFollowedByTheNext,
 *     lateCommitNeverFailsTheOtherRequestsOfItsBatch; intake/KeptAnswersTest.twoThatFindNothingAtOnceBothGoOnAtTheNewHome</td></tr>
 *   <tr><td>a carrier link</td><td>messages wait</td><td>LinkTroubleTest.messagesOfALinkWithoutCarrierAreSentWhenItAppears</td></tr>
 *   <tr><td></td><td>or fail over</td><td>new ones: routing/RoutingTest.theFirstLinkThatIsUpIsTakenAndWhenNoneIsTheFirst; those that wait already:
 *     LinkTroubleTest.whatADeadLinkNeverTriedGoesOverTheOtherAndWhatItTriedWaitsForIt, rescue/FailoverTest.whatWasNeverTriedGoesOverTheNextLinkThatSendsAtThePriceOfThisMoment</td></tr>
 *   <tr><td></td><td>they expire at their validity, never silently; each ends in a final status</td>
 *     <td>LinkTroubleTest.messagesOfALinkWithoutCarrierWaitAndExpireAtTheirTime</td></tr>
 *   <tr><td>receipts stop coming</td><td>SENT becomes UNKNOWN at its time, billed as sent, whatever the account; no reservation leaks (the books are audited)</td>
 *     <td>LinkTroubleTest.aMessageWhoseReceiptNeverComesEndsFinalAtItsTime</td></tr>
 *   <tr><td>PostgreSQL or reporting</td><td>reports stand still, sending does not notice, the projection catches up exactly</td>
 *     <td>LostPostgresTest.sendingDoesNotNoticeThatPostgresIsGoneAndTheProjectionCatchesUpExactly;
 *     reporting/ReportsTest.withoutPostgresReportsAreUnavailableAndComeBack;
 *     reporting/OutageTest.aProjectorThatIsKilledIsFollowedByOneThatAppliesNothingTwice</td></tr>
 *   <tr><td></td><td>a receipt that comes again where nobody remembers its message is late, and changes nothing</td>
 *     <td>link/ReceiptsOnTwoNodesTest.aReceiptThatComesAgainWhereNobodyRemembersItsMessageIsLate</td></tr>
 *   <tr><td>a stage's own code, on one message</td><td>the others go on; it ends, and its dead letter keeps it</td>
 *     <td>worker/PoisonTest.onePoisonedMessageAmongManyDiesFreeOfChargeAndIsSentOnceItsHandlerIsMended (route),
 *     link/LinkTest.aMessageOnWhichTheLinksOwnCodeFailsEndsAndHoldsUpNobody (link),
 *     replies/InboundTest.whatCannotBeUnderstoodIsADeadLetterAndTheOthersGoOn, anErrorThatIsNoOutageCountsAgainstTheMessageAndAnOutageDoesNot (inbound),
 *     link/PoisonedReceiptsTest.aReceiptOnWhichTheStageFailsBecomesADeadLetterAndTheOthersGoOn (receipt),
 *     queue/MongoQueueLeasesTest.aParcelThatCannotBeReadHoldsUpNobody (any),
 *     smppserver/NoticeTest.aNoticeThatNoDeliverSmSaysBecomesADeadLetterAndHoldsUpNobody (deliver)</td></tr>
 *   <tr><td>the archive, kill -9</td><td>every trail is whole, the next run ends what it began</td>
 *     <td>events/KilledArchiveTest.whileItReadsTheDay, whileItComparesWhatItHasWritten, whenTheFilesHaveTheirNamesAndNobodyWasTold,
 *     whenTheDayIsItsFilesAndItDoesNotKnow, whenItIsAboutToDropTheCollection, whenTheCollectionIsGoneAndItDoesNotKnow</td></tr>
 *   <tr><td>nothing</td><td>a set may be added and drained by restarts one after the other</td><td>AddedSetTest.setThatIsAddedTakesItsShareAndOneThatIsDrainedNothingNew</td></tr>
 *   <tr><td></td><td>a message costs the set that holds it, and no other</td><td>SetsApartTest.messagesOfOneSetAreNoWorkForAnother</td></tr>
 *   <tr><td></td><td>an audit beside live traffic raises no false alarm</td><td>LiveAuditTest.anAuditBesideLiveTrafficFindsNothingThoughMessagesAreOnTheirWay</td></tr>
 *   <tr><td>a webhook endpoint</td><td>retries, then dead letter; other customers unaffected</td><td>no test: there are no webhooks yet</td></tr>
 *   <tr><td>the cluster splits</td><td>hints are lost, leases fence: no double commit</td>
 *     <td>SplitClusterTest.halvesOfASplitClusterGoOnAloneAndTogetherAgainAndCommitNothingTwice;
 *     queue/MongoQueueLeasesTest.parcelsOfTheDeadAreFreedUnderANewTokenAndTheStaleHolderFails</td></tr>
 * </table>
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
 *   <tr><td>paused link whose parcels were taken over</td><td>PausedGatewayTest.pausedGatewayIsTakenOverInTimeAndSendsNothingItNoLongerHolds; link/InboxInterleavingsTest.whoeverHasNotBeatForFiveSecondsSubmitsNothingMoreOfWhatItHolds;
 *     queue/MongoQueueLeasesTest.whoeverIsFoundDeadBeginsANewLifeAndDropsWhatItHeld</td></tr>
 *   <tr><td>two take-overs in a row</td><td>queue/InterleavingsTest.afterTwoTakeOversInARowWhatEitherMayHaveSubmittedIsUnknownAndTheRestIsNot,
 *     aSecondHolderThatDiesBeforeItSettledAnythingAddsNothingToWhatIsUnknown; KilledGatewayTest.aGatewayThatIsKilledAgainAndAgainLosesNothing</td></tr>
 *   <tr><td>abandoned transaction on the head parcel</td><td>queue/MongoQueueLeasesTest.anAbandonedTransactionOnTheHeadHoldsNobodyUp (claimers),
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
 *   <tr><td>a claim whose answer was lost</td><td>queue/InterleavingsTest.aClaimWhoseAnswerIsLostCostsNoParcel;
 *     one that an election has undone: queue/InterleavingsTest.aLeaseThatAnElectionHasUndoneGivesNobodyAnything</td></tr>
 *   <tr><td>a parcel leased to a living process that does not know it</td><td>queue/MongoQueueLeasesTest.aParcelLeasedByALostAnswerIsReturnedAfterTwoSweeps</td></tr>
 *   <tr><td>a parcel changed again and again while its holder asks for it</td><td>queue/InterleavingsTest.aHolderWhoseParcelIsChangedSixTimesInARowKeepsIt,
 *     aParcelWhoseTakingBackIsDoneButNotAnsweredIsKept, aParcelThatAnotherStageOfTheProcessHasClaimedMeanwhileStaysWithThatStage</td></tr>
 *   <tr><td>page committed late; the primary's clock stepped forward while a transaction is open</td>
 *     <td>reporting/ProjectionTest.aPageThatCommitsAfterALaterOneIsNotSkipped, aPageThatIsSecondsLateIsAppliedAfterARestartToo;
 *     reporting/MarkTest.theMarkWaitsFifteenSecondsOfOurClockWhenMongodsJumpsAhead (timestamps as values);
 *     reporting/SteppedClockTest.aPageWhoseTransactionIsOpenWhileThePrimarysClockIsSteppedForwardIsNotSkipped (a real mongod, where libfaketime is)</td></tr>
 *   <tr><td>a unit of work re-run after an unknown commit whose session record is gone</td>
 *     <td>queue/InterleavingsTest.aStepWithInsertsWhoseCommitAndSessionAreForgottenIsKnownToHaveTakenEffect,
 *     aStepWithoutInsertsWhoseCommitAndSessionAreForgottenIsKnownToHaveTakenEffect, moneyAloneIsMovedOnceThoughItsCommitAndSessionAreForgotten,
 *     aStepThatSomebodyFencedWhileItsOutcomeWasUnknownHasNoEffect; worker/AbsorbedStepsTest.aMessageWhoseCommitAndSessionAreForgottenIsAcceptedOnce;
 *     other troubles of a commit: queue/MongoQueueOutcomesTest.aStepTakesEffectOnce</td></tr>
 *   <tr><td>cancel against claim</td><td>intake/CancelAgainstClaimTest.whatTheLinkMaySubmitByThenIsTooLateToCancel, whatTheLinkMayNotSubmitYetIsTakenFromUnderIt, whatTheLinkHasSettledByThenIsTooLateToCancel,
 *     whenTheClaimIsSlowerTheMessageIsCancelled; queue/InterleavingsTest.whatIsCancelledWhileAClaimIsOnItsWayIsNotInTheClaimedParcel,
 *     aCancellationThatReadTheParcelBeforeItWasClaimedHasNoEffect</td></tr>
 *   <tr><td>release into an allotment after it was closed</td><td>billing/TransferTest.aReleaseIntoAnAllotmentThatWasClosedMeanwhileHasNoEffect;
 *     link/LinkTest.aLinkWhoseLifeEndedCanStillGiveMoneyBack</td></tr>
 *   <tr><td>refusal during an open transfer</td><td>billing/BillingHandlerTest.aMessageThatMeetsAnOpenDrawOfAnotherSlotWaitsAndIsRoutedWhenItTurnsRound,
 *     aMessageThatMeetsAnOpenReturnOfAnotherSlotWaitsAndIsRoutedWhenItIsHome, aMessageIsNotRefusedForCreditThatCameHomeAndWasDrawnAgainWhileItWasLookedFor</td></tr>
 * </table>
 */
package io.godwit.durability;
