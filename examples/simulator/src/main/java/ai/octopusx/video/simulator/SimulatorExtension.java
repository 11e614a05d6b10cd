package ai.octopusx.video.simulator;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A simulator for JUnit tests. In a static field annotated with {@code @RegisterExtension}, or by
 * {@code @ExtendWith(SimulatorExtension.class)} on the class, it serves all tests of the class; in an instance field each
 * test gets its own. Tests may ask for an {@link OctopusXSimulator} or a {@link SimulatorLedger} as parameters.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final SimulatorExtension gateway = new SimulatorExtension(SimulatorConfig.builder().manualClock().build());
 *
 * @Test
 * void aVideoIsPaidOnce(OctopusXSimulator simulator, SimulatorLedger ledger) { ... }
 * }</pre>
 *
 * <p>{@link #simulator()} starts it if need be, so that a {@code @DynamicPropertySource} may ask for its URL as early as it
 * likes.
 */
public final class SimulatorExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private final SimulatorConfig config;
    private @Nullable OctopusXSimulator running;
    private @Nullable String owner;

    /** With the defaults of {@link SimulatorConfig}. */
    public SimulatorExtension() {
        this(SimulatorConfig.builder().build());
    }

    public SimulatorExtension(SimulatorConfig config) {
        this.config = requireNonNull(config, "config");
    }

    /** The running simulator; it is started if it is not. */
    public synchronized OctopusXSimulator simulator() {
        OctopusXSimulator simulator = running;
        if (simulator == null) {
            simulator = OctopusXSimulator.start(config);
            running = simulator;
        }
        return simulator;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        own(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        own(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        release(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        release(context);
    }

    /** The outermost scope that this extension sees is the one whose end closes the simulator. */
    private synchronized void own(ExtensionContext context) {
        simulator();
        if (owner == null) {
            owner = context.getUniqueId();
        }
    }

    private synchronized void release(ExtensionContext context) {
        if (context.getUniqueId().equals(owner)) {
            owner = null;
            if (running != null) {
                running.close();
                running = null;
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == OctopusXSimulator.class || type == SimulatorLedger.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SimulatorLedger.class
                ? simulator().ledger()
                : simulator();
    }
}
