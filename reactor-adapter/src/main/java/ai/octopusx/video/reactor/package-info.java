/**
 * The reactive client of the OctopusX video gateway, on Project Reactor and Reactor Netty. Start at
 * {@link ai.octopusx.video.reactor.VideoClient}.
 */
@NullMarked
package ai.octopusx.video.reactor;

import org.jspecify.annotations.NullMarked;
