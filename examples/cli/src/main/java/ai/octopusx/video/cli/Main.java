package ai.octopusx.video.cli;

/** Runs the command line in a process of its own: the machine's streams, environment and signals. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::interruptAndWait, "octopusx-interrupted"));
        int exitCode = new Cli(Terminal.ofProcess(), interruption).run(args);
        interruption.over();
        System.exit(exitCode);
    }
}
