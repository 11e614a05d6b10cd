package ai.octopusx.video.cli;

import picocli.CommandLine.Option;

/** Without the gateway. */
final class DemoOption {

    @Option(names = "--demo", description = "Talk to a simulator inside this process: no key, no cost, no network.")
    boolean demo;
}
