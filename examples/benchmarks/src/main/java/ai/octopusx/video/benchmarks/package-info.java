/** What the benchmarks share: processes on cores of their own, and what a process can say of itself. */
@NullMarked
package ai.octopusx.video.benchmarks;

import org.jspecify.annotations.NullMarked;
