/** Many large pictures on their way at once, beside clients that hold them whole. */
@NullMarked
package ai.octopusx.video.benchmarks.upload;

import org.jspecify.annotations.NullMarked;
