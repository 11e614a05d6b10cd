package ai.octopusx.video.wire;

import ai.octopusx.video.FrameImage;

/**
 * A picture that was examined and found good.
 *
 * @param format told by its bytes
 * @param length in bytes, when it was examined; what is sent later must have just as many
 */
public record CheckedFrame(FrameImage image, ImageFormat format, long length) {}
