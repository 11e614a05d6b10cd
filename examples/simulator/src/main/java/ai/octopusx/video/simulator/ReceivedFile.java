package ai.octopusx.video.simulator;

/**
 * A file of an accepted form.
 *
 * @param field the name of its form field
 * @param contentType as its part said
 * @param size in bytes
 * @param sha256 of its bytes, in hexadecimal
 */
public record ReceivedFile(String field, String fileName, String contentType, long size, String sha256) {}
