package ai.octopusx.video.benchmarks.load;

import java.net.URI;
import java.time.Duration;

/** A client that is measured. Made once in a process of its own. */
interface Contestant extends AutoCloseable {

    /**
     * Watches one job by polling until the gateway shows its end.
     *
     * @param ended called once when the end was seen, with false if the client lost the job
     */
    void watch(String id, Duration interval, Ended ended);

    @Override
    void close();

    /** Hears how a job ended. */
    interface Ended {
        void ended(boolean seen);
    }

    /**
     * @param name as in the tables
     * @param connections limit for those that cannot finish with their own; 0 leaves each as it ships
     */
    static Contestant named(String name, URI gateway, int connections) {
        return switch (name) {
            case "octopusx" -> new OctopusxContestant(gateway, false);
            case "octopusx-h2c" -> new OctopusxContestant(gateway, true);
            case "minimal" -> new MinimalContestant(gateway, connections);
            case "netty" -> new BareNettyContestant(gateway, connections);
            case "azure" -> new AzureContestant(gateway, connections);
            case "webclient" -> new WebClientContestant(gateway, connections);
            case "jdk" -> new JdkContestant(gateway);
            case "openai" -> new OpenAiContestant(gateway, connections);
            default -> throw new IllegalArgumentException("No contestant is called " + name);
        };
    }
}
