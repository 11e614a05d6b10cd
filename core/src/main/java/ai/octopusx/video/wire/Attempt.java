package ai.octopusx.video.wire;

import java.time.Duration;

/**
 * One try that brought no success, and all that the decision about the next one may know.
 *
 * @param phase how far this one came
 * @param number of this one, from 1
 * @param sinceFirst from the start of the first attempt to now
 * @param dice a fresh random number, at least 0 and less than 1; the only source of chance
 */
public record Attempt(Operation operation, Phase phase, Outcome outcome, int number, Duration sinceFirst, double dice) {

    public Attempt {
        if (number < 1) {
            throw new IllegalArgumentException("number is " + number + ", allowed is 1 or more");
        }
    }
}
