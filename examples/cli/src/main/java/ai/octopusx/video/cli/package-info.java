/** The command line: one job or a batch of them, and the simulator to try it on. */
@NullMarked
package ai.octopusx.video.cli;

import org.jspecify.annotations.NullMarked;
