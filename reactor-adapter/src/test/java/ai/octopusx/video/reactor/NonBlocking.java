package ai.octopusx.video.reactor;

import java.net.InetAddress;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import reactor.blockhound.BlockHound;

/** Turns BlockHound on for the whole suite, before the first test class is loaded. */
public final class NonBlocking implements LauncherSessionListener {

    private static final String ADDRESSES = "[Ljava/net/InetAddress;";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        // It knows of sleeping, locks and files. To look up a name is to wait for a server as well: JDK 17's way, and
        // 25's.
        BlockHound.builder()
                .loadIntegrations()
                .markAsBlocking(
                        InetAddress.class, "getAllByName0", "(Ljava/lang/String;Ljava/net/InetAddress;ZZ)" + ADDRESSES)
                .markAsBlocking(InetAddress.class, "getAllByName0", "(Ljava/lang/String;Z)" + ADDRESSES)
                .install();
    }
}
