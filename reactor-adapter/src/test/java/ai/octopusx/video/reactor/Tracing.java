package ai.octopusx.video.reactor;

import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.propagation.Propagator;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A host's registry: it makes spans and timers of observations, sends traces along, and keeps all that ended. */
final class Tracing {

    final TestObservationRegistry observations = TestObservationRegistry.create();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Queue<VideoObservationContext> ended = new ConcurrentLinkedQueue<>();

    Tracing() {
        SimpleTracer tracer = new SimpleTracer();
        observations
                .observationConfig()
                .observationHandler(new FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(tracer, new W3c()),
                        new DefaultTracingObservationHandler(tracer)))
                .observationHandler(new DefaultMeterObservationHandler(meters))
                .observationHandler(new Ends());
    }

    /** What a server would have begun for the request that it is working on. */
    Observation begun(String name) {
        return Observation.start(name, observations);
    }

    static String traceId(Observation observation) {
        return observation
                .getContext()
                .<TracingContext>getRequired(TracingContext.class)
                .getSpan()
                .context()
                .traceId();
    }

    List<VideoObservationContext> ended(VideoObservation observation) {
        return ended.stream()
                .filter(context -> context.observation() == observation)
                .toList();
    }

    /** As they would be tags of a meter, in the order of their names. */
    static List<String> keys(Observation.Context context) {
        return context.getLowCardinalityKeyValues().stream()
                .map(key -> key.getKey() + "=" + key.getValue())
                .toList();
    }

    private final class Ends implements ObservationHandler<VideoObservationContext> {

        @Override
        public void onStop(VideoObservationContext context) {
            ended.add(context);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof VideoObservationContext;
        }
    }

    /** One way only. */
    private static final class W3c implements Propagator {

        @Override
        public List<String> fields() {
            return List.of("traceparent");
        }

        @Override
        public <C> void inject(TraceContext context, C carrier, Setter<C> setter) {
            setter.set(carrier, "traceparent", "00-" + context.traceId() + "-" + context.spanId() + "-01");
        }

        @Override
        public <C> Span.Builder extract(C carrier, Getter<C> getter) {
            throw new UnsupportedOperationException();
        }
    }
}
