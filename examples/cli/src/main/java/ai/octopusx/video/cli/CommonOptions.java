package ai.octopusx.video.cli;

import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {

    @Option(names = "--json", description = "JSON lines on stdout, for programs.")
    boolean json;

    @Option(names = "--verbose", description = "Log to stderr, and show stack traces.")
    boolean verbose;
}
