/** An application that is a module. What it needs of {@code core} it names; the client is an automatic module. */
module studio {
    requires ai.octopusx.video;
    requires ai.octopusx.video.reactor;
    requires reactor.core;
    requires org.reactivestreams;
}
