/** Load against peers in real time: a server and one client at a time, each in a process and on a core of its own. */
@NullMarked
package ai.octopusx.video.benchmarks.load;

import org.jspecify.annotations.NullMarked;
