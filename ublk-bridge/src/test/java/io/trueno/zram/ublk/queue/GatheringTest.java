package io.trueno.zram.ublk.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A queue that learns from its batches, without a driver: the clients here are arithmetic. */
class GatheringTest {
    private static final int MOST_LOOKS = 1000;

    /** Looks in which a client sends one request, faster than the queue takes them. */
    private static final int LOOKS_PER_REQUEST = 50;

    private final Gathering gathering = new Gathering(MOST_LOOKS);
    private long requests;
    private long batches;
    private int heldBack;

    /** A client with so many under way sends what it may while the queue waits. */
    private void serve(int underWay, int batchCount) {
        for (int i = 0; i < batchCount; i++) {
            gathering.await();
            int sent = 1 + gathering.looks() / LOOKS_PER_REQUEST;
            heldBack = Math.max(1, Math.min(sent, underWay - heldBack));
            gathering.took(heldBack);
            requests += heldBack;
            batches++;
        }
    }

    private double batchSize(int underWay) {
        serve(underWay, 2000); // it learns
        requests = 0;
        batches = 0;
        serve(underWay, 2000);
        return (double) requests / batches;
    }

    @Test
    void requestsOfAClientWithManyUnderWayComeTogether() {
        assertThat(batchSize(32)).isBetween(5.0, 8.0);
        assertThat(batchSize(128)).isBetween(5.0, 8.0);
    }

    @Test
    void aClientWithFewUnderWayWaitsForNobody() {
        for (int underWay = 1; underWay <= 4; underWay++) {
            assertThat(batchSize(underWay)).isLessThan(1.1);
            assertThat(gathering.looks()).isZero();
        }
    }

    @Test
    void probesThatFindFewBecomeRare() {
        int probes = 0;
        for (int i = 0; i < 8 * Gathering.MOST_BETWEEN; i++) {
            gathering.await();
            probes += gathering.looks() > 0 ? 1 : 0;
            gathering.took(1);
        }
        assertThat(probes).isBetween(8, 13);
    }

    @Test
    void whoDoesNotSendWhatIsWaitedForIsSoonNotWaitedFor() {
        assertThat(batchSize(32)).isGreaterThan(5);
        int waits = 0;
        for (int i = 0; i < 200; i++) {
            gathering.await();
            waits += gathering.looks() > 0 ? 1 : 0;
            gathering.took(1);
        }
        assertThat(waits).isLessThan(60);
        assertThat(gathering.looks()).isZero();
    }

    @Test
    void aProbeThatFindsNothingIsMadeAgain() {
        gathering.took(Gathering.LEAST_BETWEEN);
        gathering.await();
        gathering.took(0);
        gathering.await();
        assertThat(gathering.looks()).isEqualTo(Gathering.PROBE * MOST_LOOKS);
    }

    @Test
    void nobodyWaitsWhereNobodyMay() {
        Gathering never = new Gathering(0);
        for (int i = 0; i < 2 * Gathering.LEAST_BETWEEN; i++) {
            never.await();
            assertThat(never.looks()).isZero();
            never.took(32);
        }
    }
}
