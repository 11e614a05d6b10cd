/**
 * The vocabulary of the OctopusX video gateway: requests, tasks, failures, and the decisions about them. Nothing here opens
 * a socket, reads a clock, throws dice or starts a thread.
 */
@NullMarked
package ai.octopusx.video;

import org.jspecify.annotations.NullMarked;
