package ai.octopusx.video.simulator;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what a poll costs the simulator: processor time of its one event loop, and memory that stays. Sixty-four connections
 * each have one poll under way; whoever polls shares the machine, so the time on the wall is the lesser figure. Run by hand; the
 * command stands in the README.
 */
final class PollLoad {

    private static final int CONNECTIONS = 64;
    private static final int JOBS = 1_000;
    private static final int POLLS_A_ROUND = 320_000;
    private static final int ROUNDS = 6;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final OctopusXSimulator simulator;
    private final List<byte[]> requests = new ArrayList<>();
    private final List<Socket> connections = new ArrayList<>();
    private int next;
    private int answerLength;

    private PollLoad(OctopusXSimulator simulator) {
        this.simulator = simulator;
    }

    public static void main(String[] args) throws Exception {
        SimulatorConfig config = SimulatorConfig.builder()
                .manualClock()
                .life(Duration.ofHours(1))
                .maxRunning(Integer.MAX_VALUE)
                .submissionsPerMinute(Integer.MAX_VALUE)
                .build();
        try (OctopusXSimulator simulator = OctopusXSimulator.start(config)) {
            PollLoad load = new PollLoad(simulator);
            load.prepare();
            System.out.println("polls      polls/s   event loop per poll   polls/s of one core   live heap");
            for (int round = 0; round < ROUNDS; round++) {
                load.measure();
            }
            load.connections.forEach(PollLoad::close);
        }
    }

    private void prepare() throws IOException {
        Http http = new Http(simulator);
        for (int i = 0; i < JOBS; i++) {
            String id = http.submitted(Form.of("job " + i));
            requests.add(("GET /v1/videos/" + id + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + simulator.apiKey() + "\r\nAccept: application/json\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
        simulator.advance(Duration.ofMinutes(1));
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = new Socket(
                    simulator.baseUrl().getHost(), simulator.baseUrl().getPort());
            socket.setTcpNoDelay(true);
            connections.add(socket);
        }
        answerLength = lengthOfAnAnswer();
    }

    /** All jobs are in one state, and request ids are of one length: so are the answers. */
    private int lengthOfAnAnswer() throws IOException {
        Socket socket = connections.get(0);
        socket.getOutputStream().write(requests.get(0));
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith("}")) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException(text.toString());
            }
            text.append((char) c);
        }
        return text.length();
    }

    private void measure() throws IOException {
        long wall = System.nanoTime();
        long cpu = eventLoopNanos();
        for (int i = 0; i < POLLS_A_ROUND / CONNECTIONS; i++) {
            pollOnEach();
        }
        cpu = eventLoopNanos() - cpu;
        wall = System.nanoTime() - wall;
        System.out.printf(
                "%,9d  %,7.0f   %,13.1f us   %,19.0f   %,6d kB%n",
                simulator.ledger().requests(Endpoint.STATUS),
                POLLS_A_ROUND * 1e9 / wall,
                cpu / 1e3 / POLLS_A_ROUND,
                POLLS_A_ROUND * 1e9 / cpu,
                liveHeap() >> 10);
    }

    private void pollOnEach() throws IOException {
        for (Socket socket : connections) {
            socket.getOutputStream().write(requests.get(next));
            next = (next + 1) % requests.size();
        }
        for (Socket socket : connections) {
            byte[] answer = socket.getInputStream().readNBytes(answerLength);
            if (answer.length < answerLength
                    || !new String(answer, 0, 15, StandardCharsets.US_ASCII).equals("HTTP/1.1 200 OK")
                    || answer[answerLength - 1] != '}') {
                throw new IOException("no such answer: " + new String(answer, StandardCharsets.UTF_8));
            }
        }
    }

    private static long eventLoopNanos() {
        long nanos = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("octopusx-simulator")) {
                nanos += THREADS.getThreadCpuTime(thread.getId());
            }
        }
        return nanos;
    }

    private static long liveHeap() {
        // The second one takes what the first one only found.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
