package ai.octopusx.video.reactor;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A program with observations and without meters, as a Boot application without the actuator is. Prints what it did. */
final class OnlyObservations implements ObservationHandler<Observation.Context> {

    private final Queue<String> names = new ConcurrentLinkedQueue<>();

    private OnlyObservations() {}

    public static void main(String[] args) throws Exception {
        System.out.println("micrometer " + WithoutMicrometer.isThere("io.micrometer.observation.ObservationRegistry")
                + " " + WithoutMicrometer.isThere("io.micrometer.core.instrument.MeterRegistry"));
        ObservationRegistry registry = ObservationRegistry.create();
        OnlyObservations seen = new OnlyObservations();
        registry.observationConfig().observationHandler(seen);
        try (VideoClient client = VideoClient.builder()
                .apiKey("sk-secret")
                .baseUrl(args[0])
                .polling(WithoutMicrometer.SOON)
                .observationRegistry(registry)
                .build()) {
            WithoutMicrometer.live(client);
        }
        System.out.println("observed " + seen.names);
    }

    @Override
    public void onStop(Observation.Context context) {
        names.add(context.getName());
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return true;
    }
}
