/** What a video task is, how a request is laid out and what an answer means: values and decisions without I/O. */
module ai.octopusx.video {
    requires static transitive org.jspecify;
    requires tools.jackson.core;

    exports ai.octopusx.video;
    exports ai.octopusx.video.wire to
            ai.octopusx.video.reactor;
}
