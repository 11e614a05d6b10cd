package ai.octopusx.video.simulator;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What kind of gateway the simulator is. Immutable; the defaults behave like the documented channel: profile A, strict
 * upstream, status refreshed every 15 s, lives as long as the published ones, ten jobs at a time per model version.
 */
public final class SimulatorConfig {

    /** The key that a simulator takes when none is set. */
    public static final String DEFAULT_API_KEY = "sk-simulator";

    static final String DEFAULT_ACCOUNT = "default";

    final String host;
    final int port;
    final int filesPort;
    final int threads;
    final Map<String, AccountConfig> accounts;
    final Map<String, BigDecimal> keyQuotas;
    final Map<String, Set<String>> keyModels;
    final double speed;
    final boolean manualClock;
    final @Nullable Long seed;
    final Duration snapshotInterval;
    final @Nullable Duration life;
    final double lifeSpread;
    final Profile profile;
    final StatusWords words;
    final boolean placeholders;
    final boolean strict;
    final int maxRunning;
    final int submissionsPerMinute;
    final Duration linkLife;
    final boolean freshLinks;
    final Duration contentLimit;
    final boolean contentHonoursRange;
    final long minimumClipBytes;
    final long maxBodyBytes;
    final List<Outcome> outcomes;
    final @Nullable Function<Map<String, String>, Outcome> outcomeOf;
    final List<FaultRule> faults;
    final @Nullable Consumer<String> log;

    record AccountConfig(@Nullable BigDecimal balance, Set<String> keys) {}

    private SimulatorConfig(Builder builder) {
        this.host = builder.host;
        this.port = builder.port;
        this.filesPort = builder.filesPort;
        this.threads = builder.threads;
        this.speed = builder.speed;
        this.manualClock = builder.manualClock;
        this.seed = builder.seed;
        this.snapshotInterval = builder.snapshotInterval;
        this.life = builder.life;
        this.lifeSpread = builder.lifeSpread;
        this.profile = builder.profile;
        this.words = builder.words != null
                ? builder.words
                : profile == Profile.A ? StatusWords.documented() : StatusWords.openAi();
        this.placeholders = builder.placeholders;
        this.strict = builder.strict;
        this.maxRunning = builder.maxRunning;
        this.submissionsPerMinute = builder.submissionsPerMinute;
        this.linkLife = builder.linkLife;
        this.freshLinks = builder.freshLinks;
        this.contentLimit = builder.contentLimit;
        this.contentHonoursRange = builder.contentHonoursRange;
        this.minimumClipBytes = builder.minimumClipBytes;
        this.maxBodyBytes = builder.maxBodyBytes;
        this.outcomes = List.copyOf(builder.outcomes);
        this.outcomeOf = builder.outcomeOf;
        this.faults = List.copyOf(builder.faults);
        this.log = builder.log;

        Map<String, AccountConfig> all = new LinkedHashMap<>();
        Set<String> own = builder.apiKeys.isEmpty() ? Set.of(DEFAULT_API_KEY) : builder.apiKeys;
        all.put(DEFAULT_ACCOUNT, new AccountConfig(builder.balance, new LinkedHashSet<>(own)));
        all.putAll(builder.accounts);
        this.accounts = Map.copyOf(all);
        this.keyQuotas = Map.copyOf(builder.keyQuotas);
        this.keyModels = Map.copyOf(builder.keyModels);

        check(port >= 0 && port <= 65535, "port", port, "0 (any free one) to 65535");
        check(filesPort >= 0 && filesPort <= 65535, "filesPort", filesPort, "0 (any free one) to 65535");
        check(threads >= 1, "threads", threads, "1 or more");
        check(speed > 0 && Double.isFinite(speed), "speed", speed, "more than 0");
        check(!snapshotInterval.isNegative(), "snapshotInterval", snapshotInterval, "zero (always fresh) or more");
        check(life == null || !life.isNegative(), "life", life, "zero or more");
        check(lifeSpread >= 0 && lifeSpread <= 3, "lifeSpread", lifeSpread, "0 to 3");
        check(maxRunning >= 1, "maxRunning", maxRunning, "1 or more");
        check(submissionsPerMinute >= 1, "submissionsPerMinute", submissionsPerMinute, "1 or more");
        check(!linkLife.isNegative(), "linkLife", linkLife, "zero or more");
        check(!contentLimit.isNegative(), "contentLimit", contentLimit, "zero or more");
        check(minimumClipBytes >= 0, "minimumClipBytes", minimumClipBytes, "0 or more");
        check(maxBodyBytes >= 1, "maxBodyBytes", maxBodyBytes, "1 or more");
        accounts.values().forEach(account -> account.keys().forEach(SimulatorConfig::checkKey));
    }

    private static void check(boolean holds, String name, @Nullable Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ": allowed is " + allowed);
        }
    }

    private static void checkKey(String key) {
        if (key.isBlank() || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("An API key is blank or holds characters that no header can carry");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The first key of the default account. */
    String firstKey() {
        return requireNonNull(accounts.get(DEFAULT_ACCOUNT)).keys().iterator().next();
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "SimulatorConfig[profile=" + profile + ", strict=" + strict + ", "
                + (manualClock ? "manual clock" : "speed=" + speed) + ", snapshotInterval=" + snapshotInterval
                + ", seed=" + seed + ", faults=" + faults + "]";
    }

    /** Collects the settings; {@link #build()} judges them. Not for use by more than one thread at a time. */
    public static final class Builder {

        private String host = "127.0.0.1";
        private int port;
        private int filesPort;
        private int threads = 1;
        private final Set<String> apiKeys = new LinkedHashSet<>();
        private @Nullable BigDecimal balance;
        private final Map<String, AccountConfig> accounts = new LinkedHashMap<>();
        private final Map<String, BigDecimal> keyQuotas = new LinkedHashMap<>();
        private final Map<String, Set<String>> keyModels = new LinkedHashMap<>();
        private double speed = 1;
        private boolean manualClock;
        private @Nullable Long seed;
        private Duration snapshotInterval = Duration.ofSeconds(15);
        private @Nullable Duration life;
        private double lifeSpread = 0.4;
        private Profile profile = Profile.A;
        private @Nullable StatusWords words;
        private boolean placeholders;
        private boolean strict = true;
        private int maxRunning = 10;
        private int submissionsPerMinute = 600;
        private Duration linkLife = Duration.ofHours(24);
        private boolean freshLinks;
        private Duration contentLimit = Duration.ofSeconds(60);
        private boolean contentHonoursRange;
        private long minimumClipBytes;
        private long maxBodyBytes = 128L << 20;
        private final List<Outcome> outcomes = new ArrayList<>();
        private @Nullable Function<Map<String, String>, Outcome> outcomeOf;
        private final List<FaultRule> faults = new ArrayList<>();
        private @Nullable Consumer<String> log;

        private Builder() {}

        /** The address to listen on, by default {@code 127.0.0.1}: nobody else on the network sees the simulator. */
        public Builder host(String host) {
            this.host = requireNonNull(host, "host");
            return this;
        }

        /** Port of the API, by default 0: any free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** Port of the origin on which the signed links live, by default 0: any free one. */
        public Builder filesPort(int filesPort) {
            this.filesPort = filesPort;
            return this;
        }

        /** Event-loop threads that serve both origins, by default 1. */
        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        /** Keys of the default account, by default {@value SimulatorConfig#DEFAULT_API_KEY}. */
        public Builder apiKeys(String... keys) {
            apiKeys.addAll(List.of(keys));
            return this;
        }

        /** Dollars on the default account, by default without limit. */
        public Builder balance(BigDecimal dollars) {
            this.balance = requireNonNull(dollars, "dollars");
            return this;
        }

        /** A further account, which sees its own tasks only; {@code balance} in dollars, null for no limit. */
        public Builder account(String name, @Nullable BigDecimal balance, String... keys) {
            accounts.put(requireNonNull(name, "name"), new AccountConfig(balance, new LinkedHashSet<>(List.of(keys))));
            return this;
        }

        /** Dollars that one key may spend. Once they are used up, each call with it is answered 401, as by the gateway. */
        public Builder keyQuota(String key, BigDecimal dollars) {
            keyQuotas.put(requireNonNull(key, "key"), requireNonNull(dollars, "dollars"));
            return this;
        }

        /** The only models that a key may ask for, by default all. */
        public Builder keyModels(String key, String... models) {
            keyModels.put(requireNonNull(key, "key"), Set.of(models));
            return this;
        }

        /** How many times faster than real the gateway lives, by default 1. Faults on the wire keep their real times. */
        public Builder speed(double speed) {
            this.speed = speed;
            return this;
        }

        /** Time that moves only by {@link OctopusXSimulator#advance(Duration)}. */
        public Builder manualClock() {
            this.manualClock = true;
            return this;
        }

        /** The same seed gives the n-th job the same life and outcome, and throws the same dice for faults. By default random. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** How often the gateway looks at its upstream, by default 15 s of its time; zero: at every question. */
        public Builder snapshotInterval(Duration interval) {
            this.snapshotInterval = requireNonNull(interval, "interval");
            return this;
        }

        /** The same life for every job, from its start at the upstream to its end; by default drawn per model and length. */
        public Builder life(Duration life) {
            this.life = requireNonNull(life, "life");
            return this;
        }

        /** Sigma of the lognormal law of the lives, by default 0.4; 0: each life is the median of its kind. */
        public Builder lifeSpread(double sigma) {
            this.lifeSpread = sigma;
            return this;
        }

        /** By default {@link Profile#A}. */
        public Builder profile(Profile profile) {
            this.profile = requireNonNull(profile, "profile");
            return this;
        }

        /** By default the documented words in profile A, the OpenAI ones in profile B. */
        public Builder words(StatusWords words) {
            this.words = requireNonNull(words, "words");
            return this;
        }

        /** Whether healthy tasks show {@code 0}, {@code ""} and a blank error where they have nothing, by default not. */
        public Builder placeholders(boolean placeholders) {
            this.placeholders = placeholders;
            return this;
        }

        /**
         * Whether only the documented models have a channel and the upstream checks fields and images, by default true.
         * Without, any model, size and number of seconds passes, as far as the gateway itself is concerned.
         */
        public Builder strict(boolean strict) {
            this.strict = strict;
            return this;
        }

        /** Jobs per model version that run at once, by default 10; the rest is queued, in order. */
        public Builder maxRunning(int jobs) {
            this.maxRunning = jobs;
            return this;
        }

        /** Submissions per model version and minute that the upstream takes, by default 600; the rest is answered 429. */
        public Builder submissionsPerMinute(int submissions) {
            this.submissionsPerMinute = submissions;
            return this;
        }

        /** How long a signed link works, from the end of its job, by default 24 h. */
        public Builder linkLife(Duration life) {
            this.linkLife = requireNonNull(life, "life");
            return this;
        }

        /** Whether a status shows a new link once the old one expired, by default not, like the gateway. */
        public Builder freshLinks(boolean freshLinks) {
            this.freshLinks = freshLinks;
            return this;
        }

        /** After what time {@code /content} cuts a transfer, by default 60 s. */
        public Builder contentLimit(Duration limit) {
            this.contentLimit = requireNonNull(limit, "limit");
            return this;
        }

        /** Whether {@code /content} passes {@code Range} on, by default not: it answers 200 with the whole file. */
        public Builder contentHonoursRange(boolean honours) {
            this.contentHonoursRange = honours;
            return this;
        }

        /** Makes each video at least this long, by a box that players skip: for tests of long downloads. */
        public Builder minimumClipBytes(long bytes) {
            this.minimumClipBytes = bytes;
            return this;
        }

        /** The longest request body, by default 128 MiB after decompression. */
        public Builder maxBodyBytes(long bytes) {
            this.maxBodyBytes = bytes;
            return this;
        }

        /** The outcomes of the first jobs, in order; later ones complete. */
        public Builder outcomes(Outcome... script) {
            outcomes.addAll(List.of(script));
            return this;
        }

        /** Decides by the text fields of the form, where {@link #outcomes} and the faults have nothing to say. */
        public Builder outcome(Function<Map<String, String>, Outcome> outcomeOf) {
            this.outcomeOf = requireNonNull(outcomeOf, "outcomeOf");
            return this;
        }

        /**
         * What goes wrong, for example {@code "status:429*3,submit:reset-after-read@0.1"}: see {@link OctopusXSimulator#inject}.
         *
         * @throws IllegalArgumentException telling what is not understood and what would be
         */
        public Builder faults(String... specs) {
            for (String spec : specs) {
                faults.addAll(FaultRule.parse(spec));
            }
            return this;
        }

        /** Takes one line per request, never with a key in it. Called on an event loop: must not block for long. */
        public Builder log(Consumer<String> log) {
            this.log = requireNonNull(log, "log");
            return this;
        }

        /** @throws IllegalArgumentException if a value is out of its bounds */
        public SimulatorConfig build() {
            return new SimulatorConfig(this);
        }
    }
}
