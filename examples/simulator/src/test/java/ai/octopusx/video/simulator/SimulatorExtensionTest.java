package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The three ways in which a test class gets a simulator. */
class SimulatorExtensionTest {

    private static final SimulatorConfig CONFIG =
            SimulatorConfig.builder().manualClock().life(Duration.ofSeconds(15)).build();

    @Nested
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class InAStaticField {

        @RegisterExtension
        static final SimulatorExtension GATEWAY = new SimulatorExtension(CONFIG);

        @Test
        @Order(1)
        void aTestAsksForIt(OctopusXSimulator simulator, SimulatorLedger ledger) {
            new Http(simulator).submitted(Form.of("first"));

            assertThat(simulator).isSameAs(GATEWAY.simulator());
            assertThat(ledger.acceptedCount()).isEqualTo(1);
        }

        @Test
        @Order(2)
        void theNextTestFindsTheSameOne(SimulatorLedger ledger) {
            assertThat(ledger.acceptedCount()).isEqualTo(1);
        }

        @Nested
        class AndInANestedClass {

            @Test
            @Order(3)
            void itIsStillTheSame(SimulatorLedger ledger) {
                assertThat(ledger.acceptedCount()).isEqualTo(1);
            }
        }
    }

    @Nested
    class InAnInstanceField {

        @RegisterExtension
        final SimulatorExtension gateway = new SimulatorExtension(CONFIG);

        @Test
        void eachTestHasItsOwn() {
            new Http(gateway.simulator()).submitted(Form.of("x"));
            assertThat(gateway.simulator().ledger().acceptedCount()).isEqualTo(1);
        }

        @Test
        void reallyItsOwn(OctopusXSimulator simulator) {
            new Http(simulator).submitted(Form.of("x"));
            assertThat(gateway.simulator().ledger().acceptedCount()).isEqualTo(1);
        }
    }

    @Nested
    @ExtendWith(SimulatorExtension.class)
    class ByAnnotation {

        @Test
        void itHasTheDefaults(OctopusXSimulator simulator) {
            assertThat(simulator.apiKey()).isEqualTo("sk-simulator");
        }
    }

    @Test
    void itIsStartedBeforeItsTimeWhereSomebodyAsks() {
        SimulatorExtension extension = new SimulatorExtension(CONFIG);
        try (OctopusXSimulator early = extension.simulator()) {
            assertThat(extension.simulator()).isSameAs(early);
        }
    }
}
