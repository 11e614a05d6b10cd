/** How many polls a policy needs for its lateness, beside the fewest that any could need; in virtual time. */
@NullMarked
package ai.octopusx.video.benchmarks.economy;

import org.jspecify.annotations.NullMarked;
