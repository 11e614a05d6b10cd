package ai.octopusx.video.simulator;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** For what other threads are about to do: waits as long as it takes; JUnit's own limit ends what never comes. */
final class Eventually {

    private Eventually() {}

    static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("did not come to pass");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
