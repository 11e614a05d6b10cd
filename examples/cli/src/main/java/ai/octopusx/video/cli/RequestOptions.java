package ai.octopusx.video.cli;

import ai.octopusx.video.AspectRatio;
import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the video shall be. */
final class RequestOptions {

    @Option(
            names = "--prompt",
            required = true,
            paramLabel = "TEXT",
            preprocessor = PromptPreprocessor.class,
            description = "What the video shows. Taken literally; --prompt=TEXT if it looks like an option.")
    String prompt = "";

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "The model; its name fixes the resolution. Default: doubao-seedance-1-5-pro_720p.")
    @Nullable
    String model;

    @Option(
            names = "--size",
            paramLabel = "R",
            description = "The shape: 16:9, 4:3, 1:1, 3:4, 9:16, 21:9, keep_ratio or adaptive. Default: the gateway's.")
    @Nullable
    String size;

    @Option(names = "--seconds", paramLabel = "N", description = "The length, 4 to 11. Default: the gateway's.")
    @Nullable
    Integer seconds;

    @Option(names = "--first-frame", paramLabel = "FILE", description = "The picture to start with: png, jpeg or webp.")
    @Nullable
    String firstFrame;

    @Option(
            names = "--last-frame",
            paramLabel = "FILE",
            description = "The picture to end with, only together with --first-frame.")
    @Nullable
    String lastFrame;

    /** @throws ai.octopusx.video.InvalidVideoRequestException if a rule that is known here is broken */
    DoubaoVideoRequest toRequest() {
        DoubaoVideoRequest.Builder builder =
                DoubaoVideoRequest.builder().prompt(prompt).seconds(seconds);
        if (model != null) {
            builder.model(DoubaoModel.of(model));
        }
        if (size != null) {
            builder.size(AspectRatio.fromWire(size));
        }
        return builder.firstFrame(frame("--first-frame", firstFrame))
                .lastFrame(frame("--last-frame", lastFrame))
                .build();
    }

    private static @Nullable FrameImage frame(String option, @Nullable String file) {
        if (file == null) {
            return null;
        }
        if (file.isEmpty()) {
            throw new UsageException(option + " names no file");
        }
        return FrameImage.of(path(option, file));
    }

    /** @throws UsageException if this system has no file of such a name */
    static Path path(String option, String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new UsageException(option + " is no name of a file here: " + e.getReason());
        }
    }
}
