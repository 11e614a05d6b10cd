package ai.octopusx.video.reactor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks under watch, each once: a hash table whose chains run through the watches themselves, as there may be a hundred
 * thousand of them. A map of the JDK's would keep some 40 bytes more for each.
 *
 * <p>Its locks are taken last, and for a moment.
 */
final class Watches {

    private static final int PARTS = 16;

    private final Part[] parts = new Part[PARTS];

    Watches() {
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new Part();
        }
    }

    /** The one that is there already, or null if this one has been put in. */
    @Nullable
    Watch putIfAbsent(Watch watch) {
        int hash = hash(watch);
        return part(hash).putIfAbsent(watch, hash / PARTS);
    }

    /** Whether it was there, this very one. */
    boolean remove(Watch watch) {
        int hash = hash(watch);
        return part(hash).remove(watch, hash / PARTS);
    }

    int size() {
        int size = 0;
        for (Part part : parts) {
            synchronized (part) {
                size += part.size;
            }
        }
        return size;
    }

    /** Those that are there now; one that comes or goes meanwhile may be among them or not. */
    List<Watch> all() {
        List<Watch> all = new ArrayList<>();
        for (Part part : parts) {
            part.addTo(all);
        }
        return all;
    }

    private Part part(int hash) {
        return parts[hash % PARTS];
    }

    /** Not negative. */
    private static int hash(Watch watch) {
        int hash = watch.hashCode();
        return (hash ^ hash >>> 16) & Integer.MAX_VALUE;
    }

    /** Guarded by itself. As many chains as watches, or more. */
    private static final class Part {

        private static final int FEWEST = 4;

        private @Nullable Watch[] chains = new Watch[FEWEST];
        private int size;

        synchronized @Nullable Watch putIfAbsent(Watch watch, int hash) {
            for (Watch present = chains[hash % chains.length]; present != null; present = present.nextOfChain) {
                if (present.equals(watch)) {
                    return present;
                }
            }
            if (size == chains.length) {
                rehash(2 * chains.length);
            }
            link(watch, hash);
            size++;
            return null;
        }

        synchronized boolean remove(Watch watch, int hash) {
            int chain = hash % chains.length;
            Watch before = null;
            Watch present = chains[chain];
            while (present != null && present != watch) {
                before = present;
                present = present.nextOfChain;
            }
            if (present == null) {
                return false;
            }
            if (before == null) {
                chains[chain] = watch.nextOfChain;
            } else {
                before.nextOfChain = watch.nextOfChain;
            }
            watch.nextOfChain = null;
            size--;
            if (size < chains.length / 8 && chains.length > FEWEST) {
                rehash(chains.length / 2);
            }
            return true;
        }

        synchronized void addTo(List<Watch> all) {
            for (Watch first : chains) {
                for (Watch present = first; present != null; present = present.nextOfChain) {
                    all.add(present);
                }
            }
        }

        private void rehash(int length) {
            List<Watch> all = new ArrayList<>(size);
            addTo(all);
            chains = new Watch[length];
            all.forEach(watch -> link(watch, hash(watch) / PARTS));
        }

        private void link(Watch watch, int hash) {
            int chain = hash % chains.length;
            watch.nextOfChain = chains[chain];
            chains[chain] = watch;
        }
    }
}
