package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Who may ask, and for how much. Keys are looked up as the gateway does it: without {@code Bearer} and {@code sk-}. */
final class Accounts {

    private static final String KEY_PREFIX = "sk-";

    private final Map<String, Key> keys = new HashMap<>();

    Accounts(SimulatorConfig config) {
        config.accounts.forEach((name, settings) -> {
            Account account = new Account(name, settings.balance());
            int number = 0;
            for (String text : settings.keys()) {
                number++;
                keys.put(
                        bare(text),
                        new Key(
                                name + "/" + number,
                                text,
                                account,
                                config.keyQuotas.get(text),
                                config.keyModels.get(text)));
            }
        });
    }

    /** The key of an {@code Authorization} header, if there is such a key, whatever its state. */
    @Nullable
    Key find(@Nullable String authorization) {
        return authorization == null ? null : keys.get(bare(token(authorization)));
    }

    /** Whether the text is a known key with the channel suffix that only administrators may use. */
    boolean hasChannelSuffix(@Nullable String authorization) {
        if (authorization == null) {
            return false;
        }
        String bare = bare(token(authorization));
        int dash = bare.indexOf('-');
        return dash > 0 && keys.containsKey(bare.substring(0, dash));
    }

    /** Whether a key stands anywhere in a text that no key belongs into. */
    boolean anyKeyIn(String text) {
        return keys.values().stream().anyMatch(key -> text.contains(key.text));
    }

    Iterable<Key> all() {
        return keys.values();
    }

    private static String token(String authorization) {
        return authorization.startsWith("Bearer ") || authorization.startsWith("bearer ")
                ? authorization.substring("Bearer ".length()).strip()
                : authorization.strip();
    }

    private static String bare(String key) {
        return key.startsWith(KEY_PREFIX) ? key.substring(KEY_PREFIX.length()) : key;
    }

    /** Tasks belong to it; every key of it sees them. Its money is guarded by {@link Jobs}. */
    static final class Account {

        final String name;

        @Nullable
        BigDecimal balance;

        Account(String name, @Nullable BigDecimal balance) {
            this.name = name;
            this.balance = balance;
        }
    }

    /** One key. Shown by its label only. Its money is guarded by {@link Jobs}. */
    static final class Key {

        final String label;
        final Account account;
        final @Nullable Set<String> models;
        final LongAdder requests = new LongAdder();
        volatile @Nullable BigDecimal quota;
        private final String text;

        Key(String label, String text, Account account, @Nullable BigDecimal quota, @Nullable Set<String> models) {
            this.label = label;
            this.text = text;
            this.account = account;
            this.quota = quota;
            this.models = models;
        }

        boolean isUsedUp() {
            BigDecimal left = quota;
            return left != null && left.signum() <= 0;
        }

        boolean is(String key) {
            return bare(key).equals(bare(text));
        }

        @Override
        public String toString() {
            return label;
        }
    }
}
