package ai.octopusx.video.wire;

/** In which of its forms an error came: wire-protocol.md, section 7.1. */
public enum ErrorShape {
    /** {@code {"error":{...}}}: from the gateway's doors, before it dealt with a task. */
    OPENAI,
    /** {@code {"code":...,"message":...}}: from the handling of a task, or from the vendor behind it. */
    TASK,
    /** HTML, text, nothing, or JSON that was cut off: from a proxy in front, or unreadable. */
    FOREIGN
}
