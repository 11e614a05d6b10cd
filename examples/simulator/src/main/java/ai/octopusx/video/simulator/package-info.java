/**
 * A gateway that behaves like the real one: start it with {@link ai.octopusx.video.simulator.OctopusXSimulator}, shape it
 * with {@link ai.octopusx.video.simulator.SimulatorConfig}, and read what happened from
 * {@link ai.octopusx.video.simulator.SimulatorLedger}.
 */
@NullMarked
package ai.octopusx.video.simulator;

import org.jspecify.annotations.NullMarked;
