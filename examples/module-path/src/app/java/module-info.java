/**
 * An application that is a module. The client's jar is an automatic one, as Reactor's are, and cannot say what it needs itself:
 * the proper modules among that (SLF4J, Netty) are there with {@code --add-modules ALL-MODULE-PATH}.
 */
module studio {
    requires ai.octopusx.video;
    requires ai.octopusx.video.reactor;
    requires org.reactivestreams;
    requires reactor.core;
}
