/** Large files to disk, beside curl and beside the least code that does it with Reactor Netty. */
@NullMarked
package ai.octopusx.video.benchmarks.download;

import org.jspecify.annotations.NullMarked;
